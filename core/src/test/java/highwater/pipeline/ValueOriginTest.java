package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.memory.Budget;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Origins of values: what they give, how often they run, and what they let go of.
@Timeout(60)
class ValueOriginTest {
  private static <T> List<T> run(Origin<T> origin) {
    var received = new ArrayList<T>();
    Pipeline.from(origin).to(Target.<T>forEach(received::add)).run();
    return received;
  }

  private static Throwable causeOf(Origin<?> origin) {
    var failure = catchThrowable(() -> run(origin));
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(((PipelineException) failure).stage()).isEqualTo(origin.name());
    return failure.getCause();
  }

  // ---------------------------------------------------------------- values

  @Test
  void valuesAreGivenInOrderInEveryRun() {
    var origin = Origin.values("a", "b", "c");
    assertThat(run(origin)).containsExactly("a", "b", "c");
    assertThat(run(origin)).containsExactly("a", "b", "c");
    assertThat(run(Origin.values(7))).containsExactly(7);
    assertThat(run(Origin.<String>values())).isEmpty();
  }

  @Test
  void anArrayIsCopiedWhenTheRecipeIsMade() {
    var array = new String[] {"a", "b"};
    var origin = Origin.values(array);
    array[0] = "changed";
    assertThat(run(origin)).containsExactly("a", "b");
  }

