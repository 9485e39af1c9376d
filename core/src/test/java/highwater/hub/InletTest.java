package highwater.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.ErrorCode;
import highwater.StreamException;
import highwater.WritableStream;
import highwater.contract.Remains;
import highwater.memory.Budget;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Progress;
import highwater.pipeline.Target;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of an inlet: words, which weigh their letters, and room for ten.
@Timeout(60)
class InletTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  private static Inlet<String> inlet(Overflow overflow) {
    return Inlet.ofObjects("words", 10, String::length, overflow);
  }

  private Taker<String> taker(Inlet<String> inlet) {
    var taker = new Taker<>(inlet.origin()).opened();
    open.add(taker);
    return taker;
  }

  @AfterEach
  void close() throws Exception {
    for (var part : open) part.close();
  }

  private static Tally.Amount amount(long chunks, long bytes) {
    return new Tally.Amount(chunks, bytes);
  }

  private static void fill(Inlet<String> inlet) {
    assertThat(inlet.offer("aaaaa")).isEqualTo(Inlet.Offer.TAKEN);
    assertThat(inlet.offer("bbbbb")).isEqualTo(Inlet.Offer.TAKEN);
  }

  // The policies.

  @ParameterizedTest
  @EnumSource(
      value = Overflow.class,
      names = {"BLOCK", "REFUSE"})
  void anOfferWithoutRoomIsRefusedAndCounted(Overflow overflow) {
    var inlet = inlet(overflow);
    fill(inlet);
    assertThat(inlet.offer("ccc")).isEqualTo(Inlet.Offer.REFUSED);
    assertThat(inlet.heldBytes()).isEqualTo(10);
    assertThat(inlet.tally())
        .isEqualTo(new Tally(amount(2, 10), amount(0, 0), amount(0, 0), amount(2, 10), amount(1, 3)));
    assertThat(taker(inlet).takeAll()).containsExactly("aaaaa", "bbbbb");
    assertThat(inlet.offer("ccc")).isEqualTo(Inlet.Offer.TAKEN);
  }

  @Test
  void aPutThatIsRefusedThrowsWithTheFigures() {
    var inlet = inlet(Overflow.REFUSE);
    fill(inlet);
    assertThatThrownBy(() -> inlet.put("ccc"))
        .isInstanceOf(OverflowException.class)
        .hasMessageContaining("words")
        .hasMessageContaining("3 bytes")
        .hasMessageContaining("lags 10 bytes")
        .hasMessageContaining("bound is 10 bytes");
    assertThat(inlet.isClosed()).isFalse();
  }

  @Test
  void theOldestAreDroppedToMakeRoom() throws Exception {
    var inlet = inlet(Overflow.DROP_OLDEST);
    for (var word : List.of("aa", "bbb", "ccc", "dd")) inlet.put(word);
    assertThat(inlet.offer("eee")).isEqualTo(Inlet.Offer.TAKEN);
    assertThat(inlet.heldBytes()).isEqualTo(8);
    assertThat(inlet.tally())
        .isEqualTo(new Tally(amount(5, 13), amount(0, 0), amount(2, 5), amount(3, 8), amount(0, 0)));
    assertThat(taker(inlet).takeAll()).containsExactly("ccc", "dd", "eee");
  }

  @Test
  void theNewestIsDroppedWhereThereIsNoRoom() throws Exception {
    var inlet = inlet(Overflow.DROP_NEWEST);
    fill(inlet);
    assertThat(inlet.offer("c")).isEqualTo(Inlet.Offer.DROPPED);
    inlet.put("dd");
    assertThat(inlet.tally())
        .isEqualTo(new Tally(amount(4, 13), amount(0, 0), amount(2, 3), amount(2, 10), amount(0, 0)));
    assertThat(taker(inlet).takeAll()).containsExactly("aaaaa", "bbbbb");
  }

  @Test
  void anOverflowFailsTheInletAfterWhatWasBuffered() {
    var inlet = inlet(Overflow.FAIL);
    fill(inlet);
    assertThat(inlet.offer("c")).isEqualTo(Inlet.Offer.CLOSED);
    assertThat(inlet.tally().refused()).isEqualTo(amount(1, 1));
    assertThatThrownBy(() -> inlet.put("d")).isInstanceOf(OverflowException.class);
    var consumer = taker(inlet);
    assertThat(consumer.takeAll()).containsExactly("aaaaa", "bbbbb");
    assertThat(consumer.failure).isInstanceOf(OverflowException.class);
  }

  // What is given.

  @Test
  void whatNeverFitsIsThrownBack() {
    var inlet = inlet(Overflow.DROP_OLDEST);
    assertThatThrownBy(() -> inlet.offer("more than ten"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("13 bytes")
        .hasMessageContaining("10 bytes");
    assertThatThrownBy(() -> inlet.offer("")).hasMessageContaining("the weigher says 0");
  }

  @Test
  void anEmptyBufferIsTakenAndIgnored() throws Exception {
    var inlet = Inlet.ofBytes("bytes", 10, Overflow.BLOCK);
    assertThat(inlet.offer(ByteBuffer.allocate(0))).isEqualTo(Inlet.Offer.TAKEN);
    inlet.put(ByteBuffer.allocate(0));
    assertThat(inlet.tally().given()).isEqualTo(Tally.Amount.NONE);
    inlet.end();
    assertThat(inlet.offer(ByteBuffer.allocate(0))).isEqualTo(Inlet.Offer.CLOSED);
  }

  @Test
  void theEndComesAfterWhatWasBuffered() {
    var inlet = inlet(Overflow.BLOCK);
    inlet.offer("a");
    inlet.end();
    assertThat(inlet.offer("b")).isEqualTo(Inlet.Offer.CLOSED);
    assertThatThrownBy(() -> inlet.put("b"))
        .isInstanceOfSatisfying(
            StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_STREAM_WRITE_AFTER_END));
    var consumer = taker(inlet);
    assertThat(consumer.takeAll()).containsExactly("a");
    assertThat(consumer.ended).isTrue();
  }

  @Test
  void aFailureComesAfterWhatWasBufferedAndIsTheSameObject() {
    var inlet = inlet(Overflow.BLOCK);
    inlet.offer("a");
    var boom = new IOException("boom");
    inlet.fail(boom);
    var consumer = taker(inlet);
    assertThat(consumer.takeAll()).containsExactly("a");
    assertThat(consumer.failure).isSameAs(boom);
    assertThat(consumer.ended).isFalse();
  }

  @Test
  void aConsumerThatWaitsIsWokenByAChunk() {
    var inlet = inlet(Overflow.BLOCK);
    var consumer = taker(inlet);
    assertThat(consumer.step()).isEqualTo(Progress.WAITING);
    inlet.offer("a");
    consumer.hand.runReady();
    assertThat(consumer.wakes).isEqualTo(1);
  }

  // When the consumer leaves.

  @Test
  void producersAreToldThatTheConsumerHasLeft() {
    var inlet = inlet(Overflow.BLOCK);
    var told = new ArrayList<Throwable>();
    var _ = inlet.onCancel(told::add);
    var consumer = taker(inlet);
    fill(inlet);
    var why = new IOException("the target failed");
    consumer.leave(why);
    assertThat(told).containsExactly(why);
    assertThat(inlet.offer("c")).isEqualTo(Inlet.Offer.CLOSED);
    assertThat(inlet.isClosed()).isTrue();
    assertThatThrownBy(() -> inlet.put("c"))
        .isInstanceOfSatisfying(
            StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_STREAM_DESTROYED))
        .hasCause(why);
    assertThat(inlet.heldBytes()).isZero();
    assertThat(inlet.tally())
        .isEqualTo(new Tally(amount(2, 10), amount(0, 0), amount(2, 10), amount(0, 0), amount(0, 0)));
  }

  @Test
  void aConsumerThatHasTakenTheEndDoesNotCancel() {
    var inlet = inlet(Overflow.BLOCK);
    var told = new ArrayList<Throwable>();
    var _ = inlet.onCancel(told::add);
    var consumer = taker(inlet);
    inlet.end();
    consumer.takeAll();
    consumer.leave(null);
    assertThat(told).isEmpty();
  }

  // Producers that wait.

  private record Waiting(Thread thread, AtomicReference<@Nullable Throwable> thrown) {
    void awaitWaiting() {
      Remains.await("a put that waits", () -> thread.getState() == Thread.State.WAITING);
    }
  }

  private static Waiting put(Inlet<String> inlet, String word, boolean virtual) {
    var thrown = new AtomicReference<@Nullable Throwable>();
    Runnable body =
        () -> {
          try {
            inlet.put(word);
          } catch (Throwable e) {
            thrown.set(e);
          }
        };
    var waiting = new Waiting(virtual ? Thread.ofVirtual().start(body) : Thread.ofPlatform().start(body), thrown);
    waiting.awaitWaiting();
    return waiting;
  }

  private static @Nullable Throwable after(Waiting waiting, Runnable what) throws InterruptedException {
    what.run();
    waiting.thread.join();
    return waiting.thrown.get();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPutWaitsForRoomAndIsWokenByWhateverEndsTheWait(boolean virtual) throws Exception {
    assertThat(afterFull(virtual, (inlet, consumer) -> consumer.takeAll())).isNull();
    assertThat(afterFull(virtual, (inlet, consumer) -> inlet.end()))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("after end()");
    var boom = new IOException("boom");
    assertThat(afterFull(virtual, (inlet, consumer) -> inlet.fail(boom))).hasCause(boom);
    assertThat(afterFull(virtual, (inlet, consumer) -> consumer.leave(boom))).hasCause(boom);
    assertThat(afterFull(virtual, (inlet, consumer) -> consumer.leave(null)))
        .hasMessageContaining("whose consumer has left");
  }

  private interface Ending {
    void end(Inlet<String> inlet, Taker<String> consumer);
  }

  private @Nullable Throwable afterFull(boolean virtual, Ending ending) throws InterruptedException {
    var inlet = inlet(Overflow.BLOCK);
    var consumer = taker(inlet);
    fill(inlet);
    return after(put(inlet, "ccc", virtual), () -> ending.end(inlet, consumer));
  }

  @Test
  void anInterruptEndsTheWaitAndTheChunkWasNotGiven() throws Exception {
    var inlet = inlet(Overflow.BLOCK);
    fill(inlet);
    var waiting = put(inlet, "ccc", false);
    assertThat(after(waiting, waiting.thread::interrupt)).isInstanceOf(InterruptedException.class);
    assertThat(taker(inlet).takeAll()).containsExactly("aaaaa", "bbbbb");
    assertThat(inlet.tally().refused()).isEqualTo(Tally.Amount.NONE);
  }

  @Test
  void everyProducerThatWaitsIsWoken() throws Exception {
    var inlet = inlet(Overflow.BLOCK);
    var consumer = taker(inlet);
    fill(inlet);
    var waiting = List.of(put(inlet, "c", true), put(inlet, "ddddd", false), put(inlet, "eeeeeeeeee", true));
    Remains.await("all words", () -> consumer.takeAll().size() == 5);
    for (var each : waiting) {
      each.thread.join();
      assertThat(each.thrown.get()).isNull();
    }
    assertThat(consumer.got).contains("c", "ddddd", "eeeeeeeeee");
  }

  @Test
  void aStrandMustNotWait() {
    try (var hand = new HandTurned()) {
      var inlet = inlet(Overflow.BLOCK);
      hand.turn(() -> assertThatThrownBy(() -> inlet.put("a")).hasMessageContaining("use offer()"));
      var dropping = inlet(Overflow.DROP_NEWEST);
      hand.turn(
          () -> {
            try {
              dropping.put("a");
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(dropping.heldBytes()).isEqualTo(1);
    }
  }

  @Test
  void aProducerOnAStrandIsToldWhenThereIsRoomAgainAndWhenNothingIsTaken() {
    try (var hand = new HandTurned()) {
      var inlet = inlet(Overflow.BLOCK);
      var told = new ArrayList<String>();
      var registration = inlet.onRoom(hand.strand(), () -> told.add("room"));
      var consumer = taker(inlet);
      fill(inlet);
      assertThat(inlet.offer("c")).isEqualTo(Inlet.Offer.REFUSED);
      consumer.step();
      hand.runReady();
      assertThat(told).isEmpty();
      consumer.step();
      hand.runReady();
      assertThat(told).containsExactly("room");
      consumer.leave(null);
      hand.runReady();
      assertThat(told).hasSize(2);
      registration.remove();
    }
  }

  // As a pipeline's origin.

  private static Target<String> words(Consumer<String> each) {
    return Target.of(
        "words",
        () ->
            WritableStream.<String>to(
                (word, done) -> {
                  each.accept(word);
                  done.ok();
                }));
  }

  @Test
  void aPipelineTakesWhatProducersGive() throws Exception {
    var inlet = inlet(Overflow.BLOCK);
    var got = new ArrayList<String>();
    var run = Pipeline.from(inlet.origin()).to(words(got::add)).start();
    for (int i = 0; i < 100; i++) inlet.put("word" + i);
    inlet.end();
    run.join();
    assertThat(got).hasSize(100).startsWith("word0", "word1");
  }

  @Test
  void aPipelineThatFailsClosesTheInlet() throws Exception {
    var inlet = inlet(Overflow.BLOCK);
    var boom = new IllegalStateException("boom");
    var run =
        Pipeline.from(inlet.origin())
            .to(
                words(
                    _ -> {
                      throw boom;
                    }))
            .start();
    assertThatThrownBy(
            () -> {
              for (; ; ) inlet.put("word");
            })
        .isInstanceOf(StreamException.class);
    assertThatThrownBy(run::join).isInstanceOf(PipelineException.class).hasCause(boom);
  }

  @Test
  void itsBoundIsATermAndASecondRunIsRefused() throws Exception {
    var inlet = Inlet.ofBytes("bytes", 1 << 10, Overflow.BLOCK);
    assertThat(inlet.origin().footprint(0).terms()).extracting(Object::toString).containsExactly("branch 1 KiB");
    var budget = Budget.of(1 << 20);
    var got = new StringBuilder();
    var pipeline =
        Pipeline.from(inlet.origin())
            .to(
                Target.of(
                    "text",
                    () ->
                        WritableStream.to(
                            (ByteBuffer chunk, highwater.Done done) -> {
                              got.append(UTF_8.decode(chunk));
                              done.ok();
                            },
                            highwater.StreamOptions.bytes())))
            .withBudget(budget);
    inlet.put(UTF_8.encode("some text"));
    inlet.end();
    pipeline.run();
    assertThat(got).hasToString("some text");
    assertThat(budget.peakBytes()).isPositive();
    assertThat(budget.usedBytes()).isZero();
    assertThatThrownBy(pipeline::run).hasMessageContaining("has had its run");
  }
}
