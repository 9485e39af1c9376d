package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Targets that are functions: plain, asynchronous, in batches.
@Timeout(60)
class FunctionTargetTest {
  private static Origin<Integer> numbers(int count) {
    return Origin.fromIterable(IntStream.range(0, count)::iterator);
  }

  private static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  // ---------------------------------------------------------------- plain

  @Test
  void aCheckedExceptionOfTheFunctionFailsTheRunAsItIsAtItsByte() {
    var boom = new IOException("boom");
    var target =
        Target.<ByteBuffer>forEach(
                chunk -> {
                  chunk.get();
                  throw boom;
                })
            .named("insert");
    var failure = catchThrowable(() -> Pipeline.from(Origin.values(ByteBuffer.allocate(10))).to(target).run());
    assertThat(failure).hasMessage("insert failed at byte 1: boom").cause().isSameAs(boom);
  }

  @Test
  void asALiveStreamItIsCalledForEachWrite() {
    var received = new ArrayList<Integer>();
    Strand.run(
        () -> {
          var writable = Target.<Integer>forEach(received::add).open();
          var _ = writable.write(1);
          writable.end(2);
        });
    assertThat(received).containsExactly(1, 2);
  }

  // ---------------------------------------------------------------- asynchronous

  @Test
  void oneCallAtATimeIsWaitedForInOrder() {
    var underWay = new AtomicInteger();
    var received = new CopyOnWriteArrayList<Integer>();
    Pipeline.from(numbers(200))
        .to(
            Target.forEachAsync(
                value -> {
                  assertThat(underWay.incrementAndGet()).isEqualTo(1);
                  return CompletableFuture.runAsync(
                      () -> {
                        received.add(value);
                        underWay.decrementAndGet();
                      });
                }))
        .run();
    assertThat(received).isEqualTo(upTo(200));
  }