  @Test
  void aNullAmongTheValuesIsRefusedAtOnce() {
    assertThatThrownBy(() -> Origin.values("a", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value 1 is null (expected: values; leave it out, or wrap it)");
  }

  @Test
  void buffersAreBytesOfKnownLengthAndBoundAndServeEveryRun() {
    var buffer = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}).position(2).order(ByteOrder.LITTLE_ENDIAN);
    var origin = Origin.values(buffer, ByteBuffer.allocate(10));
    buffer.position(5);
    assertThat(origin.lengthBytes()).hasValue(13);
    assertThat(origin.footprint(0).chunkMaxBytes()).isEqualTo(10);
    assertThat(origin.streamOptions().readableObjects()).isFalse();
    for (int i = 0; i < 2; i++) {
      var lengths = new ArrayList<Integer>();
      var report =
          Pipeline.from(origin)
              .to(
                  Target.<ByteBuffer>forEach(
                      chunk -> {
                        lengths.add(chunk.remaining());
                        if (lengths.size() == 1) assertThat(chunk.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                        chunk.position(chunk.limit());
                      }))
              .run();
      assertThat(lengths).containsExactly(3, 10);
      assertThat(report.bytesOut()).isEqualTo(13);
    }
  }

  @Test
  void thePlanOfBytesIsExactAndThatOfObjectsUnknown() {
    var sink = Target.<ByteBuffer>forEach(chunk -> {});
    assertThat(Pipeline.from(Origin.values(ByteBuffer.allocate(10))).to(sink).bound().totalBytes()).hasValue(0);
    assertThat(Pipeline.from(Origin.values(ByteBuffer.allocate(10))).to(sink).explain())
        .contains("1 value of the caller's, each of at most 10 bytes")
        .contains("a function, called for each chunk")
        .contains("data in flight at most 0 bytes");
    var objects = Pipeline.from(Origin.values("a").named("words")).to(Target.forEach(word -> {}));
    assertThat(objects.bound().totalBytes()).isEmpty();
    assertThat(objects.explain()).contains("words ─▶ function").contains("unknown: words declares no bound");
    var declared = Pipeline.from(Origin.values("a").chunkAtMost(100)).to(Target.forEach(word -> {}));
    assertThat(declared.bound().totalBytes()).hasValue(0);
  }

  // ---------------------------------------------------------------- iterables

  @Test
  void anIterableIsIteratedAnewInEveryRun() {
    var list = List.of(1, 2, 3);
    var origin = Origin.fromIterable(list);
    assertThat(run(origin)).isEqualTo(list);
    assertThat(run(origin)).isEqualTo(list);
  }

  @Test
  void nothingIsAskedBeforeTheRun() {
    var asked = new AtomicInteger();
    var origin =
        Origin.fromIterable(
            () -> {
              asked.incrementAndGet();
              return List.of(1).iterator();
            });
    var _ = Pipeline.from(origin).to(Target.forEach(value -> {})).explain();
    assertThat(asked).hasValue(0);
    run(origin);
    assertThat(asked).hasValue(1);
  }

  /// Counts to `count`, then goes on only to fail.
  private static final class Resource implements Iterator<Integer>, AutoCloseable {
    final int count;
    int given;
    int closes;
    @Nullable RuntimeException failure;
    @Nullable IOException closeFailure;

    Resource(int count) {
      this.count = count;
    }

    @Override
    public boolean hasNext() {
      return given < count || failure != null;
    }

    @Override
    public Integer next() {
      if (given < count) return given++;
      if (failure != null) throw failure;
      throw new NoSuchElementException();
    }

    @Override
    public void close() throws IOException {
      closes++;
      if (closeFailure != null) throw closeFailure;
    }
  }

  @Test
  void aCloseableIteratorIsClosedOnceAtTheEnd() {
    var resource = new Resource(3);
    assertThat(run(Origin.fromIterable(() -> resource))).hasSize(3);
    assertThat(resource.closes).isEqualTo(1);
  }

  @Test
  void anEarlyEndClosesItAndAsksForNoMore() {
    var resource = new Resource(1000);
    var received = new ArrayList<Integer>();
    Pipeline.from(Origin.fromIterable(() -> resource)).take(2).to(Target.forEach(received::add)).run();
    assertThat(received).containsExactly(0, 1);
    assertThat(resource.given).isEqualTo(2);
    assertThat(resource.closes).isEqualTo(1);
  }

  @Test
  void aFailureOfItsOwnPassesAsItIsAndClosesIt() {
    var resource = new Resource(2);
    resource.failure = new UncheckedIOException(new IOException("boom"));
    assertThat(causeOf(Origin.fromIterable(() -> resource))).isSameAs(resource.failure);
    assertThat(resource.closes).isEqualTo(1);
  }

  @Test
  void aFailureFurtherDownClosesIt() {
    var resource = new Resource(1000);
    var boom = new IOException("boom");
    var pipeline =
        Pipeline.from(Origin.fromIterable(() -> resource))
            .to(
                Target.forEach(
                    value -> {
                      throw boom;
                    }));
    assertThatThrownBy(pipeline::run).isInstanceOf(PipelineException.class).cause().isSameAs(boom);
    assertThat(resource.closes).isEqualTo(1);
  }

  @Test
  void aCloseThatFailsFailsTheRunUnlessSomethingElseHas() {
    var resource = new Resource(1);
    resource.closeFailure = new IOException("close");
    assertThat(causeOf(Origin.fromIterable(() -> resource))).isSameAs(resource.closeFailure);
    var both = new Resource(1);
    both.closeFailure = new IOException("close");
    both.failure = new IllegalStateException("boom");
    var failure = catchThrowable(() -> run(Origin.fromIterable(() -> both)));
    assertThat(failure.getCause()).isSameAs(both.failure);
    assertThat(failure.getSuppressed()).containsExactly(both.closeFailure);
  }

  @Test
  void aNullOfItsIsRefusedByItsNumber() {
    assertThat(causeOf(Origin.fromIterable(Arrays.asList("a", null)).named("names")))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("names: value 1 is null (expected: values; filter before, or wrap it)");
  }

  @Test
  void aBufferLargerThanDeclaredFailsWithTheFigures() {
    var buffers = List.of(ByteBuffer.allocate(10), ByteBuffer.allocate(11));
    assertThat(causeOf(Origin.fromIterable(buffers).chunkAtMost(10)))
        .hasMessage(
            "iterable: value 1 has 11 bytes (expected: at most 10 bytes, as declared; cut it, or declare more with"
                + " chunkAtMost)");
  }

  @Test
  void buffersOfAnIterableServeEveryRun() {
    var origin = Origin.fromIterable(List.of(ByteBuffer.allocate(3), ByteBuffer.allocate(4)));
    for (int i = 0; i < 2; i++) {
      var total = new AtomicInteger();
      Pipeline.from(origin)
          .to(
              Target.<ByteBuffer>forEach(
                  chunk -> {
                    total.addAndGet(chunk.remaining());
                    chunk.position(chunk.limit());
                  }))
          .run();
      assertThat(total).hasValue(7);
    }
  }

  @Test
  void anIteratorHasOneRun() {
    var resource = new Resource(3);
    var origin = Origin.fromIterator(resource);
    assertThat(run(origin)).containsExactly(0, 1, 2);
    assertThat(causeOf(origin))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "iterator is an iterator and has had its run (expected: one run; for several use Origin.fromIterable)");
    assertThat(resource.closes).as("the refused run touches nothing").isEqualTo(1);
  }

