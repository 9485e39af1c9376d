package highwater.pipeline;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.Done;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.memory.Budget;
import highwater.strand.HandTurned;
import highwater.strand.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The deadline and the idle timeout of a pipeline, in virtual time.
@Timeout(60)
class TimeoutTest {
  @AutoClose private final HandTurned hand = new HandTurned();

  private @Nullable Throwable failure(PipelineRun run) {
    var completion = run.completion().toCompletableFuture();
    if (!completion.isDone()) return null;
    var thrown = catchThrowable(completion::join);
    return thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
  }

  private static boolean isRunning(PipelineRun run) {
    return !run.completion().toCompletableFuture().isDone();
  }

  @Test
  void aRunThatIsNotDoneByItsDeadlineHasFailedAtTheStageThatHoldsTheWork() {
    var clock = new Ticking(Duration.ofSeconds(1), 100);
    var pipeline = Pipeline.from(clock).to(new RunTest.Swallow()).withDeadline(Duration.ofSeconds(10));
    var run = pipeline.startOn(hand.strand());
    hand.advance(SECONDS.toNanos(10) - 1);
    assertThat(isRunning(run)).isTrue();
    hand.advance(1);
    assertThat(failure(run))
        .isInstanceOf(PipelineException.class)
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessage(
            "clock failed at byte 9: the run was not done within its deadline of 10 s: this stage holds the work and"
                + " waits for a timer (expected: done by then; withDeadline allows more)");
    assertThat(clock.aborts).isOne();
    assertThat(clock.closes).isOne();
  }

  @Test
  void aRunThatIsDoneInTimeLeavesNoTimer() {
    var pipeline =
        Pipeline.from(new Ticking(Duration.ofSeconds(1), 5))
            .to(new RunTest.Swallow())
            .withDeadline(Duration.ofHours(1))
            .withIdleTimeout(Duration.ofMinutes(1));
    var run = pipeline.startOn(hand.strand());
    hand.runUntilIdle();
    assertThat(failure(run)).isNull();
    assertThat(isRunning(run)).isFalse();
    assertThat(hand.nanoTime()).isEqualTo(SECONDS.toNanos(6));
    assertThat(hand.hasWork()).isFalse();
  }

  @Test
  void whileSomethingMovesNoIdleTimeoutComes() {
    var pipeline =
        Pipeline.from(new Ticking(Duration.ofSeconds(1), 1000))
            .to(new RunTest.Swallow())
            .withIdleTimeout(Duration.ofMillis(1500));
    var run = pipeline.startOn(hand.strand());
    hand.runUntilIdle();
    assertThat(failure(run)).isNull();
    assertThat(isRunning(run)).isFalse();
  }

  @Test
  void aRunInWhichNothingMovesHasFailedAtTheStageThatHoldsTheWork() {
    var clock = new Ticking(Duration.ofSeconds(1), 100);
    clock.stopAfter = 3;
    var run =
        Pipeline.from(clock)
            .to(new RunTest.Swallow())
            .withIdleTimeout(Duration.ofSeconds(8))
            .withDeadline(Duration.ofHours(1))
            .startOn(hand.strand());
    // The third and last byte came at 3 s; looks are at 2, 4, ... s.
    hand.advance(SECONDS.toNanos(11) - 1);
    assertThat(isRunning(run)).as("never early").isTrue();
    hand.advance(SECONDS.toNanos(2));
    assertThat(failure(run))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessage(
            "clock failed at byte 3: nothing moved for 8 s, the idle timeout: this stage holds the work and waits for a"
                + " timer (expected: a chunk; withIdleTimeout allows more)");
    assertThat(clock.closes).isOne();
  }

  /// In real time: such a run does not let the virtual one go on.
  @Test
  void workInsideOnePartIsNotIdle() {
    var endless = Numbers.endless();
    for (var working :
        List.<Function<Predicate<Integer>, Upstream<Integer>>>of(
            busy -> Numbers.from(1).flatMapStream(_ -> endlessly()).takeWhile(busy),
            busy -> Pipeline.from(endless).filter(busy.negate()).take(1).concat(Numbers.from(1)),
            busy -> Pipeline.from(endless).filter(busy.negate()).take(1).merge(Numbers.from(1)),
            busy ->
                Numbers.from(1)
                    .flatMapStream(_ -> endlessly())
                    .filter(busy.negate())
                    .take(1)
                    .concat(Numbers.from(1)))) {
      long began = System.nanoTime();
      Predicate<Integer> busy = _ -> System.nanoTime() - began < MILLISECONDS.toNanos(400);
      assertThat(working.apply(busy).count().withIdleTimeout(Duration.ofMillis(100)).run()).isPositive();
    }
  }

  private static Stream<Integer> endlessly() {
    return Stream.iterate(0, i -> i + 1);
  }

