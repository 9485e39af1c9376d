package highwater.dashboard;

import highwater.pipeline.MemoryReport;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Report;
import highwater.pipeline.Report.StageReport;
import highwater.pipeline.Verdict;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the page is told: the runs of this process, and the last few that ended while somebody looked.
///
/// Bounds: [#RUNNING_MAX] runs (further ones are counted) and [#ENDED_MAX] that ended; [#HISTORY_MAX] past moments of each of
/// [#REMEMBERED_MAX] runs. A run is not kept alive by being looked at, and nothing happens between two looks. Thread rule:
/// any thread, one at a time.
final class Watch {
  /// The most running pipelines a snapshot has.
  static final int RUNNING_MAX = 64;

  /// The most pipelines a snapshot has that are over.
  static final int ENDED_MAX = 16;

  /// The most runs whose past is kept.
  static final int REMEMBERED_MAX = 16;

  /// The most moments kept of one run: five minutes at two a second.
  static final int HISTORY_MAX = 600;

  /// How many looks a verdict spans while a run goes on: five seconds at two a second.
  private static final int VERDICT_LOOKS = 10;

  /// A run that was running when it was last looked at, and the reports of the last looks.
  private record Seen(WeakReference<PipelineRun> run, @Nullable History history, Deque<Report> recent) {
    /// What is told of the run now; while it goes on, the verdict is that of the last seconds.
    Facts look(PipelineRun run) {
      var facts = Facts.of(run);
      if (history != null) history.add(facts.report());
      if (facts.state() != PipelineRun.State.RUNNING) return facts;
      var earlier = recent.peekFirst();
      if (recent.size() == VERDICT_LOOKS) recent.removeFirst();
      recent.addLast(facts.report());
      return earlier == null ? facts : facts.with(run.verdictSince(earlier), earlier.elapsed());
    }
  }

  /// How a run was when it was over.
  private record Ended(Facts facts, @Nullable History history) {}

  /// What is told of a run beside its report.
  ///
  /// @param verdict over which time: all of it, or since `verdictSince`
  private record Facts(
      long id,
      String name,
      long startedMillis,
      PipelineRun.State state,
      @Nullable String error,
      Report report,
      Verdict verdict,
      Duration verdictSince) {
    static Facts of(PipelineRun run) {
      // The state first: a report that is read after the end is the last one.
      var state = run.state();
      var failure = run.failure();
      var report = run.report();
      return new Facts(
          run.id(),
          run.name(),
          run.started().toEpochMilli(),
          state,
          failure == null ? null : failure.getMessage(),
          report,
          report.verdict(),
          Duration.ZERO);
    }

    Facts with(Verdict verdict, Duration since) {
      return new Facts(id, name, startedMillis, state, error, report, verdict, since);
    }
  }

  private final Map<Long, Seen> seen = new LinkedHashMap<>();
  private final List<Ended> ended = new ArrayList<>();

  /// One document with the state of this moment.
  synchronized String snapshot() {
    var running = PipelineRun.running();
    var shown = running.subList(0, Math.min(RUNNING_MAX, running.size()));
    for (var run : shown)
      seen.computeIfAbsent(run.id(), _ -> new Seen(new WeakReference<>(run), newHistory(run), new ArrayDeque<>()));
    var now = look();
    var json = new Json().object("");
    json.put("at", System.currentTimeMillis()).put("pid", ProcessHandle.current().pid());
    putMemory(json, MemoryReport.now());
    json.put("more", running.size() - shown.size());
    json.array("runs");
    for (var facts : now) put(json, facts);
    for (var over : ended) put(json, over.facts());
    return json.close(']').close('}').toString();
  }

  /// The runs that go on; those that do not any more go among those that ended, the latest first.
  private List<Facts> look() {
    var now = new ArrayList<Facts>(seen.size());
    for (var entries = seen.values().iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      var run = entry.run().get();
      if (run == null) {
        entries.remove();
        continue;
      }
      var facts = entry.look(run);
      if (facts.state() == PipelineRun.State.RUNNING) {
        now.add(facts);
      } else {
        entries.remove();
        ended.addFirst(new Ended(facts, entry.history()));
        if (ended.size() > ENDED_MAX) ended.removeLast();
      }
    }
    return now;
  }

