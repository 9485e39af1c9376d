package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.memory.Budget;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunTest {
  @Test
  void oneRecipeRunsAgainAndAtTheSameTime() throws Exception {
    var rig = new Rig(200, 100);
    // The target's count is one of the rig's: here each run only has to be complete and closed.
    var pipeline = Pipeline.from(rig.origin()).through(rig.look()).to(new Swallow());
    pipeline.run();
    pipeline.run();
    var runs = new ArrayList<PipelineRun>();
    for (int i = 0; i < 50; i++) runs.add(pipeline.start());
    for (var run : runs) assertThat(run.join().bytesOut()).isEqualTo(rig.totalBytes());
  }

  @Test
  void runRefusesToBlockAStrand() {
    var pipeline = new Rig(1, 10).pipeline();
    assertThatThrownBy(() -> Strand.run(() -> pipeline.run()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use start()");
  }

  @Test
  void startWorksFromAStrandAndTheCompletionTellsTheReport() {
    var report = new CompletableFuture<Report>();
    Strand.run(() -> new Rig(3, 10).pipeline().start().completion().thenAccept(report::complete));
    assertThat(report.join().bytesOut()).isEqualTo(30);
  }

  @Test
  void aVirtualThreadWaitsAndItsInterruptCancels() throws Exception {
    var started = new CountDownLatch(1);
    var outcome = new CompletableFuture<Throwable>();
    var flag = new CompletableFuture<Boolean>();
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  outcome.complete(catchThrowable(() -> endless(started).run()));
                  flag.complete(Thread.currentThread().isInterrupted());
                });
    started.await();
    thread.interrupt();
    assertThat(outcome.join()).isInstanceOf(CancelledException.class);
    assertThat(flag.join()).isTrue();
  }

  @Test
  void aWaitingRunIsCancelledFromAnotherThread() throws Exception {
    var started = new CountDownLatch(1);
    var run = endless(started).start();
    started.await();
    run.cancel("enough");
    run.cancel("again");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessage("enough");
    run.cancel("too late");
  }

  @Test
  void progressTellsWhoHoldsTheWorkAndWhatItWaitsFor() throws Exception {
    var started = new CountDownLatch(1);
    var run = endless(started).start();
    started.await();
    Report progress;
    do {
      progress = run.report();
    } while (progress.busyStage() != 0 || progress.waitsFor() == null);
    assertThat(progress.waitsFor()).isEqualTo("nobody");
    assertThat(progress.stages()).extracting(Report.StageReport::name).containsExactly("never", "swallow");
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    assertThat(run.report().busyStage()).isEqualTo(-1);
  }

  @Test
  void aRunWaitsForItsMinimumWithoutOpeningAnything() throws Exception {
    var budget = Budget.of(1000);
    assertThat(budget.trySurplus(1000)).isTrue();
    var rig = new Rig(3, 100);
    var run = rig.pipeline().withBudget(budget).start();
    while (budget.waiting() == 0) Thread.onSpinWait();
    assertThat(run.report().waitsFor()).isEqualTo("the budget");
    assertThat(rig.log).isEmpty();
    budget.giveBack(1000);
    assertThat(run.join().bytesOut()).isEqualTo(300);
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.peakBytes()).isEqualTo(1000);
  }

  @Test
  void aRunCancelledWhileItWaitsForItsMinimumOpensNothingAndTakesNothing() throws Exception {
    var budget = Budget.of(1000);
    assertThat(budget.trySurplus(1000)).isTrue();
    var rig = new Rig(3, 100);
    var run = rig.pipeline().withBudget(budget).start();
    while (budget.waiting() == 0) Thread.onSpinWait();
    run.cancel("changed my mind");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(budget.waiting()).isZero();
    assertThat(rig.log).isEmpty();
    budget.giveBack(1000);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void aMinimumLargerThanTheBudgetIsRefusedBeforeAnythingStarts() {
    var rig = new Rig(3, 1 << 20);
    var pipeline = rig.pipeline().withBudget(Budget.of(1 << 20)).named("nightly");
    assertThatThrownBy(() -> pipeline.run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nightly needs at least 2 MiB at a time")
        .hasMessageContaining("budget is 1 MiB");
    assertThatThrownBy(() -> pipeline.start()).isInstanceOf(IllegalArgumentException.class);
    assertThat(rig.log).isEmpty();
  }

  @Test
  void liveStreamsServeOneRunOnTheirStrand() {
    var received = new ArrayList<Integer>();
    var second = new AtomicReference<@Nullable Throwable>();
    var report = new CompletableFuture<Report>();
    Strand.run(
        () -> {
          var source = ReadableStream.<Integer>fed(StreamOptions.objects());
          source.feed().push(1);
          source.feed().push(2);
          source.feed().end();
          var target =
              WritableStream.<Integer>to(
                  (chunk, done) -> {
                    received.add(chunk);
                    done.ok();
                  });
          var pipeline = Pipeline.from(Origin.once(source.stream())).to(Target.once(target));
          pipeline.start().completion().thenAccept(report::complete);
          second.set(catchThrowable(() -> pipeline.start()));
        });
    assertThat(received).containsExactly(1, 2);
    assertThat(report.join().stages().getLast().chunksIn()).isEqualTo(2);
    assertThat(second.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("has had its run");
  }

  @Test
  void anErrorThatNobodyOnTheStrandHandledFailsTheRun() {
    var rig = new Rig(1000, 100);
    var stray = new IllegalStateException("stray");
    var pipeline =
        Pipeline.from(rig.origin())
            .through(
                Stage.of(
                    "pass",
                    () -> {
                      var stream = TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes());
                      stream
                          .strand()
                          .post(
                              () -> {
                                throw stray;
                              });
                      return stream;
                    }))
            .to(rig.target());
    assertThatThrownBy(() -> pipeline.run()).isInstanceOf(PipelineException.class).hasCause(stray);
    rig.checkAllClosedOnce();
  }

  @Test
  void aDeclaredChunkThatIsExceededFailsTheStageWithTheFigures() {
    var origin =
        Origin.of(
                "big",
                () ->
                    ReadableStream.<ByteBuffer>from(
                        feed -> feed.push(ByteBuffer.allocate(5000)), StreamOptions.bytes().withMark(100)))
            .chunkAtMost(4096);
    var pipeline = Pipeline.from(origin).to(new Swallow());
    assertThat(pipeline.bound().totalBytes()).isPresent();
    assertThatThrownBy(() -> pipeline.run())
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("big failed")
        .hasMessageContaining("5,000")
        .hasMessageContaining("4 KiB");
  }

  @Test
  void aMarkAboveTheDeclaredOneFailsTheStage() {
    var target =
        Target.of(
                "wide",
                () ->
                    WritableStream.<ByteBuffer>to((chunk, done) -> done.ok(), StreamOptions.bytes().withMark(1 << 20)))
            .markAtMost(1 << 10);
    assertThatThrownBy(() -> Pipeline.from(new Rig(1, 10).origin()).to(target).run())
        .hasMessageContaining("wide failed")
        .hasMessageContaining("1 MiB")
        .hasMessageContaining("1 KiB");
  }

  private static Pipeline endless(CountDownLatch started) {
    return Pipeline.from(new Never(started)).to(new Swallow());
  }

  private record Never(CountDownLatch started) implements PullOrigin<ByteBuffer>, Pull<ByteBuffer> {
    @Override
    public String name() {
      return "never";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("nothing", 1);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return this;
    }

    @Override
    public Progress poll() {
      started.countDown();
      return Progress.WAITING;
    }

    @Override
    public ByteBuffer next() {
      throw new AssertionError("never READY");
    }

    @Override
    public String waitsFor() {
      return "nobody";
    }
  }

  /// A target that only counts, for any number of runs.
  static final class Swallow implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "swallow";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return new Footprint("nothing kept", List.of(), 0, true);
    }

    @Override
    public Put<ByteBuffer> put() {
      return new Put<>() {
        private boolean finished;

        @Override
        public Progress poll() {
          return finished ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(ByteBuffer chunk) {
          chunk.position(chunk.limit());
        }

        @Override
        public void finish() {
          finished = true;
        }
      };
    }
  }
}
