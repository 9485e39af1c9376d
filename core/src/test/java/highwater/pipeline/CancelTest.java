package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.CancelHandle;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.WritableStream;
import highwater.memory.Budget;
import highwater.strand.HandTurned;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs that a handle stops, and the interrupt of a thread that waits for one.
@Timeout(60)
class CancelTest {
  private final CancelHandle handle = new CancelHandle();

  @Test
  void aCancelledHandleStopsTheRunForItsReason() {
    var rig = new Rig(1000, 100);
    var reason = new IllegalStateException("the shop is closed");
    rig.onCall =
        call -> {
          if (call == 50) handle.cancel(reason);
        };
    var pipeline = rig.pipeline().cancelledBy(handle);
    assertThatThrownBy(() -> pipeline.run())
        .isInstanceOf(CancelledException.class)
        .hasMessage("the shop is closed")
        .hasCause(reason);
    rig.checkAllClosedOnce();
    assertThat(rig.log).contains("abort check", "close check");
  }

  @Test
  void eachOfTwoHandlesStopsTheRun() {
    for (boolean first : new boolean[] {true, false}) {
      var one = new CancelHandle();
      var two = new CancelHandle();
      (first ? one : two).cancel("enough");
      var pipeline = new Rig(1, 10).pipeline().cancelledBy(one).cancelledBy(two);
      assertThatThrownBy(() -> pipeline.run()).isInstanceOf(CancelledException.class).hasMessage("enough");
    }
  }

  @Test
  void aReasonInWordsIsTheMessage() {
    handle.cancel("enough");
    var pipeline = new Rig(1, 10).pipeline().cancelledBy(handle);
    assertThatThrownBy(() -> pipeline.run()).isInstanceOf(CancelledException.class).hasMessage("enough");
  }

  @Test
  void aHandleThatIsCancelledAlreadyOpensNothing() throws Exception {
    var rig = new Rig(3, 10);
    handle.cancel("early");
    var budget = Budget.of(1 << 20);
    var run = rig.pipeline().withBudget(budget).cancelledBy(handle).start();
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasMessage("early");
    assertThat(rig.log).isEmpty();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void aRunThatIsOverLeavesNothingAtTheHandle() {
    var heard = new AtomicInteger();
    new Rig(3, 10).pipeline().cancelledBy(handle).run();
    try (var hand = new HandTurned()) {
      var run = new Rig(3, 10).pipeline().cancelledBy(handle).startOn(hand.strand());
      hand.runUntilIdle();
      assertThat(run.completion().toCompletableFuture()).isCompleted();
    }
    var _ = handle.onCancel(_ -> heard.incrementAndGet());
    handle.cancel("late");
    assertThat(heard).hasValue(1);
  }

  @Test
  void classicStreamsAreStoppedToo() throws Exception {
    var started = new CountDownLatch(1);
    var closed = new AtomicBoolean();
    var pipeline =
        Pipeline.from(silent(started, closed))
            .to(Target.of("sink", () -> WritableStream.<Integer>to((_, done) -> done.ok())))
            .cancelledBy(handle);
    var run = pipeline.start();
    started.await();
    handle.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasMessage("enough");
    assertThat(closed).isTrue();
  }

  @Test
  void oneHandleStopsManyRuns() throws Exception {
    var runs = new ArrayList<PipelineRun>();
    var started = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) runs.add(silentPipeline(started, new AtomicBoolean()).cancelledBy(handle).start());
    started.await();
    handle.cancel("all of you");
    for (var run : runs) assertThat(catchThrowable(run::join)).hasMessage("all of you");
  }

  @Test
  void aRunThatWasStartedCanBeTiedToAHandle() throws Exception {
    var started = new CountDownLatch(1);
    var run = silentPipeline(started, new AtomicBoolean()).start();
    var _ = handle.onCancel(run::cancel);
    started.await();
    var reason = new IllegalStateException("closed");
    handle.cancel(reason);
    run.cancel("too late");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasMessage("closed").hasCause(reason);
  }

  @Test
  void liveStreamsOfARunThatNeverBeginsAreDestroyed() {
    handle.cancel("early");
    try (var hand = new HandTurned()) {
      var streams = new ArrayList<LiveStream>();
      var run = new @Nullable PipelineRun[1];
      hand.turn(
          () -> {
            var source = ReadableStream.<Integer>fed(StreamOptions.objects()).stream();
            var target = WritableStream.<Integer>to((_, done) -> done.ok());
            streams.addAll(List.of(source, target));
            run[0] = Pipeline.from(Origin.once(source)).to(Target.once(target)).cancelledBy(handle).start();
          });
      hand.runUntilIdle();
      assertThat(Objects.requireNonNull(run[0]).completion().toCompletableFuture()).isCompletedExceptionally();
      assertThat(streams).allMatch(stream -> stream.closed());
    }
  }

