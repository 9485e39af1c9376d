package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.Feed;
import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.WritableStream;
import highwater.codec.Gzip;
import highwater.memory.Budget;
import highwater.pipeline.Report.StageReport;
import highwater.testkit.VirtualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Reports taken by several threads while a run is under way: whole, in order, and never in the way.
@Timeout(60)
final class ReportsWhileRunningTest {
  private static final int READERS = 3;

  private final VirtualTime time = new VirtualTime();
  private final List<PipelineRun> ended = new ArrayList<>();

  @AfterEach
  void close() {
    time.uncaught();
    time.close();
  }

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

  @Test
  void snapshotsOfARunWithManyWaitsAreWholeAndNeverFall() throws Exception {
    looked(
        Pipeline.from(Numbers.endless())
            .to(Target.<Integer>forEachAsync(i -> CompletableFuture.supplyAsync(() -> i + 1))));
  }

  @Test
  void aRunThatWasCancelledBeforeItBeganHasAFinalReport() {
    time.turn(
        () -> {
          var run = numbers().startOn(time.strand());
          run.cancel("at once");
          ended.add(run);
        });
    assertFinal(PipelineRun.State.CANCELLED);
    assertThat(ended.getFirst().report().elapsed()).isZero();
  }

  @Test
  void aRunThatWasCancelledWhileItWaitedForItsBudgetHasAFinalReport() {
    var budget = Budget.of(64 << 20);
    var _ = budget.takeMinimum(64 << 20, () -> {});
    var bytes =
        Pipeline.from(Origin.fromIterable(List.of(ByteBuffer.allocate(10))))
            .through(Gzip.compress())
            .to(Target.forEach(_ -> {}))
            .withBudget(budget);
    var run = bytes.startOn(time.strand());
    ended.add(run);
    time.settle();
    assertThat(run.report().waitsFor()).isEqualTo("the budget");
    run.cancel("enough");
    assertFinal(PipelineRun.State.CANCELLED);
    assertThat(run.report().elapsed()).isZero();
  }

  /// Its source is asked, and answers when the run is over.
  @Test
  void aRunOfLiveStreamsWhoseSourceAnswersLateHasAFinalReport() {
    var feeds = new ArrayList<Feed<Integer>>();
    var source = Origin.of("late", () -> ReadableStream.<Integer>from(feeds::add, StreamOptions.objects()));
    var sink =
        Target.of(
            "failing", () -> WritableStream.<Integer>to((_, done) -> done.fail(new IllegalStateException("no more"))));
    var run = Pipeline.from(source).to(sink).startOn(time.strand());
    ended.add(run);
    time.settle();
    time.turn(() -> feeds.getLast().push(1));
    time.settle();
    assertThat(run.state()).isEqualTo(PipelineRun.State.FAILED);
    var over = run.report();
    time.pass(Duration.ofSeconds(1));
    time.turn(() -> feeds.getLast().push(2));
    assertFinal(PipelineRun.State.FAILED);
    assertThat(run.report()).isEqualTo(over);
    assertThat(over.busyStage()).isEqualTo(-1);
  }

  private static Pipeline numbers() {
    return Pipeline.from(Origin.values(1, 2, 3)).map(i -> i + 1).to(Target.forEach(_ -> {}));
  }

  private void assertFinal(PipelineRun.State state) {
    time.settle();
    var run = ended.getFirst();
    assertThat(run.state()).isEqualTo(state);
    var over = run.report();
    time.pass(Duration.ofSeconds(1));
    assertThat(run.report()).isEqualTo(over);
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
            now.falseAnswers() - before.falseAnswers(),
            now.drains() - before.drains(),
            now.longestWaitNanos() - before.longestWaitNanos());
    if (figures.stream().anyMatch(gain -> gain < 0)) throw new AssertionError(before + "\nthen\n" + now);
  }
}