  @Test
  void asALiveStreamItGivesTheSame() {
    var resource = new Resource(50);
    var received = new ArrayList<Integer>();
    Strand.run(() -> Origin.fromIterable(() -> resource).open().onData(received::add));
    assertThat(received).hasSize(50);
    assertThat(resource.closes).isEqualTo(1);
  }

  // ---------------------------------------------------------------- java.util.stream

  @Test
  void aStreamIsMadeForEachRunAndClosedAtItsEnd() {
    var closes = new AtomicInteger();
    var origin = Origin.fromStream(() -> Stream.of("a", "b").onClose(closes::incrementAndGet));
    assertThat(run(origin)).containsExactly("a", "b");
    assertThat(run(origin)).containsExactly("a", "b");
    assertThat(closes).hasValue(2);
    assertThat(run(Origin.fromStream(() -> IntStream.range(0, 3)))).containsExactly(0, 1, 2);
  }

  @Test
  void anEndlessStreamEndsWhereNoMoreIsWanted() {
    var closes = new AtomicInteger();
    var made = new AtomicInteger();
    var received = new ArrayList<Integer>();
    Pipeline.from(Origin.fromStream(() -> Stream.generate(made::incrementAndGet).onClose(closes::incrementAndGet)))
        .take(3)
        .to(Target.forEach(received::add))
        .run();
    assertThat(received).containsExactly(1, 2, 3);
    assertThat(made).hasValue(3);
    assertThat(closes).hasValue(1);
  }

  @Test
  void aFailureInAStreamPassesAsItIsAndClosesIt() {
    var closes = new AtomicInteger();
    var boom = new IllegalStateException("boom");
    Origin<Integer> origin =
        Origin.fromStream(
            () ->
                Stream.of(1, 2)
                    .onClose(closes::incrementAndGet)
                    .peek(
                        value -> {
                          if (value == 2) throw boom;
                        }));
    assertThat(causeOf(origin)).isSameAs(boom);
    assertThat(closes).hasValue(1);
  }

  @Test
  void aStreamThatWasUsedIsClosedAndTheJdksOwnErrorTold() {
    var closes = new AtomicInteger();
    var used = Stream.of(1).onClose(closes::incrementAndGet);
    var _ = used.iterator();
    assertThat(causeOf(Origin.fromStream(() -> used))).isInstanceOf(IllegalStateException.class);
    assertThat(closes).hasValue(1);
  }

  // ---------------------------------------------------------------- futures

  @Test
  void aFutureGivesItsValueAndEnds() {
    var origin = Origin.fromFuture(() -> CompletableFuture.completedFuture("a"));
    assertThat(run(origin)).containsExactly("a");
    assertThat(run(origin)).containsExactly("a");
  }

  @Test
  void aFutureCompletedLaterByAnotherThreadIsWaitedFor() throws Exception {
    var future = new CompletableFuture<Integer>();
    var received = new ArrayList<Integer>();
    var run = Pipeline.from(Origin.fromFuture(() -> future)).to(Target.forEach(received::add)).start();
    Thread.ofVirtual().start(() -> future.complete(5));
    run.join();
    assertThat(received).containsExactly(5);
  }

