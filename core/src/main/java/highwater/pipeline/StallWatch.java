package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One watch: its patients, and for each since when nothing has moved there. Thread rule: the doctor's; what a look has found is
/// told wherever `tellsOn` has it done, one look's at a time.
final class StallWatch {
  private static final int LOOKS = 4;

  private final long afterNanos;
  private final Consumer<? super Diagnosis> told;
  private final Supplier<List<Patient>> patients;
  private final Executor tellsOn;

  /// Whether what an earlier look has found is still being told; what is found meanwhile is told by a later look.
  private final AtomicBoolean telling = new AtomicBoolean();

  private Map<Patient, Case> cases = new HashMap<>();
  private volatile long nextNanos;

  StallWatch(Duration after, Consumer<? super Diagnosis> told, Supplier<List<Patient>> patients, Executor tellsOn) {
    if (after.isNegative() || after.isZero()) {
      throw new IllegalArgumentException("a stall after " + after + " (expected: more than no time)");
    }
    // Three centuries are for ever.
    this.afterNanos =
        after.compareTo(Duration.ofNanos(Long.MAX_VALUE >> 1)) < 0 ? after.toNanos() : Long.MAX_VALUE >> 1;
    this.told = told;
    this.patients = patients;
    this.tellsOn = tellsOn;
  }

  /// What is known of one patient.
  private static final class Case {
    long stillSince;
    long shown;
    long activity;
    boolean answered;
    long tellAtNanos;
    @Nullable Answer pending;
  }

  void begin(long now) {
    nextNanos = now;
  }

  long nextNanos() {
    return nextNanos;
  }

  /// Looks at every patient, and tells of those that stall.
  void look(long now) {
    nextNanos = now + Math.max(1, afterNanos / LOOKS);
    var before = cases;
    cases = new HashMap<>();
    var suspects = new ArrayList<Patient>();
    for (var patient : patients.get()) {
      var known = before.get(patient);
      if (known == null) known = newCase(patient, now);
      cases.put(patient, known);
      long shown = patient.shown();
      if (shown != known.shown) {
        known.shown = shown;
        moved(known, now);
        continue;
      }
      // One that was asked and has not answered is not asked again.
      if (known.pending == null) known.pending = Answer.ask(patient);
      if (known.pending != null) suspects.add(patient);
    }
    long waited = System.nanoTime();
    var found = new ArrayList<Diagnosis>();
    for (var patient : suspects) {
      var stall = look(patient, now, StallDoctor.ANSWER_NANOS - (System.nanoTime() - waited));
      if (stall != null) found.add(stall);
    }
    if (!found.isEmpty()) tell(found);
  }

  private void tell(List<Diagnosis> found) {
    telling.set(true);
    tellsOn.execute(
        () -> {
          try {
            for (var stall : found) tell(stall);
          } finally {
            telling.set(false);
          }
        });
  }

  private void tell(Diagnosis stall) {
    try {
      StallDoctor.found(stall, told);
    } catch (RuntimeException thrown) {
      var current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
    }
  }

  private Case newCase(Patient patient, long now) {
    var made = new Case();
    made.shown = patient.shown();
    // It may have stood still for a while already.
    made.stillSince = now - patient.quiet().toNanos();
    made.tellAtNanos = afterNanos;
    return made;
  }

  private void moved(Case known, long now) {
    known.stillSince = now;
    known.tellAtNanos = afterNanos;
  }

  /// The stall to tell, or null.
  private @Nullable Diagnosis look(Patient patient, long now, long patienceNanos) {
    var known = cases.get(patient);
    if (known == null || known.pending == null) return null;
    long asked = System.nanoTime();
    var answer = known.pending.await(patienceNanos);
    if (answer != null) {
      known.pending = null;
      if (known.answered && answer.activity() != known.activity) moved(known, now);
      known.activity = answer.activity();
      known.answered = true;
    }
    long stillNanos = now - known.stillSince;
    if (stillNanos < known.tellAtNanos || telling.get()) return null;
    var still = Duration.ofNanos(stillNanos);
    long left = patienceNanos - (System.nanoTime() - asked);
    var found = answer != null ? answer.diagnosis(left).still(still) : Answer.silence(patient, still);
    if (found.finding() != Finding.WAITS) return null;
    while (known.tellAtNanos <= stillNanos) known.tellAtNanos *= 2;
    return found;
  }
}