  @Test
  void whatMovesInsideShowsAndWhatWaitsDoesNot() throws Exception {
    Pull<Integer> dropping =
        ((PullOrigin<Integer>)
                Origin.concat(List.of(Numbers.from(1).flatMapStream(_ -> endlessly()).filter(_ -> false).asOrigin())))
            .pull();
    var waiting =
        ((PullOrigin<Integer>)
                Numbers.from()
                    .concat(Pipeline.from(Origin.<Integer>fromFuture(CompletableFuture::new)).map(i -> i))
                    .asOrigin())
            .pull();
    var context = new HandContext(hand);
    for (var pull : List.of(dropping, waiting)) {
      pull.open(context);
      for (int i = 0; i < 3; i++) assertThat(pull.poll()).isEqualTo(Progress.WAITING);
      long before = MovesInside.of(pull);
      assertThat(pull.poll()).isEqualTo(Progress.WAITING);
      if (pull == dropping) assertThat(MovesInside.of(pull)).isGreaterThan(before);
      else assertThat(MovesInside.of(pull)).isEqualTo(before);
      pull.close();
    }
  }

  @Test
  void aResultThatDoesNotBecomeFinalIsIdleToo() {
    var clock = new Ticking(Duration.ofSeconds(1), 3);
    clock.settles = false;
    var run =
        Pipeline.from(clock).to(new RunTest.Swallow()).withIdleTimeout(Duration.ofSeconds(4)).startOn(hand.strand());
    hand.advance(SECONDS.toNanos(7));
    assertThat(isRunning(run)).isTrue();
    hand.advance(SECONDS.toNanos(3));
    // What was begun is undone, and that is not to be waited for either.
    hand.advance(Part.UNDO_NANOS);
    assertThat(failure(run)).hasCauseInstanceOf(TimeoutException.class).hasMessageContaining("nothing moved for 4 s");
  }

  @Test
  void theWaitForTheBudgetCountsForTheDeadlineAndNotAsIdle() {
    var budget = Budget.of(1000);
    assertThat(budget.trySurplus(1000)).isTrue();
    var rig = new Rig(3, 100);
    var run =
        rig.pipeline()
            .withBudget(budget)
            .withIdleTimeout(Duration.ofSeconds(1))
            .withDeadline(Duration.ofSeconds(10))
            .startOn(hand.strand());
    hand.advance(SECONDS.toNanos(9));
    assertThat(isRunning(run)).isTrue();
    hand.advance(SECONDS.toNanos(1));
    assertThat(failure(run))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("deadline of 10 s: it waits for its budget");
    assertThat(rig.log).isEmpty();
    assertThat(budget.waiting()).isZero();
    budget.giveBack(1000);
  }

  @Test
  void aDeadlineOfClassicStreamsNamesTheSinkThatDoesNotAcknowledge() {
    var run = stuckSink().withDeadline(Duration.ofSeconds(5)).startOn(hand.strand());
    hand.advance(SECONDS.toNanos(5));
    assertThat(failure(run))
        .isInstanceOf(PipelineException.class)
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("stuck failed")
        .hasMessageContaining("waits for the acknowledgement of a chunk");
  }

  @Test
  void anIdleTimeoutOfClassicStreamsNamesTheSourceThatDoesNotAnswer() {
    var run =
        Pipeline.from(Origin.of("silent", () -> ReadableStream.<Integer>from(_ -> {})))
            .to(Target.of("sink", () -> WritableStream.<Integer>to((_, done) -> done.ok())))
            .withIdleTimeout(Duration.ofSeconds(5))
            .startOn(hand.strand());
    hand.advance(SECONDS.toNanos(5));
    assertThat(failure(run))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("silent failed")
        .hasMessageContaining("waits for what its source pushes");
  }

  @Test
  void acknowledgementsOfClassicStreamsAreMovesToo() {
    // Sixteen objects are queued; each is acknowledged after a second, and only the last brings a drain.
    var run =
        Pipeline.from(
                Origin.of(
                    "numbers",
                    () ->
                        ReadableStream.<Integer>from(
                            feed -> {
                              for (int i = 0; i < 16; i++) feed.push(i);
                              feed.end();
                            })))
            .to(
                Target.of(
                    "slow",
                    () -> WritableStream.<Integer>to((_, done) -> hand.strand().after(SECONDS.toNanos(1), done::ok))))
            .withIdleTimeout(Duration.ofSeconds(3))
            .startOn(hand.strand());
    hand.runUntilIdle();
    assertThat(isRunning(run)).isFalse();
    assertThat(failure(run)).isNull();
  }