  @Test
  void aFutureThatFailsPassesItsVeryException() {
    var boom = new IOException("boom");
    assertThat(causeOf(Origin.fromFuture(() -> CompletableFuture.failedFuture(boom)))).isSameAs(boom);
    assertThat(causeOf(Origin.fromFuture(() -> CompletableFuture.failedFuture(boom).thenApply(value -> value))))
        .isSameAs(boom);
    var bare = new CompletionException("bare", null);
    assertThat(causeOf(Origin.fromFuture(() -> CompletableFuture.failedFuture(bare)))).isSameAs(bare);
  }

  @Test
  void aNullOfAFutureOrItsSupplierIsRefused() {
    assertThat(causeOf(Origin.fromFuture(() -> CompletableFuture.completedFuture(null))))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("future: value 0 is null");
  }

  @Test
  void aFutureIsCancelledByARunThatEndsEarlyButNotOneThatWasCopied() throws Exception {
    var future = new CompletableFuture<Integer>();
    cancelOnceAsked(() -> future);
    assertThat(future).isCancelled();
    var shared = new CompletableFuture<Integer>();
    cancelOnceAsked(shared::copy);
    assertThat(shared).isNotDone();
  }

  private static void cancelOnceAsked(Supplier<CompletableFuture<Integer>> supplier) throws Exception {
    var asked = new CountDownLatch(1);
    Origin<Integer> origin =
        Origin.fromFuture(
            () -> {
              asked.countDown();
              return supplier.get();
            });
    var run = Pipeline.from(origin).to(Target.forEach(value -> {})).start();
    asked.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
  }

  // ---------------------------------------------------------------- nothing, and failures

  @Test
  void emptyEndsAndFailedFails() {
    assertThat(run(Origin.empty())).isEmpty();
    assertThat(Pipeline.from(Origin.<ByteBuffer>empty()).to(Target.forEach(chunk -> {})).bound().totalBytes())
        .hasValue(0);
    var boom = new IOException("boom");
    var origin = Origin.failed(boom);
    assertThat(causeOf(origin)).isSameAs(boom);
    assertThat(causeOf(origin)).isSameAs(boom);
  }

  // ---------------------------------------------------------------- ticks

  @Test
  void ticksComeOnTheGridOfTheRunsClock() {
    var period = Duration.ofSeconds(1);
    try (var hand = new HandTurned()) {
      var received = new ArrayList<String>();
      hand.turn(
          () -> {
            var stream = Origin.ticks(period).open();
            stream.onData(
                tick -> {
                  received.add(tick + " at " + hand.nanoTime() / 1_000_000);
                  if (tick == 3) stream.destroy();
                });
          });
      hand.advance(Duration.ofMillis(999).toNanos());
      assertThat(received).isEmpty();
      hand.advance(Duration.ofSeconds(10).toNanos());
      assertThat(received).containsExactly("1 at 1000", "2 at 2000", "3 at 3000");
    }
  }

  @Test
  void ticksThatNobodyAskedForAreCountedAndNotQueued() {
    try (var hand = new HandTurned()) {
      var received = new ArrayList<Long>();
      var pull = new TicksPull(1000);
      hand.turn(() -> pull.open(new Place("ticks", hand.strand(), Budget.unlimited(), () -> {}, null)));
      hand.turn(() -> assertThat(pull.poll()).isEqualTo(Progress.WAITING));
      hand.advance(5_500);
      hand.turn(
          () -> {
            assertThat(pull.poll()).isEqualTo(Progress.READY);
            received.add(pull.next());
            assertThat(pull.poll()).as("it is one tick, not five").isEqualTo(Progress.WAITING);
          });
      hand.advance(499);
      hand.turn(() -> assertThat(pull.poll()).isEqualTo(Progress.WAITING));
      hand.advance(1);
      hand.turn(
          () -> {
            assertThat(pull.poll()).isEqualTo(Progress.READY);
            received.add(pull.next());
            pull.close();
          });
      assertThat(received).containsExactly(5L, 6L);
    }
  }

  @Test
  void aCancelledRunLeavesNoTimer() {
    var run = Pipeline.from(Origin.ticks(Duration.ofDays(1))).to(Target.forEach(tick -> {})).start();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThatThrownBy(() -> Origin.ticks(Duration.ZERO)).hasMessage("period: PT0S (expected: 1 ns or more)");
  }
}
