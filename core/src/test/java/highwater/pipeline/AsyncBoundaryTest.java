package highwater.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.Diagnosis;
import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.memory.Budget;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// [Upstream#async]: two runs with a bounded number of objects between them.
@Timeout(60)
class AsyncBoundaryTest {
  private static Iterable<Integer> range(int to) {
    return () -> IntStream.range(0, to).iterator();
  }

  private static Iterable<Integer> endlessFrom(int first) {
    return () -> IntStream.iterate(first, i -> i + 1).iterator();
  }

  private static Numbers<Integer> numbers(int to, int waitEvery) {
    return new Numbers<>(() -> IntStream.range(0, to).iterator(), true, waitEvery);
  }

  @Test
  void whatIsBeforeItRunsOnAnotherThread() {
    var before = ConcurrentHashMap.<Thread>newKeySet();
    var behind = ConcurrentHashMap.<Thread>newKeySet();
    long count =
        Pipeline.from(Origin.fromIterable(range(10_000)))
            .tap(_ -> before.add(Thread.currentThread()))
            .async(16)
            .forEach(_ -> behind.add(Thread.currentThread()))
            .run();
    assertThat(count).isEqualTo(10_000);
    assertThat(behind).containsExactly(Thread.currentThread());
    assertThat(before).doesNotContain(Thread.currentThread());
  }