  @Test
  void whatHasFailedCannotBeLateAnyMore() {
    var failure = new IllegalStateException("gone");
    var run =
        Pipeline.from(Origin.of("gone", () -> ReadableStream.<Integer>from(feed -> feed.fail(failure))))
            .to(
                Target.of(
                    "slow to close",
                    () ->
                        WritableStream.to(
                            new Sink<Integer>() {
                              @Override
                              public void write(Integer chunk, Done done) {
                                done.ok();
                              }

                              @Override
                              public void destroy(@Nullable Throwable error, Done done) {
                                hand.strand().after(SECONDS.toNanos(9), done::ok);
                              }
                            })))
            .withDeadline(Duration.ofSeconds(5))
            .withIdleTimeout(Duration.ofSeconds(1))
            .startOn(hand.strand());
    hand.advance(SECONDS.toNanos(9));
    assertThat(failure(run)).hasCause(failure).hasNoSuppressedExceptions();
  }

  @Test
  void aDeadlineComesBetweenTheChunksOfASourceAndASinkThatNeverLetGo() {
    // In real time: such a pair ends no turn, and no timer comes.
    var pipeline =
        Pipeline.from(
                Origin.of(
                    "endless",
                    () ->
                        ReadableStream.<ByteBuffer>from(
                            feed -> feed.push(ByteBuffer.allocate(10)), StreamOptions.bytes())))
            .to(Target.of("prompt", () -> WritableStream.<ByteBuffer>to((_, done) -> done.ok(), StreamOptions.bytes())))
            .withDeadline(Duration.ofMillis(20));
    assertThatThrownBy(() -> pipeline.run()).hasCauseInstanceOf(TimeoutException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBusyPullLoopIsStoppedByItsDeadline(boolean classic) {
    var endless = new Rig(Integer.MAX_VALUE, 10);
    endless.waitEvery = 0;
    var upstream = Pipeline.from(endless.origin());
    if (classic) {
      upstream =
          upstream.through(Stage.of("pass", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())));
    }
    var pipeline = upstream.to(new RunTest.Swallow()).withDeadline(Duration.ofMillis(20));
    assertThatThrownBy(() -> pipeline.run())
        .isInstanceOf(PipelineException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    endless.checkAllClosedOnce();
  }

  @Test
  void timesMustBePositive() {
    var pipeline = new Rig(1, 1).pipeline();
    assertThatThrownBy(() -> pipeline.withDeadline(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deadline: PT0S (expected: more than nothing");
    assertThatThrownBy(() -> pipeline.withIdleTimeout(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(pipeline.withDeadline(Duration.ofSeconds(Long.MAX_VALUE)).run().bytesOut()).isOne();
  }

  @Test
  void timesAreWrittenAsASentenceNeedsThem() {
    assertThat(Settings.inWords(Duration.ofNanos(17))).isEqualTo("17 ns");
    assertThat(Settings.inWords(Duration.ofMillis(250))).isEqualTo("250 ms");
    assertThat(Settings.inWords(Duration.ofMillis(1050))).isEqualTo("1.05 s");
    assertThat(Settings.inWords(Duration.ofMillis(1117))).isEqualTo("1.117 s");
    assertThat(Settings.inWords(Duration.ofSeconds(60))).isEqualTo("1 min");
    assertThat(Settings.inWords(Duration.ofSeconds(3661))).isEqualTo("1 h 1 min 1 s");
    assertThat(Settings.inWords(Duration.ofDays(2))).isEqualTo("48 h");
  }

  private static Pipeline stuckSink() {
    return Pipeline.from(Origin.of("one", () -> ReadableStream.<Integer>from(feed -> feed.push(1))))
        .to(Target.of("stuck", () -> WritableStream.<Integer>to((_, _) -> {})));
  }

  /// Gives a byte for each tick of a timer, and ends a tick after the last.
  private static final class Ticking implements PullOrigin<ByteBuffer>, Pull<ByteBuffer> {
    private final Duration period;
    private final int total;
    int stopAfter = Integer.MAX_VALUE;
    boolean settles = true;
    int aborts;
    int closes;
    private int given;
    private boolean due;
    private @Nullable PartContext context;
    private @Nullable Timer timer;

    Ticking(Duration period, int total) {
      this.period = period;
      this.total = total;
    }

    @Override
    public String name() {
      return "clock";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("ticks", 1);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return this;
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      arm();
    }

    private void arm() {
      var here = Objects.requireNonNull(context);
      if (given == stopAfter) return;
      timer =
          here.strand()
              .after(
                  MILLISECONDS.toNanos(period.toMillis()),
                  () -> {
                    due = true;
                    here.wake();
                  });
    }

    @Override
    public Progress poll() {
      if (!due) return Progress.WAITING;
      return given == total ? Progress.DONE : Progress.READY;
    }

    @Override
    public ByteBuffer next() {
      due = false;
      given++;
      arm();
      return ByteBuffer.wrap(new byte[] {7});
    }

    @Override
    public void abort(Throwable cause) {
      aborts++;
    }

    @Override
    public boolean settled() {
      return settles;
    }

    @Override
    public void close() {
      closes++;
      if (timer != null) timer.cancel();
    }

    @Override
    public String waitsFor() {
      return "a timer";
    }
  }
}
