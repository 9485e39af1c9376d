package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.Diagnosis.Wait;
import highwater.strand.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A question to the strand of a patient, put as a turn: what has moved, and who waits for whom. Thread rule: any thread.
final class Answer {
  /// What the strand said.
  ///
  /// @param activity [Patient#activity()]
  /// @param diagnosis [Patient#examine()]
  /// @param beside [Patient#waitsForRun()]
  record Told(long activity, Diagnosis diagnosis, @Nullable PipelineRun beside) {
    /// The diagnosis, and where it waits for a run beside it what that one says within `nanos`.
    Diagnosis diagnosis(long nanos) {
      return beside == null
          ? diagnosis
          : goesOnIn(diagnosis, StallDoctor.diagnose(new Patient.OfRun(beside), Math.max(0, nanos)));
    }

    /// Puts the stages of the run before a boundary in the place of the one that waits for it.
    private static Diagnosis goesOnIn(Diagnosis behind, Diagnosis before) {
      int at = behind.root();
      if (at < 0) return behind;
      var waits = new ArrayList<>(behind.waits());
      var own = waits.remove(at);
      if (before.root() < 0 || before.finding() == Finding.MOVES) {
        var works = new Wait(own.who(), own.whom(), Cause.WORK, own.madeAt(), own.held(), own.mark(), own.inObjects());
        waits.add(at, works);
        return with(behind, Finding.MOVES, waits, waits.size(), at, false);
      }
      int chain = before.chain() + (before.isCycle() ? 0 : waits.size());
      waits.addAll(0, before.waits().subList(0, before.chain()));
      waits.addAll(before.waits().subList(before.chain(), before.waits().size()));
      return with(behind, before.finding(), waits, chain, before.root(), before.isCycle());
    }

    private static Diagnosis with(
        Diagnosis known, Finding finding, List<Wait> waits, int chain, int root, boolean isCycle) {
      return new Diagnosis(known.subject(), finding, known.still(), waits, chain, root, isCycle);
    }
  }

  private final Patient patient;
  private final CompletableFuture<Told> told = new CompletableFuture<>();

  private Answer(Patient patient) {
    this.patient = patient;
  }

  /// Asks; null where nobody will answer, as the strand has not begun, or has ended.
  static @Nullable Answer ask(Patient patient) {
    var strand = patient.strand();
    if (strand == null) return null;
    var answer = new Answer(patient);
    if (strand.isCurrent()) answer.give();
    else if (!strand.post(answer::give)) return null;
    return answer;
  }

  private void give() {
    try {
      told.complete(new Told(patient.activity(), patient.examine(), patient.waitsForRun()));
    } catch (RuntimeException | Error thrown) {
      // A fault of a stream's own words; it must not end the strand of a run that would go on.
      told.completeExceptionally(thrown);
    }
  }

  /// The answer, where it comes within `nanos`.
  @Nullable Told await(long nanos) {
    try {
      return told.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the diagnosis of " + patient.name() + " failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// What is to be said of a strand that does not answer: the call that its thread is in.
  static Diagnosis silence(Patient patient, Duration still) {
    var strand = patient.strand();
    if (strand == null || strand.hasEnded()) {
      return Diagnosis.ofNoWait(patient.name(), strand == null ? Finding.MOVES : Finding.OVER, still);
    }
    var driver = strand.driver();
    if (driver == null) return undriven(patient, strand, still);
    return patient.stuckIn(StuckCall.on(driver), still);
  }

  private static Diagnosis undriven(Patient patient, Strand strand, Duration still) {
    var wait =
        new Wait(
            patient.name(),
            "a thread that drives " + strand + ", which has turns to run: those that could are in calls of others",
            Cause.NO_THREAD,
            null,
            0,
            -1,
            false);
    return Diagnosis.ofChain(patient.name(), Finding.WAITS, still, List.of(wait), 0);
  }
}