  @RepeatedTest(20)
  void everythingCrossesInOrderWhateverTheBoundAndThePace() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    int bound = 1 + random.nextInt(9) * random.nextInt(40);
    int count = random.nextInt(20_000);
    int slowBefore = 1 + random.nextInt(3_000);
    int slowBehind = 1 + random.nextInt(3_000);
    var list =
        Pipeline.from(Origin.fromIterable(range(count)))
            .tap(i -> pauseAt(i, slowBefore))
            .async(bound)
            .tap(i -> pauseAt(i, slowBehind))
            .toList(count)
            .run();
    assertThat(list).as("seed %d, bound %d", seed, bound).isEqualTo(IntStream.range(0, count).boxed().toList());
  }

  /// Long enough for the other side to give up looking and wait.
  private static void pauseAt(int i, int every) {
    if (i % every != 0) return;
    long began = System.nanoTime();
    while (System.nanoTime() - began < 200_000) Thread.onSpinWait();
  }

  @Test
  void noMoreThanTheBoundIsAhead() {
    for (int bound : new int[] {1, 2, 3, 7, 256}) {
      var made = new AtomicInteger();
      var taken = new AtomicInteger();
      var most = new AtomicInteger();
      long count =
          Pipeline.from(Origin.fromIterable(range(20_000)))
              .tap(
                  _ -> {
                    // One is in the hands of each side.
                    int ahead = made.incrementAndGet() - taken.get();
                    most.accumulateAndGet(ahead, Math::max);
                  })
              .async(bound)
              .forEach(_ -> taken.incrementAndGet())
              .run();
      assertThat(count).isEqualTo(20_000);
      assertThat(most.get()).isLessThanOrEqualTo(bound + 2);
    }
  }

  @Test
  void aFullBoundaryStopsWhatIsBeforeItUntilHalfIsTaken() throws Exception {
    var made = new AtomicInteger();
    var full = new CountDownLatch(4);
    var goOn = new CountDownLatch(1);
    var run =
        Pipeline.from(Origin.fromIterable(range(100)))
            .tap(
                _ -> {
                  made.incrementAndGet();
                  full.countDown();
                })
            .async(4)
            .forEach(_ -> await(goOn))
            .start();
    full.await();
    assertThat(made.get()).isLessThanOrEqualTo(5);
    goOn.countDown();
    assertThat(run.join()).isEqualTo(100);
  }

  @Test
  void eachObjectIsSeenWhileTheNextOneIsBeingMade() {
    // The function before waits until the object before was seen behind.
    var seen = new Phaser(1);
    long count =
        Pipeline.from(Origin.fromIterable(range(500)))
            .tap(i -> assertThat(i == 0 || seen.awaitAdvance(i - 1) >= 0).isTrue())
            .async(256)
            .forEach(_ -> seen.arrive())
            .run();
    assertThat(count).isEqualTo(500);
  }

  @Test
  void aFailureBeforeItComesBehindWhatWasGivenAndNamesItsOperator() {
    var got = new ArrayList<Integer>();
    var work =
        Pipeline.from(Origin.fromIterable(range(1_000)))
            .map(
                i -> {
                  if (i == 700) throw new IllegalStateException("seven hundred");
                  return i;
                })
            .async(16)
            .forEach(got::add);
    var thrown = catchThrowableOfType(PipelineException.class, work::run);
    assertThat(thrown.stage()).isEqualTo("map");
    assertThat(thrown).cause().isInstanceOf(IllegalStateException.class).hasMessage("seven hundred");
    assertThat(got).hasSize(700);
  }

  @Test
  void aFailureBehindItEndsAndUndoesWhatIsBeforeIt() {
    var numbers = numbers(1_000_000, 0);
    var work =
        Pipeline.from(numbers)
            .async(16)
            .map(
                i -> {
                  if (i == 700) throw new IllegalStateException("seven hundred");
                  return i;
                })
            .count();
    var thrown = catchThrowableOfType(PipelineException.class, work::run);
    assertThat(thrown.stage()).isEqualTo("map");
    assertThat(numbers.closed).hasValue(1);
    assertThat(numbers.committed).hasValue(0);
  }

  @Test
  void whatIsBeforeItIsFinalOnlyWhenAllBehindIsDone() {
    var committed = new AtomicInteger();
    var numbers = numbers(1_000, 7);
    long count =
        Pipeline.from(numbers)
            .async(2_000)
            .forEach(_ -> committed.accumulateAndGet(numbers.committed.get(), Math::max))
            .run();
    assertThat(count).isEqualTo(1_000);
    assertThat(committed).hasValue(0);
    assertThat(numbers.committed).hasValue(1);
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void anEndBehindItEndsWhatIsBeforeIt() {
    var numbers = numbers(Integer.MAX_VALUE, 0);
    assertThat(Pipeline.from(numbers).async(8).take(100).count().run()).isEqualTo(100);
    assertThat(numbers.closed).hasValue(1);
    assertThat(numbers.committed).hasValue(0);
  }

  @Test
  void aRunThatHasAllItNeedsSucceedsWhateverFailsBehindWhatItTook() throws Exception {
    for (boolean ofTheOrigin : new boolean[] {true, false}) {
      var over = new CountDownLatch(1);
      var work =
          Pipeline.from(Origin.fromIterable(failsAt(60, ofTheOrigin)).named("fails behind"))
              .map(i -> thrownAt(60, i))
              .async(64)
              .tap(_ -> await(over))
              .take(50)
              .count();
      var listening = PipelineRun.listen(whenOver("fails behind ─▶ map · async", over));
      assertThat(work.run()).isEqualTo(50);
      assertThat(over.getCount()).isZero();
      listening.remove();
    }
  }

  private static Iterable<Integer> failsAt(int bad, boolean failing) {
    return () -> IntStream.range(0, 100).map(i -> failing ? thrownAt(bad, i) : i).iterator();
  }

  private static int thrownAt(int bad, int i) {
    if (i == bad) throw new IllegalStateException("number " + i);
    return i;
  }

  private static RunListener whenOver(String name, CountDownLatch over) {
    return new RunListener() {
      @Override
      public void ended(PipelineRun run, @Nullable Throwable failure) {
        if (run.name().equals(name)) over.countDown();
      }
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Stands before the boundary, passes numbers on, and cannot undo.
  private record NotUndone(IOException failure) implements PullStage<Integer, Integer> {
    @Override
    public String name() {
      return "not undone";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("one object");
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Step<Integer, Integer> step() {
      return new Step<>() {
        private @Nullable Integer held;
        private boolean ended;
        private boolean aborted;

        @Override
        public Progress poll() {
          return held != null ? Progress.READY : ended ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(Integer chunk) {
          held = chunk;
        }

        @Override
        public Integer next() {
          var chunk = requireNonNull(held);
          held = null;
          return chunk;
        }

        @Override
        public void finish() {
          ended = true;
        }

        @Override
        public void abort(Throwable cause) {
          aborted = true;
        }

        @Override
        public boolean settled() throws IOException {
          if (aborted) throw failure;
          return true;
        }
      };
    }
  }

  @Test
  void whatCouldNotBeUndoneBeforeItIsTold() {
    // Whether the end behind it finds the inner run at work or failed.
    for (int bad : new int[] {Integer.MAX_VALUE, 60}) {
      var cannot = new IOException("cannot undo");
      var over = new CountDownLatch(bad == 60 ? 1 : 0);
      var work =
          Pipeline.from(Origin.fromIterable(range(100_000)).named("cannot undo"))
              .through(new NotUndone(cannot))
              .map(i -> thrownAt(bad, i))
              .async(64)
              .tap(_ -> await(over));
      var listening = PipelineRun.listen(whenOver("cannot undo ─▶ map · async", over));
      assertThatThrownBy(() -> work.take(50).count().run()).isInstanceOf(PipelineException.class).hasCause(cannot);
      listening.remove();
    }
    var cannot = new IOException("cannot undo");
    var work =
        Pipeline.from(Origin.fromIterable(range(100_000)))
            .through(new NotUndone(cannot))
            .async(64)
            .map(i -> thrownAt(50, i))
            .count();
    var thrown = catchThrowableOfType(PipelineException.class, work::run);
    assertThat(thrown.stage()).isEqualTo("map");
    assertThat(thrown.getSuppressed()).containsExactly(cannot);
  }

  @Test
  void aCancelEndsBothSides() throws Exception {
    var numbers = numbers(Integer.MAX_VALUE, 0);
    var begun = new CountDownLatch(1);
    var run = Pipeline.from(numbers).async(8).forEach(_ -> begun.countDown()).start();
    begun.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessageContaining("enough");
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void aCancelOfTheRunBeforeItIsACancelOfTheWhole() throws Exception {
    // Directly before the target, one of several origins, and as live streams.
    var ways =
        List.<UnaryOperator<Upstream<Integer>>>of(
            up -> up,
            up -> up.merge(Pipeline.from(Origin.values(1))),
            up -> up.async(2),
            up -> up.through(Stage.of("pass", () -> TransformStream.passThrough(StreamOptions.objects()))));
    for (var way : ways) {
      var begun = new CountDownLatch(1);
      var endless = Pipeline.from(Origin.fromIterable(endlessFrom(0)).named("to be cancelled")).async(8);
      var run =
          way.apply(endless)
              .forEach(
                  i -> {
                    if (i > 10) begun.countDown();
                  })
              .start();
      begun.await();
      cancel("to be cancelled ─▶ async", "the inner one");
      assertThatThrownBy(run::join).isExactlyInstanceOf(CancelledException.class).hasMessage("the inner one");
    }
  }

  private static void cancel(String name, String reason) {
    for (var run : PipelineRun.running()) if (run.name().equals(name)) run.cancel(reason);
  }

  @Test
  void aCancelOfTheRunBeforeItCountsWhenAllHasCrossed() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var run =
        Pipeline.from(Origin.values(1, 2, 3).named("has crossed"))
            .async(8)
            .forEach(
                _ -> {
                  begun.countDown();
                  await(goOn);
                })
            .start();
    begun.await();
    var over = new CountDownLatch(1);
    var listening = PipelineRun.listen(whenOver("has crossed ─▶ async", over));
    cancel("has crossed ─▶ async", "late");
    over.await();
    goOn.countDown();
    assertThatThrownBy(run::join).isExactlyInstanceOf(CancelledException.class).hasMessage("late");
    listening.remove();
  }

  @Test
  void whoeverCancelsTheWholeFirstGivesTheReason() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var run =
        Pipeline.from(Origin.fromIterable(endlessFrom(0)).named("cancelled second"))
            .async(8)
            .forEach(
                _ -> {
                  begun.countDown();
                  await(goOn);
                })
            .start();
    begun.await();
    run.cancel("first");
    cancel("cancelled second ─▶ async", "second");
    goOn.countDown();
    assertThatThrownBy(run::join).isExactlyInstanceOf(CancelledException.class).hasMessage("first");
  }

  @Test
  void aBoundaryMayFollowAnother() {
    var list =
        Pipeline.from(Origin.fromIterable(range(5_000)))
            .map(i -> i + 1)
            .async(3)
            .filter(i -> i % 2 == 0)
            .flatMap(i -> List.of(i, i))
            .async(5)
            .map(i -> i * 10)
            .toList(10_000)
            .run();
    assertThat(list).hasSize(5_000).startsWith(20, 20, 40, 40).endsWith(50_000, 50_000);
  }

  @Test
  void aLiveStreamOfTheUsersMayBeBeforeIt() {
    var upstream =
        Pipeline.from(Origin.fromIterable(range(300)))
            .through(Stage.of("pass", () -> TransformStream.<Integer>passThrough(StreamOptions.objects())));
    assertThat(upstream.async(4).count().run()).isEqualTo(300);
  }

  @Test
  void buffersAreCopied() {
    var buffer = ByteBuffer.allocate(4);
    var numbers = new AtomicInteger();
    var got =
        Pipeline.from(Origin.fromIterable(range(50)))
            .map(_ -> buffer.clear().putInt(0, numbers.incrementAndGet()))
            .async(10)
            .map(b -> b.getInt(0))
            .toList(50)
            .run();
    assertThat(got).isEqualTo(IntStream.rangeClosed(1, 50).boxed().toList());
  }

  @Test
  void itsBoundIsPartOfThePlanAndItsBudgetIsGivenBack() {
    var budget = Budget.of(1 << 20);
    var upstream = Pipeline.from(Origin.values(ByteBuffer.allocate(1000), ByteBuffer.allocate(1000)));
    var work = upstream.async(3).count();
    assertThat(work.bound().toString()).contains("async 4 × 1,000");
    assertThat(work.withBudget(budget).run()).isEqualTo(2);
    assertThat(budget.usedBytes()).isZero();
    assertThat(work.explain()).contains("at most 3 objects ahead, on a thread of its own");
  }

  @Test
  void aPlanHasALineForEachStageBeforeIt() {
    var plan =
        Pipeline.from(Origin.values(ByteBuffer.allocate(1000)).named("one"))
            .map(b -> b)
            .async(3)
            .filter(_ -> true)
            .async(1)
            .count()
            .explain();
    assertThat(plan.lines().map(line -> line.strip().split("  +", 2)[0]).limit(6))
        .containsExactly("one ─▶ map ─▶ async ─▶ filter ─▶ async ─▶ count", "read", "map", "async", "filter", "async");
    assertThat(plan).contains("at most 1 object ahead, on a thread of its own");
  }

  @Test
  void theVerdictNamesTheStageBeforeIt() {
    var report =
        Pipeline.from(Origin.fromIterable(range(2_000)).named("quick"))
            .map(
                i -> {
                  pauseAt(i, 1);
                  return i;
                })
            .async(8)
            .to(end())
            .run();
    assertThat(report.verdict().stage()).isZero();
    assertThat(report.verdict().advice())
        .startsWith("before async, map · async is busy ")
        .endsWith(": mapAsync or mapBlocking there runs several calls");
  }

  @Test
  void reportsTellWhatRestsThere() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var pipeline =
        Pipeline.from(Origin.fromIterable(range(100)))
            .async(4)
            .to(
                Target.forEach(
                    _ -> {
                      begun.countDown();
                      try {
                        goOn.await();
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                    }));
    var run = pipeline.start();
    begun.await();
    var buffer = run.report().stages().getFirst().buffer();
    assertThat(buffer.inObjects()).isTrue();
    assertThat(buffer.mark()).isEqualTo(4);
    assertThat(buffer.held()).isBetween(0L, 4L);
    goOn.countDown();
    var last = run.join();
    assertThat(last.stages().getFirst().buffer().held()).isZero();
    assertThat(last.stages().getFirst().buffer().peak()).isBetween(1L, 4L);
  }

  @Test
  void refusesABoundOfNothingAndOneWithoutSense() {
    var upstream = Pipeline.from(Origin.fromIterable(range(1)));
    for (int ahead : new int[] {0, -1, AsyncOrigin.AHEAD_MAX + 1, 1 << 30, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> upstream.async(ahead))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("async: " + ahead + " (expected: 1 to 1,048,576 objects ahead)");
    }
    assertThat(upstream.async(AsyncOrigin.AHEAD_MAX).count().run()).isOne();
  }

  @Test
  void aPlanMakesNoPlaces() {
    var part = (WorksElsewhere) new AsyncOrigin<>(List.of(Origin.values(1)), 4).pull();
    assertThat(part.held()).isZero();
    assertThat(part.heldPeak()).isZero();
    assertThat(Pipeline.from(Origin.values(ByteBuffer.allocate(9))).async(1 << 20).count().bound().toString())
        .contains("async 1,048,577 × 9");
  }

  @Test
  void aLiveStreamForOneRunIsRefusedByName() {
    try (var hand = new HandTurned()) {
      hand.turn(
          () -> {
            var stream = ReadableStream.of(1);
            var once = Origin.once(stream);
            assertThatThrownBy(() -> Pipeline.from(once).async(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(
                    " is a live stream for one run, and cannot be before async: use Origin.of(name, () -> stream),"
                        + " which opens one for each run");
            stream.destroy();
          });
      hand.runUntilIdle();
    }
  }

  /// Counts how often its plan is asked for.
  private record Asked(AtomicInteger times) implements PullOrigin<Integer> {
    @Override
    public String name() {
      return "asked";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      times.incrementAndGet();
      return Footprint.of("numbers", 8);
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Pull<Integer> pull() {
      return Numbers.of(List.of(1, 2, 3)).pull();
    }
  }

  @Test
  void aPlanAsksEachStageOnceHoweverManyBoundariesAreBehindIt() {
    var asked = new AtomicInteger();
    Upstream<Integer> upstream = Pipeline.from(new Asked(asked));
    for (int i = 0; i < 20; i++) upstream = upstream.async(2);
    var work = upstream.count();
    assertThat(work.bound().terms()).hasSize(20);
    assertThat(asked).hasValue(1);
    assertThat(work.run()).isEqualTo(3);
    // Reports of the runs ask too.
    assertThat(asked.get()).isLessThan(100);
  }

  // ---------------------------------------------------------------- what moves, and who waits

  /// Waits until `inner` is seen to have moved on.
  private static void awaitMoves(PipelineRun inner) {
    long seen = inner.report().stages().getFirst().chunksOut();
    while (inner.report().stages().getFirst().chunksOut() == seen) lookAgain();
  }

  private static PipelineRun running(String name) {
    for (; ; lookAgain()) {
      for (var run : PipelineRun.running()) if (run.name().equals(name)) return run;
    }
  }

  /// Before another look at what another thread will do, until the time of the test is up.
  private static void lookAgain() {
    if (Thread.interrupted()) throw new AssertionError("the time is up");
    Thread.onSpinWait();
  }

  @Test
  void whatMovesBeforeItIsNotIdle() {
    try (var hand = new HandTurned()) {
      var run =
          Pipeline.from(Origin.fromIterable(endlessFrom(0)).named("all dropped"))
              .filter(_ -> false)
              .async(8)
              .to(Target.forEach(_ -> {}))
              .withIdleTimeout(Duration.ofSeconds(8))
              .startOn(hand.strand());
      hand.runReady();
      var inner = running("all dropped ─▶ filter · async");
      for (int i = 0; i < 20; i++) {
        awaitMoves(inner);
        hand.advance(TimeUnit.SECONDS.toNanos(2));
        assertThat(run.state()).isEqualTo(PipelineRun.State.RUNNING);
      }
      run.cancel("seen enough");
      while (run.state() == PipelineRun.State.RUNNING) {
        lookAgain();
        hand.runReady();
      }
    }
  }

  @Test
  void whatStandsStillBeforeItIsIdle() throws Exception {
    try (var hand = new HandTurned()) {
      var begun = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      var run =
          Pipeline.from(Origin.fromIterable(range(10)))
              .tap(
                  _ -> {
                    begun.countDown();
                    await(goOn);
                  })
              .async(8)
              .to(Target.forEach(_ -> {}))
              .withIdleTimeout(Duration.ofSeconds(8))
              .startOn(hand.strand());
      hand.runReady();
      begun.await();
      for (int i = 0; i < 8; i++) hand.advance(TimeUnit.SECONDS.toNanos(2));
      goOn.countDown();
      while (run.state() == PipelineRun.State.RUNNING) {
        lookAgain();
        hand.runReady();
      }
      assertThat(run.failure()).hasMessageContaining("nothing moved for 8 s").hasMessageContaining("before async");
    }
  }

  @Test
  void aDiagnosisGoesOnBeforeIt() {
    var works =
        Pipeline.from(Origin.fromIterable(endlessFrom(0)).named("all looked at")).filter(_ -> false).async(8).to(end());
    whileRunning(
        works,
        run -> {
          awaitMoves(running("all looked at ─▶ filter · async"));
          var found = run.diagnose();
          assertThat(found.finding()).as("%s", found).isEqualTo(Diagnosis.Finding.MOVES);
        });
    var timer = Pipeline.from(Origin.ticks(Duration.ofHours(5))).map(x -> x).async(8).map(x -> x).async(3).to(end());
    whileRunning(
        timer,
        run -> {
          var found = awaitCause(run, Diagnosis.Cause.TIMER);
          assertThat(found.finding()).isEqualTo(Diagnosis.Finding.TIMER);
          assertThat(found.chain()).isEqualTo(found.waits().size());
        });
    var silent = Pipeline.from(new Silent()).map(x -> x).async(8).to(end());
    whileRunning(
        silent,
        run -> {
          var found = awaitCause(run, Diagnosis.Cause.NOBODY_READS);
          assertThat(found.rootWait().toString()).isEqualTo("silent waits for a peer that is silent");
          assertThat(found.finding()).isEqualTo(Diagnosis.Finding.WAITS);
          assertThat(found.drawn()).isEqualTo("[silent] ─▶ map · async ─▶ function");
        });
  }

  private static <T> Target<T> end() {
    return Target.forEach(_ -> {});
  }

  private static void whileRunning(Pipeline pipeline, Consumer<PipelineRun> looks) {
    var run = pipeline.start();
    try {
      looks.accept(run);
    } finally {
      run.cancelAndAwait("seen enough");
    }
  }

  /// Until it has come there.
  private static Diagnosis awaitCause(PipelineRun run, Diagnosis.Cause cause) {
    for (; ; lookAgain()) {
      var found = run.diagnose();
      var root = found.rootWait();
      if (root != null && root.cause() == cause) return found;
    }
  }

  /// Gives nothing, ever.
  private record Silent() implements PullOrigin<Integer> {
    @Override
    public String name() {
      return "silent";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("nothing");
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Pull<Integer> pull() {
      return new Pull<>() {
        @Override
        public Progress poll() {
          return Progress.WAITING;
        }

        @Override
        public Integer next() {
          throw new AssertionError("never READY");
        }

        @Override
        public String waitsFor() {
          return "a peer that is silent";
        }

        @Override
        public Diagnosis.Cause waitCause() {
          return Diagnosis.Cause.NOBODY_READS;
        }
      };
    }
  }
}
