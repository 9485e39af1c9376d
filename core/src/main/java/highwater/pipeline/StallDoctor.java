package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Finding;
import highwater.Registration;
import highwater.strand.HighwaterThread;
import highwater.strand.Strand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Watches for stalls, and says who waits for whom.
///
/// A watch looks at its runs four times in the time after which it is to speak. One whose snapshot has changed is well, and is
/// not asked; the strand of another is asked what has moved, as a turn. What has stood still for so long is told, and again each
/// time its stall has become twice as long; a run that waits for a timer is not, nor are live streams of which nobody holds
/// anything. One daemon thread looks for all watches, and lives while there is one: nothing runs when nobody watches. Each watch
/// tells on a thread of its own, so that none holds up another. Thread rule: any thread.
public final class StallDoctor {
  /// How long a strand is waited for to answer, in nanoseconds: 1 s. One that takes longer is in a call that has not returned.
  public static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How long nothing moves before it is called a stall, if nobody says otherwise: 30 s.
  public static final Duration STALL = Duration.ofSeconds(30);

  private static final Round ROUND = new Round(System::nanoTime);

  /// Guarded by the class: whether the thread is there.
  private static @Nullable Thread thread;

  private StallDoctor() {}

  /// Tells `told` of every run of this process in which nothing moves for `after`.
  ///
  /// It is called on a daemon thread of the watch, one call at a time; what it throws goes to the thread's handler, and the watch
  /// goes on. It should be short: while it runs, this watch tells nothing else, and what stands still then is told after it.
  /// Removing the registration ends the watch, and a call that is under way goes on. Cost: four snapshots for each run in `after`; a stall is seen at most a
  /// quarter of `after` late.
  public static Registration watch(Duration after, Consumer<? super Diagnosis> told) {
    return watch(after, told, () -> PipelineRun.running().stream().<Patient>map(Patient.OfRun::new).toList());
  }

  /// Tells `told` when nothing moves on `strand` for `after`, though somebody there holds or owes something: for live streams.
  /// Otherwise as [#watch(Duration, Consumer)]; it ends when the strand has ended.
  public static Registration watch(Strand strand, Duration after, Consumer<? super Diagnosis> told) {
    return watch(after, told, () -> strand.hasEnded() ? List.of() : List.of(new Patient.OfStrand(strand)));
  }

  private static Registration watch(
      Duration after, Consumer<? super Diagnosis> told, Supplier<List<Patient>> patients) {
    var watch = new StallWatch(after, told, patients, StallDoctor::startTelling);
    synchronized (StallDoctor.class) {
      ROUND.add(watch);
      if (thread == null) thread = HighwaterThread.start("stall-doctor", StallDoctor::work);
      else StallDoctor.class.notifyAll();
    }
    return () -> {
      synchronized (StallDoctor.class) {
        ROUND.remove(watch);
        StallDoctor.class.notifyAll();
      }
    };
  }

  /// Finds out what those who live on `strand` wait for, from any thread; waits as [PipelineRun#diagnose()] does.
  public static Diagnosis diagnose(Strand strand) {
    return diagnose(new Patient.OfStrand(strand));
  }

  static Diagnosis diagnose(PipelineRun run) {
    if (run.execution().outcome() != null) return Diagnosis.ofNoWait(run.name(), Finding.OVER, Duration.ZERO);
    return diagnose(new Patient.OfRun(run));
  }

  private static Diagnosis diagnose(Patient patient) {
    return diagnose(patient, Strand.currentOrNull() == null ? ANSWER_NANOS : 0);
  }

  /// Waits for at most so long; where that is no time it tells what can be seen from here.
  static Diagnosis diagnose(Patient patient, long nanos) {
    var answer = Answer.ask(patient);
    if (answer == null) {
      return Diagnosis.ofNoWait(patient.name(), patient.strand() == null ? Finding.MOVES : Finding.OVER, Duration.ZERO);
    }
    long asked = System.nanoTime();
    var told = answer.await(nanos);
    if (told != null) return told.diagnosis(nanos - (System.nanoTime() - asked));
    return nanos > 0 ? Answer.silence(patient, patient.quiet()) : patient.seen();
  }

  /// The one place where a stall of a watch is told.
  static void found(Diagnosis diagnosis, Consumer<? super Diagnosis> told) {
    Flight.stalled(diagnosis);
    told.accept(diagnosis);
  }

  private static void startTelling(Runnable telling) {
    try {
      HighwaterThread.start("stall-teller", telling);
    } catch (OutOfMemoryError noThread) {
      // The process has no thread left, which may be what there is to tell.
      telling.run();
    }
  }

  private static void work() {
    try {
      for (; ; ) {
        synchronized (StallDoctor.class) {
          long nanos = ROUND.waitNanos();
          if (nanos == Long.MAX_VALUE) {
            thread = null;
            return;
          }
          if (nanos > 0) {
            TimeUnit.NANOSECONDS.timedWait(StallDoctor.class, nanos);
            continue;
          }
        }
        Flight.lookForRecording();
        ROUND.look();
      }
    } catch (InterruptedException e) {
      synchronized (StallDoctor.class) {
        thread = null;
      }
      throw new AssertionError("nobody interrupts " + Thread.currentThread().getName(), e);
    }
  }
}