  @Test
  void noMoreThanTheConcurrencyAreUnderWayAndAllAreDoneAtTheEnd() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int concurrency = 1 + random.nextInt(8);
      int count = random.nextInt(300);
      var waiting = new ArrayDeque<CompletableFuture<Void>>();
      var most = new int[1];
      var done = new int[1];
      try (var hand = new HandTurned()) {
        hand.turn(
            () -> {
              var writable =
                  Target.<Integer>forEachAsync(
                          value -> {
                            var future = new CompletableFuture<Void>();
                            waiting.add(future);
                            most[0] = Math.max(most[0], waiting.size());
                            return future;
                          })
                      .concurrency(concurrency)
                      .open();
              numbers(count).open().pipe(writable);
              writable.onFinish(() -> done[0]++);
            });
        while (true) {
          hand.runReady();
          if (waiting.isEmpty()) break;
          assertThat(done[0]).isZero();
          var ended = random.nextBoolean() ? waiting.pollFirst() : waiting.pollLast();
          hand.turn(() -> ended.complete(null));
        }
        assertThat(done[0]).as("seed %s, round %s", seed, round).isEqualTo(1);
        assertThat(most[0]).as("seed %s, round %s", seed, round).isEqualTo(Math.min(concurrency, count));
      }
    }
  }

  @Test
  void theEndOfACallIsOneTurnOfTheStrand() {
    var waiting = new ArrayDeque<CompletableFuture<Void>>();
    var pipeline =
        Pipeline.from(numbers(3))
            .to(
                Target.forEachAsync(
                    value -> {
                      var future = new CompletableFuture<Void>();
                      waiting.add(future);
                      return future;
                    }));
    try (var hand = new HandTurned()) {
      var run = pipeline.startOn(hand.strand());
      hand.runReady();
      for (int ended = 0; ended < 3; ended++) {
        assertThat(run.state()).isEqualTo(PipelineRun.State.RUNNING);
        // This thread does not drive the strand, so the end comes from outside.
        waiting.remove().complete(null);
        assertThat(hand.runReady()).isEqualTo(1);
      }
      assertThat(run.state()).isEqualTo(PipelineRun.State.DONE);
    }
  }

  @Test
  void ofTwoCallsThatFailBetweenTwoTurnsTheFirstOneIsTold() {
    var waiting = new ArrayDeque<CompletableFuture<Void>>();
    var pipeline =
        Pipeline.from(numbers(2))
            .to(
                Target.<Integer>forEachAsync(
                        value -> {
                          var future = new CompletableFuture<Void>();
                          waiting.add(future);
                          return future;
                        })
                    .concurrency(2));
    try (var hand = new HandTurned()) {
      var run = pipeline.startOn(hand.strand());
      hand.runReady();
      var boom = new IOException("boom");
      waiting.removeLast().completeExceptionally(boom);
      waiting.remove().completeExceptionally(new IOException("later"));
      hand.runReady();
      assertThat(run.failure()).isInstanceOf(PipelineException.class).cause().isSameAs(boom);
    }
  }

  @Test
  void theFirstFailureEndsTheRunAsItIsAndCancelsTheOthers() {
    var boom = new IOException("boom");
    var begun = new ConcurrentLinkedQueue<CompletableFuture<Void>>();
    var pipeline =
        Pipeline.from(numbers(100))
            .to(
                Target.<Integer>forEachAsync(
                        value -> {
                          var future = new CompletableFuture<Void>();
                          begun.add(future);
                          if (value == 3) Thread.ofVirtual().start(() -> future.completeExceptionally(boom));
                          return future;
                        })
                    .concurrency(4));
    assertThatThrownBy(pipeline::run).isInstanceOf(PipelineException.class).cause().isSameAs(boom);
    assertThat(begun).hasSize(4).filteredOn(CompletableFuture::isCancelled).hasSize(3);
  }

  @Test
  void aCancelCancelsWhatIsUnderWayAndWaitsForIt() {
    var begun = new CompletableFuture<CompletableFuture<Void>>();
    var run =
        Pipeline.from(numbers(10))
            .to(
                Target.forEachAsync(
                    value -> {
                      var future = new CompletableFuture<Void>();
                      begun.complete(future);
                      return future;
                    }))
            .start();
    var future = begun.join();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessage("enough");
    assertThat(future).isCancelled();
  }

  @Test
  void aThrowAndANullOfTheFunctionFailTheRun() {
    var boom = new IllegalStateException("boom");
    assertThatThrownBy(
            () ->
                Pipeline.from(numbers(1))
                    .to(
                        Target.forEachAsync(
                            value -> {
                              throw boom;
                            }))
                    .run())
        .cause()
        .isSameAs(boom);
    assertThatThrownBy(() -> Pipeline.from(numbers(1)).to(Target.forEachAsync(FunctionTargetTest::nothing)).run())
        .cause()
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("function: the function gave null (expected: a CompletionStage");
  }

  @SuppressWarnings("NullAway") // What a user's function does that was not compiled with such care.
  private static CompletableFuture<Void> nothing(Integer value) {
    return null;
  }

  @Test
  void aBufferIsTheFunctionsToKeep() {
    var rig = new Rig(20, 50);
    var kept = new ArrayList<ByteBuffer>();
    Pipeline.from(rig.origin())
        .to(
            Target.<ByteBuffer>forEachAsync(
                    chunk -> {
                      kept.add(chunk);
                      return CompletableFuture.completedFuture(null);
                    })
                .concurrency(2))
        .run();
    assertPattern(kept, rig.totalBytes());
  }

  private static void assertPattern(List<ByteBuffer> kept, long bytes) {
    long position = 0;
    for (var chunk : kept) {
      while (chunk.hasRemaining()) assertThat(chunk.get()).isEqualTo(Rig.byteAt(position++));
    }
    assertThat(position).isEqualTo(bytes);
  }

  @Test
  void thePlanCountsTheChunksOfTheCalls() {
    var origin = Origin.values(ByteBuffer.allocate(1000));
    var target = Target.<ByteBuffer>forEachAsync(chunk -> CompletableFuture.completedFuture(null)).concurrency(3);
    assertThat(Pipeline.from(origin).to(target).explain())
        .contains("a function, up to 3 calls at a time")
        .contains("calls 3 × 1,000");
    assertThat(Pipeline.from(numbers(1)).to(Target.forEachAsync(n -> new CompletableFuture<>())).bound().totalBytes())
        .isEmpty();
    assertThatThrownBy(() -> target.concurrency(0)).hasMessage("concurrency: 0 (expected: 1 or more calls at a time)");
  }

  // ---------------------------------------------------------------- batches

  @Test
  void batchesAreFullWhereChunksComeTogetherAndTheRestComesAtTheEnd() {
    var batches = new ArrayList<List<Integer>>();
    Pipeline.from(numbers(25)).to(Target.<Integer>forEachBatch(10, batches::add)).run();
    assertThat(batches).containsExactly(upTo(25).subList(0, 10), upTo(25).subList(10, 20), upTo(25).subList(20, 25));
  }

  @Test
  void noChunksMakeNoBatch() {
    var batches = new ArrayList<List<Integer>>();
    Pipeline.from(numbers(0)).to(Target.<Integer>forEachBatch(10, batches::add)).run();
    assertThat(batches).isEmpty();
  }

  @Test
  void aBatchIsHandedOverWhenNothingFollowsAtOnce() {
    var batches = new ArrayList<List<Integer>>();
    try (var hand = new HandTurned()) {
      hand.turn(
          () -> {
            var writable = Target.<Integer>forEachBatch(10, batches::add).open();
            var _ = writable.write(1);
            var _ = writable.write(2);
            hand.strand().after(1_000_000, () -> writable.end(3));
          });
      hand.runReady();
      assertThat(batches).as("without a timer's turn").containsExactly(List.of(1, 2));
      hand.runUntilIdle();
      assertThat(batches).containsExactly(List.of(1, 2), List.of(3));
    }
  }

  @Test
  void bytesBoundABatchAndALargerChunkGoesAlone() {
    var sizes = new ArrayList<List<Integer>>();
    var chunks = new ArrayList<ByteBuffer>();
    for (int size : new int[] {4, 4, 4, 20, 1, 9, 1}) chunks.add(ByteBuffer.allocate(size));
    Pipeline.from(Origin.fromIterable(chunks).chunkAtMost(20))
        .to(
            Target.<ByteBuffer>forEachBatch(100, batch -> sizes.add(batch.stream().map(ByteBuffer::remaining).toList()))
                .bytesAtMost(10, ByteBuffer::remaining))
        .run();
    assertThat(sizes).containsExactly(List.of(4, 4), List.of(4), List.of(20), List.of(1, 9), List.of(1));
  }

  @Test
  void buffersOfABatchAreCopies() {
    var rig = new Rig(37, 50);
    var kept = new ArrayList<ByteBuffer>();
    Pipeline.from(rig.origin()).to(Target.<ByteBuffer>forEachBatch(10, kept::addAll)).run();
    assertPattern(kept, rig.totalBytes());
  }

  @Test
  void whileOneBatchIsUnderWayTheNextIsCollected() {
    var batches = new ArrayList<List<Integer>>();
    var ends = new ArrayDeque<CompletableFuture<Void>>();
    try (var hand = new HandTurned()) {
      hand.turn(
          () ->
              numbers(1000)
                  .open()
                  .pipe(
                      Target.<Integer>forEachBatchAsync(
                              7,
                              batch -> {
                                batches.add(batch);
                                var end = new CompletableFuture<Void>();
                                ends.add(end);
                                return end;
                              })
                          .open()));
      for (int i = 1; ; i++) {
        hand.runReady();
        assertThat(ends.size()).isLessThanOrEqualTo(1);
        if (ends.isEmpty()) break;
        assertThat(batches).hasSize(i);
        var end = ends.remove();
        hand.turn(() -> end.complete(null));
      }
    }
    assertThat(batches.stream().flatMap(List::stream).toList()).isEqualTo(upTo(1000));
    assertThat(batches.subList(0, batches.size() - 1)).allMatch(batch -> batch.size() == 7);
  }

  @Test
  void aBatchThatFailsFailsTheRunAsItIs() {
    var boom = new IOException("boom");
    assertThatThrownBy(
            () ->
                Pipeline.from(numbers(100))
                    .to(
                        Target.<Integer>forEachBatch(
                            10,
                            batch -> {
                              throw boom;
                            }))
                    .run())
        .cause()
        .isSameAs(boom);
    assertThatThrownBy(
            () ->
                Pipeline.from(numbers(100))
                    .to(Target.<Integer>forEachBatchAsync(10, batch -> CompletableFuture.failedFuture(boom)))
                    .run())
        .cause()
        .isSameAs(boom);
  }

  @Test
  void thePlanCountsTheBatches() {
    var origin = Origin.values(ByteBuffer.allocate(1000));
    var target =
        Target.<ByteBuffer>forEachBatchAsync(10, batch -> CompletableFuture.completedFuture(null)).named("insert");
    assertThat(Pipeline.from(origin).to(target).explain())
        .contains("batches of at most 10 chunks, one at a time, each waited for")
        .contains("batches 2 × 10,000");
    assertThat(Pipeline.from(origin).to(target.bytesAtMost(1 << 20, ByteBuffer::remaining)).explain())
        .contains("batches of at most 10 chunks and 1 MiB")
        .contains("batches 2 × 10,000");
    assertThat(Pipeline.from(origin).to(target.bytesAtMost(2000, ByteBuffer::remaining)).explain())
        .contains("batches 2 × 2,000");
  }
}
