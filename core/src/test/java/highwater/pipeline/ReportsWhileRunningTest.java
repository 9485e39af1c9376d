package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.ReadableStream;
import highwater.WritableStream;
import highwater.pipeline.Report.StageReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Reports taken by several threads while a run is under way: whole, in order, and never in the way.
@Timeout(60)
final class ReportsWhileRunningTest {
  private static final int READERS = 3;

  @Test
  void snapshotsOfAFusedRunAreWholeAndNeverFall() throws Exception {
    looked(
        Pipeline.from(Numbers.endless())
            .through(Stage.<Integer, Integer>map(i -> i + 1))
            .to(Target.forEach(_ -> Thread.onSpinWait())));
  }

  @Test
  void snapshotsOfLiveStreamsAreWholeAndNeverFall() throws Exception {
    looked(
        Pipeline.from(
                Origin.of("endless", () -> ReadableStream.fromIterator(IntStream.iterate(0, i -> i + 1).iterator())))
            .to(Target.of("nowhere", () -> WritableStream.toConsumer(_ -> {}))));
  }

  private static void looked(Pipeline pipeline) throws Exception {
    var run = pipeline.start();
    var over = new AtomicBoolean();
    var failure = new AtomicReference<@Nullable Throwable>();
    var readers = new ArrayList<Thread>();
    for (int i = 0; i < READERS; i++) {
      readers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      look(run, over);
                    } catch (Throwable thrown) {
                      failure.set(thrown);
                    }
                  }));
    }
    // As long as it takes for each to have looked often, on whatever machine.
    for (var reader : readers) reader.join();
    over.set(true);
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    if (failure.get() != null) throw new AssertionError(failure.get());
  }

  private static void look(PipelineRun run, AtomicBoolean over) {
    Report before = run.report();
    for (int i = 0; i < 5_000 && !over.get(); i++) {
      var now = run.report();
      sums(now);
      assertThat(now.elapsed()).isGreaterThanOrEqualTo(before.elapsed());
      for (int stage = 0; stage < now.stages().size(); stage++) {
        neverLess(before.stages().get(stage), now.stages().get(stage));
      }
      // Nothing is given that was not handed over.
      assertThat(now.stages().getLast().chunksIn()).isEqualTo(now.stages().get(now.stages().size() - 2).chunksOut());
      before = now;
    }
  }

  private static void sums(Report report) {
    for (var stage : report.stages()) {
      long sum = stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos();
      if (sum != report.elapsed().toNanos()) throw new AssertionError(stage + " of " + report.elapsed());
    }
  }

  private static void neverLess(StageReport before, StageReport now) {
    var figures =
        List.of(
            now.busyNanos() - before.busyNanos(),
            now.starvedNanos() - before.starvedNanos(),
            now.blockedNanos() - before.blockedNanos(),
            now.chunksOut() - before.chunksOut(),
            now.chunksIn() - before.chunksIn(),
            now.falseAnswers() - before.falseAnswers());
    if (figures.stream().anyMatch(gain -> gain < 0)) throw new AssertionError(before + "\nthen\n" + now);
  }
}
