package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One watch: its patients, and for each since when nothing has moved there. Thread rule: the doctor's.
final class StallWatch {
  private static final int LOOKS = 4;

  private final long afterNanos;
  private final Consumer<? super Diagnosis> told;
  private final Supplier<List<Patient>> patients;
  private Map<Patient, Case> cases = new HashMap<>();
  private volatile long nextNanos;

  StallWatch(Duration after, Consumer<? super Diagnosis> told, Supplier<List<Patient>> patients) {
    if (after.isNegative() || after.isZero()) {
      throw new IllegalArgumentException("a stall after " + after + " (expected: more than no time)");
    }
    // Three centuries are for ever.
    this.afterNanos =
        after.compareTo(Duration.ofNanos(Long.MAX_VALUE >> 1)) < 0 ? after.toNanos() : Long.MAX_VALUE >> 1;
    this.told = told;
    this.patients = patients;
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
    for (var patient : suspects) {
      look(patient, now, StallDoctor.ANSWER_NANOS - (System.nanoTime() - waited));
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

  private void look(Patient patient, long now, long patienceNanos) {
    var known = cases.get(patient);
    if (known == null || known.pending == null) return;
    var answer = known.pending.await(patienceNanos);
    if (answer != null) {
      known.pending = null;
      if (known.answered && answer.activity() != known.activity) moved(known, now);
      known.activity = answer.activity();
      known.answered = true;
    }
    long stillNanos = now - known.stillSince;
    if (stillNanos < known.tellAtNanos) return;
    var still = Duration.ofNanos(stillNanos);
    var found = answer != null ? answer.diagnosis().still(still) : Answer.silence(patient, still);
    if (found.finding() != Finding.WAITS) return;
    while (known.tellAtNanos <= stillNanos) known.tellAtNanos *= 2;
    StallDoctor.found(found, told);
  }
}
