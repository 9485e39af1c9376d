package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.CancelHandle;
import highwater.contract.Remains;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Calls that go on elsewhere: how many at a time, in which order, and what stops them.
@Timeout(60)
class AsyncStageTest {
  private static final int ROUNDS = Integer.getInteger("operators.rounds", 200);

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Test
  void randomCallsKeepOrderConcurrencyAndMark() {
    var random = new Random(OperatorSeed.forThisRun());
    try (var pool = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < ROUNDS; round++) {
        int concurrency = 1 + random.nextInt(6);
        int mark = concurrency + random.nextInt(5);
        int count = random.nextInt(60);
        boolean ordered = random.nextBoolean();
        boolean blocking = random.nextBoolean();
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        long spins = random.nextLong();
        AsyncStage.Body<Integer, Integer> body =
            i -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              for (int spin = new Random(spins + i).nextInt(500); spin > 0; spin--) Thread.onSpinWait();
              running.decrementAndGet();
              return i * 2;
            };
        var begun = new AtomicInteger();
        var given = new AtomicInteger();
        var mostInFlight = new AtomicInteger();
        var stage =
            blocking
                ? Stage.mapBlocking(concurrency, body)
                : Stage.<Integer, Integer>mapAsync(
                    concurrency,
                    i -> {
                      mostInFlight.accumulateAndGet(begun.incrementAndGet() - given.get(), Math::max);
                      return CompletableFuture.supplyAsync(
                          () -> {
                            try {
                              return body.run(i);
                            } catch (Exception impossible) {
                              throw new AssertionError(impossible);
                            }
                          },
                          pool);
                    });
        stage = stage.mark(mark);
        if (!ordered) stage = stage.unordered();
        var list =
            Pipeline.from(new Numbers<>(numbers(count), random.nextBoolean(), 0))
                .through(stage)
                .tap(_ -> given.incrementAndGet())
                .toList(100)
                .run();
        var expected = numbers(count).stream().map(i -> i * 2).toList();
        if (ordered) assertThat(list).isEqualTo(expected);
        else assertThat(list).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(most.get()).isLessThanOrEqualTo(concurrency);
        assertThat(mostInFlight.get()).isLessThanOrEqualTo(mark);
      }
    }
  }

  @Test
  void asManyRunAsItsConcurrencySays() {
    var together = new CountDownLatch(3);
    var list =
        Pipeline.from(Numbers.of(numbers(3)))
            .mapBlocking(
                3,
                i -> {
                  together.countDown();
                  together.await();
                  return i;
                })
            .toList(3)
            .run();
    assertThat(list).containsExactly(0, 1, 2);
  }

  @Test
  void unorderedGivesWhatIsThereFirst() {
    var secondWasGiven = new CountDownLatch(1);
    var list =
        Pipeline.from(Numbers.of(numbers(2)))
            .through(
                Stage.<Integer, Integer>mapBlocking(
                        2,
                        i -> {
                          if (i == 0) secondWasGiven.await();
                          return i;
                        })
                    .unordered())
            .tap(_ -> secondWasGiven.countDown())
            .toList(2)
            .run();
    assertThat(list).containsExactly(1, 0);
  }

  @Test
  void aFailureStopsTheOthersAndNoFurtherCallBegins() {
    var failure = new IOException("peer");
    var allRun = new CountDownLatch(4);
    var interrupted = new AtomicInteger();
    var begun = ConcurrentHashMap.<Integer>newKeySet();
    var numbers = Numbers.of(numbers(100));
    var computation =
        Pipeline.from(numbers)
            .mapBlocking(
                4,
                i -> {
                  begun.add(i);
                  try {
                    allRun.countDown();
                    allRun.await();
                    if (i == 3) throw failure;
                    new CountDownLatch(1).await();
                  } catch (InterruptedException stopped) {
                    interrupted.incrementAndGet();
                    throw stopped;
                  }
                  return i;
                })
            .count();
    var error = catchThrowableOfType(PipelineException.class, computation::run);
    assertThat(error).hasCause(failure);
    assertThat(error.stage()).isEqualTo("mapBlocking");
    assertThat(begun).as("the others were before it in order, and it did not wait for them").hasSize(4);
    assertThat(interrupted).as("and had ended when the run had").hasValue(3);
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void aFailureStopsTheOthersWithinOneTurnThoughNobodyAsks() throws Exception {
    try (var hand = new HandTurned()) {
      var futures = IntStream.range(0, 3).mapToObj(_ -> new CompletableFuture<Integer>()).toList();
      var handle = new AtomicReference<CancelHandle>();
      var step =
          Stage.<Integer, Integer>mapAsync(
                  3,
                  (i, cancel) -> {
                    handle.set(cancel);
                    return futures.get(i);
                  })
              .step();
      var context = new HandContext(hand);
      hand.turn(
          () ->
              unchecked(
                  () -> {
                    step.open(context);
                    for (int i = 0; i < 3; i++) {
                      assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
                      step.offer(i);
                      if (i == 0) assertThat(step.waitsFor()).isEqualTo("1 call of mapAsync");
                    }
                    assertThat(step.poll()).isEqualTo(Progress.WAITING);
                    assertThat(step.waitsFor()).isEqualTo("3 calls of mapAsync");
                  }));
      var failure = new IOException("peer");
      var peer = Thread.ofPlatform().start(() -> futures.get(1).completeExceptionally(failure));
      peer.join();
      assertThat(futures.get(0)).isNotDone();
      assertThat(hand.runReady()).as("one turn").isEqualTo(1);
      assertThat(futures.get(0)).isCancelled();
      assertThat(futures.get(2)).isCancelled();
      assertThat(handle.get().reason()).isSameAs(failure);
      hand.turn(
          () ->
              unchecked(
                  () -> {
                    assertThatThrownBy(step::poll).isSameAs(failure);
                    step.abort(failure);
                    assertThat(step.settled()).isTrue();
                    step.close();
                  }));
    }
  }

  @Test
  void aCancelStopsTheCallsWithinOneTurnAndItsReasonFailsTheStage() throws Exception {
    try (var hand = new HandTurned()) {
      var handle = new CancelHandle();
      var future = new CompletableFuture<Integer>();
      var step = Stage.<Integer, Integer>mapAsync(2, _ -> future).cancelledBy(handle).step();
      hand.turn(
          () ->
              unchecked(
                  () -> {
                    step.open(new HandContext(hand));
                    step.offer(1);
                  }));
      var reason = new IllegalStateException("enough");
      Thread.ofPlatform().start(() -> handle.cancel(reason)).join();
      assertThat(hand.runReady()).isGreaterThanOrEqualTo(1);
      assertThat(future).isCancelled();
      hand.turn(
          () ->
              unchecked(
                  () -> {
                    assertThatThrownBy(step::poll).isSameAs(reason);
                    step.close();
                  }));
    }
  }

  @Test
  void aCancelledHandleFailsARun() {
    var handle = new CancelHandle();
    handle.cancel("too late");
    var computation =
        Pipeline.from(Numbers.endless())
            .through(Stage.<Integer, Integer>mapBlocking(2, i -> i).cancelledBy(handle))
            .count();
    assertThatThrownBy(computation::run).hasMessageContaining("mapBlocking failed").hasCause(handle.reason());
  }

  @Test
  void theCancelOfARunInterruptsItsCallsAndWaitsForThem() throws Exception {
    var runs = new CountDownLatch(1);
    var ended = new AtomicInteger();
    var run =
        Pipeline.from(Numbers.endless())
            .mapBlocking(
                1,
                i -> {
                  runs.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } finally {
                    ended.incrementAndGet();
                  }
                  return i;
                })
            .count()
            .start();
    runs.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(ended).hasValue(1);
  }

  @Test
  void earlyExitStopsTheCallsThatAreNoLongerWanted() {
    var othersRun = new CountDownLatch(2);
    var stopped = new CountDownLatch(2);
    var list =
        Pipeline.from(Numbers.endless())
            .mapBlocking(
                3,
                i -> {
                  if (i == 0) {
                    othersRun.await();
                    return i;
                  }
                  try {
                    othersRun.countDown();
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    stopped.countDown();
                    throw e;
                  }
                  return i;
                })
            .take(1)
            .toList(1)
            .run();
    assertThat(list).containsExactly(0);
    Remains.await("the end of both others", () -> stopped.getCount() == 0);
  }

  @Test
  void theFirstOfARowHoldsUpNoMoreThanTheMark() throws Exception {
    try (var hand = new HandTurned()) {
      var futures = IntStream.range(0, 10).mapToObj(_ -> new CompletableFuture<Integer>()).toList();
      var step = Stage.<Integer, Integer>mapAsync(2, futures::get).mark(4).step();
      var begun = new ArrayList<Integer>();
      hand.turn(
          () ->
              unchecked(
                  () -> {
                    step.open(new HandContext(hand));
                    for (int i = 0; step.poll() == Progress.HUNGRY; i++) {
                      step.offer(i);
                      begun.add(i);
                      if (i > 0) futures.get(i).complete(i);
                    }
                    assertThat(begun).containsExactly(0, 1, 2, 3);
                    futures.get(0).complete(0);
                    for (int i = 0; i < 4; i++) {
                      assertThat(step.poll()).isEqualTo(Progress.READY);
                      assertThat(step.next()).isEqualTo(i);
                    }
                    assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
                    step.finish();
                    assertThat(step.poll()).isEqualTo(Progress.DONE);
                    step.close();
                  }));
    }
  }

  @Test
  void whatGoesWrongInACallIsTheVeryCause() {
    var failure = new IOException("peer");
    assertThatThrownBy(() -> mapped(_ -> CompletableFuture.failedFuture(failure))).hasCause(failure);
    assertThatThrownBy(() -> mapped(_ -> CompletableFuture.<Integer>failedFuture(failure).thenApply(i -> i)))
        .as("without the wrapper of a dependent stage")
        .hasCause(failure);
    var bare = new Bare();
    assertThatThrownBy(() -> mapped(_ -> CompletableFuture.failedFuture(bare))).hasCause(bare);
    assertThatThrownBy(Pipeline.from(Origin.fromFuture(() -> CompletableFuture.failedFuture(bare))).count()::run)
        .hasCause(bare);
    var thrown = new IllegalStateException("on the strand");
    assertThatThrownBy(
            () ->
                mapped(
                    _ -> {
                      throw thrown;
                    }))
        .hasCause(thrown);
    assertThatThrownBy(() -> mapped(_ -> null)).hasMessageContaining("made null instead of a stage");
    assertThatThrownBy(() -> mapped(_ -> CompletableFuture.completedFuture(null)))
        .hasMessageContaining("a call of mapAsync made null of an object: filter before, or wrap it");
    assertThatThrownBy(
            () -> {
              var future = new CompletableFuture<Integer>();
              future.cancel(false);
              mapped(_ -> future);
            })
        .hasCauseInstanceOf(CancellationException.class);
  }

  /// A future that cannot be cancelled, and counts the attempts.
  private static final class Uncancellable extends CompletableFuture<Integer> {
    final AtomicInteger cancels = new AtomicInteger();

    @Override
    public boolean cancel(boolean mayInterrupt) {
      cancels.incrementAndGet();
      throw new IllegalStateException("not to be cancelled");
    }
  }

  @Test
  void aCallThatCannotBeStoppedSpoilsNoEarlyExit() {
    var stubborn = List.of(new Uncancellable(), new Uncancellable());
    var first = new CompletableFuture<Integer>();
    var minimal = new CompletableFuture<Integer>().minimalCompletionStage();
    var list =
        Pipeline.from(Numbers.endless())
            .<Integer>mapAsync(
                4,
                i -> {
                  if (i == 0) return first;
                  if (i < 3) return stubborn.get(i - 1);
                  first.complete(0);
                  return minimal;
                })
            .take(1)
            .toList(1)
            .run();
    assertThat(list).containsExactly(0);
    for (var each : stubborn) assertThat(each.cancels).hasValue(1);
    var hanging = new Uncancellable();
    var one = Pipeline.from(Origin.merge(List.of(Numbers.of(List.of(1)), Origin.fromFuture(() -> hanging)))).take(1);
    assertThat(one.toList(1).run()).containsExactly(1);
    assertThat(hanging.cancels).hasValue(1);
  }

  @Test
  void aCallThatCannotBeStoppedIsToldBesideTheFailureAndTheOthersAreStopped() {
    var failure = new IOException("peer");
    var stubborn = new Uncancellable();
    var other = new CompletableFuture<Integer>();
    var failing = new CompletableFuture<Integer>();
    var calls = List.of(stubborn, other, failing);
    var computation =
        Numbers.from(0, 1, 2)
            .<Integer>mapAsync(
                4,
                i -> {
                  if (i == 2) failing.completeExceptionally(failure);
                  return calls.get(i);
                })
            .count();
    var error = catchThrowableOfType(PipelineException.class, computation::run);
    assertThat(error).hasCause(failure);
    assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(stubborn.cancels).hasValue(1);
    assertThat(other).isCancelled();
  }

  @Test
  void aListenerThatThrowsIsToldBesideTheFailure() {
    var failure = new IOException("peer");
    var thrown = new IllegalStateException("a listener");
    var stage =
        Stage.<Integer, Integer>mapAsync(
            1,
            (_, handle) -> {
              var _ =
                  handle.onCancel(
                      _ -> {
                        throw thrown;
                      });
              return CompletableFuture.failedFuture(failure);
            });
    var error = catchThrowableOfType(PipelineException.class, Numbers.from(1).through(stage).count()::run);
    assertThat(error).hasCause(failure);
    assertThat(failure.getSuppressed()).containsExactly(thrown);
  }

  @Test
  void aListenerThatThrowsSpoilsNoEarlyExitAndTheCallsAreStopped() {
    var first = new CompletableFuture<Integer>();
    var second = new CompletableFuture<Integer>();
    var stage =
        Stage.<Integer, Integer>mapAsync(
            2,
            (i, handle) -> {
              if (i == 0) return first;
              var _ =
                  handle.onCancel(
                      _ -> {
                        throw new IllegalStateException("a listener");
                      });
              first.complete(i);
              return second;
            });
    assertThat(Pipeline.from(Numbers.endless()).through(stage).take(1).toList(1).run()).containsExactly(1);
    assertThat(second).isCancelled();
  }

  @Test
  void aTargetStopsAllItsCallsThoughOneThrows() {
    var failure = new IOException("peer");
    var last = new CompletableFuture<Integer>();
    var stubborn = new Uncancellable();
    CompletableFuture<Integer> gone = CompletableFuture.failedFuture(failure);
    var calls = List.of(stubborn, last, gone);
    var target =
        Target.<Integer>forEachAsync(
                i -> {
                  // So that the run waits for none of them.
                  if (i == 2) {
                    var _ = last.whenComplete((_, _) -> stubborn.complete(0));
                  }
                  return calls.get(i);
                })
            .concurrency(3);
    var error = catchThrowableOfType(PipelineException.class, Numbers.from(0, 1, 2).to(target)::run);
    assertThat(error).hasCause(failure);
    assertThat(error.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(last).isCancelled();
  }

  private static void mapped(
      java.util.function.Function<Integer, java.util.concurrent.CompletionStage<Integer>> function) {
    var _ = Numbers.from(1).mapAsync(2, function).count().run();
  }

  @Test
  void itsBoundCountsWhatIsInFlight() {
    var rig = new Rig(3, 100);
    var stage = Stage.<java.nio.ByteBuffer, java.nio.ByteBuffer>mapBlocking(4, b -> b);
    assertThat(Pipeline.from(rig.origin()).through(stage).to(rig.target()).bound().unknownStage())
        .isEqualTo("mapBlocking");
    var declared = Pipeline.from(rig.origin()).through(stage.outputAtMost(200)).to(rig.target());
    assertThat(declared.bound().totalBytes()).isPresent();
    assertThat(declared.bound().toString()).contains("mapBlocking 7 × (100 + 200)");
    assertThat(declared.explain()).contains("4 at a time, 7 in flight at most, in order");
    declared.run();
    var tooSmall = Pipeline.from(new Rig(3, 100).origin()).through(stage.outputAtMost(99)).to(new Rig(3, 100).target());
    assertThatThrownBy(tooSmall::run)
        .hasMessageContaining("a call made 100 bytes, where mapBlocking declares 99 bytes");
  }

  private interface Body {
    void run() throws Exception;
  }

  private static void unchecked(Body body) {
    try {
      body.run();
    } catch (Exception thrown) {
      throw new IllegalStateException(thrown);
    }
  }
}