  /// Where there are enough, the run that ended longest ago loses its past to a new one.
  private @Nullable History newHistory(PipelineRun run) {
    long kept = seen.values().stream().filter(one -> one.history() != null).count();
    kept += ended.stream().filter(one -> one.history() != null).count();
    if (kept >= REMEMBERED_MAX && !forgetOne()) return null;
    return new History(HISTORY_MAX, run.report().stages().size());
  }

  private boolean forgetOne() {
    for (int i = ended.size() - 1; i >= 0; i--) {
      if (ended.get(i).history() == null) continue;
      ended.set(i, new Ended(ended.get(i).facts(), null));
      return true;
    }
    return false;
  }

  /// The past of the run that `query` names (`run=ID`), as arrays of equal length; empty ones where none is kept.
  synchronized String history(String query) {
    long id = runOf(query);
    var past = pastOf(id);
    var json = new Json().object("").put("run", id);
    (past == null ? new History(0, 0) : past).write(json);
    return json.close('}').toString();
  }

  private static long runOf(String query) {
    try {
      if (query.startsWith("run=")) return Long.parseLong(query.substring(4));
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("query: " + query + " (expected: run=ID)");
  }

  private @Nullable History pastOf(long id) {
    var running = seen.get(id);
    if (running != null) return running.history();
    for (var over : ended) if (over.facts().id() == id) return over.history();
    return null;
  }

  private static void putMemory(Json json, MemoryReport memory) {
    json.object("memory")
        .put("heap", memory.heapBytes())
        .put("heapPeak", memory.heapPeakBytes())
        .put("heapMax", Runtime.getRuntime().maxMemory())
        .put("direct", memory.directBytes())
        .put("resident", memory.residentBytes())
        .put("residentPeak", memory.residentPeakBytes())
        .close('}');
  }

  private static void put(Json json, Facts facts) {
    var report = facts.report();
    var verdict = facts.verdict();
    json.object("")
        .put("id", facts.id())
        .put("name", facts.name())
        .put("started", facts.startedMillis())
        .put("state", word(facts.state()))
        .put("error", facts.error())
        .put("elapsedNanos", report.elapsed().toNanos())
        .put("busyStage", report.busyStage())
        .put("waitsFor", report.waitsFor())
        .object("verdict")
        .put("stage", verdict.stage())
        .put("sureness", verdict.sureness())
        .put("sentence", verdict.sentence())
        .put("advice", verdict.advice())
        .put("sinceNanos", facts.verdictSince().toNanos())
        // Only where it names another stage.
        .put("whole", report.verdict().stage() == verdict.stage() ? null : report.verdict().sentence())
        .close('}')
        .array("stages");
    for (var stage : report.stages()) put(json, stage);
    json.close(']').close('}');
  }

  private static String word(PipelineRun.State state) {
    return switch (state) {
      case RUNNING -> "running";
      case DONE -> "done";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }

  private static void put(Json json, StageReport stage) {
    var buffer = stage.buffer();
    json.object("")
        .put("name", stage.name())
        .put("chunksIn", stage.chunksIn())
        .put("bytesIn", stage.bytesIn())
        .put("chunksOut", stage.chunksOut())
        .put("bytesOut", stage.bytesOut())
        .put("busyNanos", stage.busyNanos())
        .put("starvedNanos", stage.starvedNanos())
        .put("blockedNanos", stage.blockedNanos())
        .put("falseAnswers", stage.falseAnswers())
        .put("drains", stage.drains())
        .put("longestWaitNanos", stage.longestWaitNanos())
        .put("full", stage.isFull())
        .object("buffer")
        .put("held", buffer.held())
        .put("peak", buffer.peak())
        .put("mark", buffer.mark())
        .put("inObjects", buffer.inObjects())
        .close('}')
        .close('}');
  }
}