  @Test
  void startOnRefusesAnotherStrandThanThatOfItsLiveStreams() {
    try (var one = new HandTurned();
        var other = new HandTurned()) {
      one.turn(
          () -> {
            var source = ReadableStream.<Integer>fed(StreamOptions.objects()).stream();
            var pipeline =
                Pipeline.from(Origin.once(source)).to(Target.of("t", () -> WritableStream.<Integer>to((_, _) -> {})));
            assertThatThrownBy(() -> pipeline.startOn(other.strand()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lives on");
            source.destroy();
          });
    }
  }

  @Test
  void explainShowsWhatMayEndARunEarly() {
    var plain = new Rig(1, 10).pipeline();
    assertThat(plain.explain()).doesNotContain("fails when", "stops when");
    assertThat(
            plain
                .withDeadline(Duration.ofMinutes(90))
                .withIdleTimeout(Duration.ofMillis(1500))
                .cancelledBy(handle)
                .named("nightly")
                .withBudget(Budget.of(1 << 20))
                .explain())
        .endsWith(
            """
            MiB
              fails when it is not done within 1 h 30 min
              fails when nothing moves for 1.5 s
              stops when its handle is cancelled\
            """);
  }

  // ---------------------------------------------------------------- an interrupt of whoever waits

  @ParameterizedTest
  @ValueSource(strings = {"platform", "virtual"})
  void anInterruptOfRunCancelsAndEverythingIsUndoneBeforeItReturns(String kind) throws Exception {
    var undone = new AtomicBoolean();
    var undoneWhenItReturned = new CompletableFuture<Boolean>();
    var flag = new CompletableFuture<Boolean>();
    var outcome = new CompletableFuture<@Nullable Throwable>();
    var started = new CountDownLatch(1);
    var pipeline = Pipeline.from(new SlowToUndo(started, undone)).to(new RunTest.Swallow());
    Runnable body =
        () -> {
          var thrown = catchThrowable(() -> pipeline.run());
          undoneWhenItReturned.complete(undone.get());
          flag.complete(Thread.currentThread().isInterrupted());
          outcome.complete(thrown);
        };
    var thread = kind.equals("virtual") ? Thread.ofVirtual().start(body) : Thread.ofPlatform().daemon().start(body);
    started.await();
    thread.interrupt();
    // A second one, while it is being undone, changes nothing.
    thread.interrupt();
    assertThat(outcome.join())
        .isInstanceOf(CancelledException.class)
        .hasMessage("the thread that waited for the run was interrupted")
        .hasNoSuppressedExceptions();
    assertThat(undoneWhenItReturned.join()).as("undone before run() returned").isTrue();
    assertThat(flag.join()).as("the interrupt flag").isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"platform", "virtual"})
  void anInterruptOfRunOverClassicStreamsClosesThemBeforeItReturns(String kind) throws Exception {
    var closed = new AtomicBoolean();
    var closedWhenItReturned = new CompletableFuture<Boolean>();
    var outcome = new CompletableFuture<@Nullable Throwable>();
    var started = new CountDownLatch(1);
    var pipeline = silentPipeline(started, closed);
    Runnable body =
        () -> {
          var thrown = catchThrowable(() -> pipeline.run());
          closedWhenItReturned.complete(closed.get());
          outcome.complete(thrown);
        };
    var thread = kind.equals("virtual") ? Thread.ofVirtual().start(body) : Thread.ofPlatform().daemon().start(body);
    started.await();
    thread.interrupt();
    assertThat(outcome.join()).isInstanceOf(CancelledException.class);
    assertThat(closedWhenItReturned.join()).isTrue();
  }

  private static Pipeline silentPipeline(CountDownLatch started, AtomicBoolean closed) {
    return Pipeline.from(silent(started, closed))
        .to(Target.of("sink", () -> WritableStream.<Integer>to((_, done) -> done.ok())));
  }

  /// Is asked, and never answers.
  private static Origin<Integer> silent(CountDownLatch started, AtomicBoolean closed) {
    return Origin.of(
        "silent",
        () -> {
          var stream = ReadableStream.<Integer>from(_ -> started.countDown());
          Streams.finished(stream, _ -> closed.set(true));
          return stream;
        });
  }

  /// Never gives anything, and undoes what it did in a thread of its own, some turns later.
  private record SlowToUndo(CountDownLatch started, AtomicBoolean undone) implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return "slow";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("nothing", 1);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new Pull<>() {
        private @Nullable PartContext context;
        private int turns;

        @Override
        public void open(PartContext context) {
          this.context = context;
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
        public void abort(Throwable cause) {
          goOn();
        }

        private void goOn() {
          var here = Objects.requireNonNull(context);
          Thread.ofPlatform().daemon().start(here::wake);
        }

        @Override
        public boolean settled() {
          if (++turns < 5) goOn();
          else undone.set(true);
          return undone.get();
        }
      };
    }
  }
}
