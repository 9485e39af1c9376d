package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.Diagnosis.Wait;
import highwater.LiveStream;
import highwater.strand.Resident;
import highwater.strand.Strand;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the stall doctor looks at: a run, or all that lives on a strand.
sealed interface Patient {
  /// Where it lives; null before that is known.
  @Nullable Strand strand();

  /// A figure that can be read from any thread and changes only where something moved; not wherever something did.
  long shown();

  /// A figure that changes wherever something moves; on the strand.
  long activity();

  /// Who waits for whom; on the strand.
  Diagnosis examine();

  /// The run beside it that it waits for, whose diagnosis goes on where its own ends, or null; on the strand.
  @Nullable PipelineRun waitsForRun();

  /// The same as [#examine()], of a strand that does not answer since `call` has not returned; from any thread.
  Diagnosis stuckIn(StuckCall call, Duration still);

  /// As much of it as can be told from any thread, without asking.
  Diagnosis seen();

  /// What it is called.
  String name();

  /// How long ago it was last heard of, as far as can be told from any thread.
  Duration quiet();

  /// A run.
  record OfRun(PipelineRun run) implements Patient {
    @Override
    public @Nullable Strand strand() {
      return run.strand();
    }

    @Override
    public long shown() {
      long sum = 0;
      for (var stage : run.report().stages()) sum += 31 * stage.chunksOut() + stage.bytesOut();
      return sum;
    }

    @Override
    public long activity() {
      return run.execution().activity();
    }

    @Override
    public Diagnosis examine() {
      return run.execution().examine();
    }

    @Override
    public @Nullable PipelineRun waitsForRun() {
      return run.execution().waitsForRun();
    }

    @Override
    public Diagnosis stuckIn(StuckCall call, Duration still) {
      return run.execution().stuckIn(call, still);
    }

    @Override
    public Diagnosis seen() {
      var report = run.report();
      var whom = report.waitsFor();
      int busy = report.busyStage();
      if (busy < 0) return Diagnosis.ofNoWait(name(), Finding.MOVES, Duration.ZERO);
      var who = report.stages().get(busy).name();
      if (whom == null) return seenAtWork(who);
      var wait = new Wait(who, whom, Cause.UNKNOWN, null, 0, -1, false);
      return Diagnosis.ofChain(name(), Finding.WAITS, quiet(), List.of(wait), 0);
    }

    /// A turn goes on, or is due: where that takes as long as an answer is waited for, it is in a call that has not returned.
    private Diagnosis seenAtWork(String who) {
      var strand = strand();
      var driver = strand == null ? null : strand.driver();
      var quiet = quiet();
      if (driver != null && quiet.toNanos() >= StallDoctor.ANSWER_NANOS) return stuckIn(StuckCall.on(driver), quiet);
      var wait = new Wait(who, "its own work, which goes on", Cause.WORK, null, 0, -1, false);
      return Diagnosis.ofChain(name(), Finding.MOVES, Duration.ZERO, List.of(wait), 0);
    }

    @Override
    public String name() {
      return run.name();
    }

    @Override
    public Duration quiet() {
      return Duration.ofNanos(run.execution().quietNanos());
    }
  }

  /// A strand: its live streams, and the runs on it.
  record OfStrand(Strand strand) implements Patient {
    @Override
    public long shown() {
      return 0;
    }

    @Override
    public long activity() {
      long sum = 0;
      for (Resident resident : strand.residents()) {
        sum *= 31;
        if (resident instanceof LiveStream stream) sum += stream.activity();
        if (resident instanceof Execution run) sum += run.activity();
      }
      return sum;
    }

    @Override
    public Diagnosis examine() {
      var streams = new LinkedHashMap<LiveStream, String>();
      @Nullable Diagnosis ofRun = null;
      for (Resident resident : strand.residents()) {
        if (resident instanceof LiveStream stream) streams.put(stream, stream.name());
        if (resident instanceof Execution run && (ofRun == null || ofRun.finding() != Finding.WAITS)) {
          ofRun = run.examine();
        }
      }
      var ofStreams = Diagnosis.ofStreams(name(), Duration.ZERO, streams);
      return ofRun != null && (ofRun.finding() == Finding.WAITS || streams.isEmpty()) ? ofRun : ofStreams;
    }

    @Override
    public @Nullable PipelineRun waitsForRun() {
      return null;
    }

    @Override
    public Diagnosis stuckIn(StuckCall call, Duration still) {
      var wait = new Wait(name(), "a call that has not returned, at " + call.place(), Cause.CALL, null, 0, -1, false);
      return Diagnosis.ofChain(name(), Finding.WAITS, still, List.of(wait), 0);
    }

    @Override
    public Diagnosis seen() {
      return Diagnosis.ofNoWait(name(), Finding.MOVES, Duration.ZERO);
    }

    @Override
    public String name() {
      return strand.toString();
    }

    @Override
    public Duration quiet() {
      return Duration.ZERO;
    }
  }
}
