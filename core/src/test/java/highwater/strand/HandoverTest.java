package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.strand.Handover.Offer;
import highwater.strand.Handover.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Items that cross threads: bounded, in order, with an end that is never mistaken.
@Timeout(60)
class HandoverTest {
  private final List<Object> seen = new ArrayList<>();
  private final Handover<String> handover =
      new Handover<>(10, String::length, dropped -> seen.add("dropped " + dropped));
  private final IllegalStateException why = new IllegalStateException("why");

  @Test
  void itemsComeOutInOrderAndTheBoundHolds() {
    assertThat(handover.offer("123456")).isEqualTo(Offer.TAKEN);
    assertThat(handover.offer("1234")).isEqualTo(Offer.TAKEN);
    assertThat(handover.offer("1")).isEqualTo(Offer.FULL);
    assertThat(handover.queuedBytes()).isEqualTo(10);
    assertThat(handover.poll()).isEqualTo("123456");
    assertThat(handover.poll()).isEqualTo("1234");
    assertThat(handover.poll()).isNull();
    assertThat(handover.queuedBytes()).isZero();
  }

  @Test
  void anItemLargerThanTheBoundPassesAloneWhenItIsEmpty() {
    handover.offer("1");
    assertThat(handover.offer("larger than the bound")).isEqualTo(Offer.FULL);
    handover.poll();
    assertThat(handover.offer("larger than the bound")).isEqualTo(Offer.TAKEN);
    assertThat(handover.offer("")).isEqualTo(Offer.FULL);
  }

  @Test
  void anItemOfNoBytesWeighsOneSoThatTheirNumberIsBounded() {
    for (int i = 0; i < 10; i++) assertThat(handover.offer("")).isEqualTo(Offer.TAKEN);
    assertThat(handover.offer("")).isEqualTo(Offer.FULL);
  }

  @Test
  void theEndComesAfterWhatWasPutBefore() throws Exception {
    handover.offer("1");
    handover.end();
    assertThat(handover.phase()).isEqualTo(Phase.OPEN);
    assertThat(handover.take()).isEqualTo("1");
    assertThat(handover.phase()).isEqualTo(Phase.ENDED);
    assertThat(handover.take()).isNull();
    assertThatThrownBy(() -> handover.offer("2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("after end()");
  }

  @Test
  void aFailureComesAfterWhatWasPutBeforeAndIsNoEnd() throws Exception {
    handover.offer("1");
    handover.fail(why);
    handover.end();
    handover.fail(new IllegalStateException("second"));
    assertThat(handover.offer("2")).isEqualTo(Offer.REFUSED);
    assertThat(handover.take()).isEqualTo("1");
    assertThatThrownBy(handover::take).isInstanceOf(ExecutionException.class).hasCause(why);
    assertThat(handover.phase()).isEqualTo(Phase.FAILED);
    assertThat(handover.reason()).isSameAs(why);
  }

  @Test
  void cancelDropsWhatIsQueuedAndRefusesWhatComes() throws Exception {
    handover.offer("1");
    handover.offer("2");
    handover.cancel(why);
    handover.cancel(new IllegalStateException("second"));
    assertThat(seen).containsExactly("dropped 1", "dropped 2");
    assertThat(handover.offer("3")).isEqualTo(Offer.REFUSED);
    assertThat(handover.put("3")).isFalse();
    assertThat(handover.take()).isNull();
    assertThat(handover.phase()).isEqualTo(Phase.CANCELLED);
    assertThat(handover.reason()).isSameAs(why);
    assertThat(handover.queuedBytes()).isZero();
  }

  @Test
  void drainGivesAllThatIsReadyAndDropsWhatAFailingReceiverLeaves() {
    handover.offer("1");
    handover.offer("2");
    handover.offer("3");
    assertThat(
            catchThrowable(
                () ->
                    handover.drain(
                        item -> {
                          seen.add(item);
                          if (item.equals("2")) throw why;
                        })))
        .isSameAs(why);
    assertThat(seen).containsExactly("1", "2", "dropped 3");
    assertThat(handover.drain(seen::add)).isZero();
  }

  @Test
  void aStrandThatConsumesIsCalledBackOnceForAllThatCame() {
    var hand = new HandTurned();
    handover.onReady(
        hand.strand(), () -> seen.add("ready: " + handover.poll() + " " + handover.poll() + " " + handover.poll()));
    assertThat(hand.runReady()).isZero();
    handover.offer("1");
    handover.offer("2");
    assertThat(hand.runReady()).isEqualTo(1);
    assertThat(seen).containsExactly("ready: 1 2 null");
    handover.end();
    assertThat(hand.runReady()).isEqualTo(1);
  }

  @Test
  void aStrandThatDidNotTakeAllIsNotCalledBack() {
    var hand = new HandTurned();
    handover.onReady(hand.strand(), () -> seen.add(String.valueOf(handover.poll())));
    handover.offer("1");
    handover.offer("2");
    hand.runReady();
    handover.offer("3");
    assertThat(hand.runReady()).isZero();
    assertThat(seen).containsExactly("1");
  }

  @Test
  void aStrandThatComesLateIsCalledBackForWhatIsThere() {
    handover.offer("1");
    var hand = new HandTurned();
    handover.onReady(hand.strand(), () -> seen.add("ready"));
    hand.runReady();
    assertThat(seen).containsExactly("ready");
    assertThatThrownBy(() -> handover.onReady(hand.strand(), () -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStrandThatProducesIsCalledBackWhenHalfIsEmptyAndItsItemFits() {
    var hand = new HandTurned();
    handover.onRoom(hand.strand(), () -> seen.add("room"));
    for (int i = 0; i < 5; i++) handover.offer("12");
    assertThat(handover.offer("12345678")).isEqualTo(Offer.FULL);
    var roomAfter = new ArrayList<Integer>();
    for (int polled = 1; polled <= 5; polled++) {
      handover.poll();
      if (hand.runReady() > 0) roomAfter.add(polled);
    }
    assertThat(roomAfter).containsExactly(4); // 2 bytes queued, 8 fit
    for (int i = 0; i < 5; i++) handover.offer("12");
    handover.offer("1");
    roomAfter.clear();
    for (int polled = 1; polled <= 5; polled++) {
      handover.poll();
      if (hand.runReady() > 0) roomAfter.add(polled);
    }
    assertThat(roomAfter).containsExactly(3); // 4 bytes queued, half of 10 is 5
  }

  @Test
  void aStrandThatProducesIsToldOfACancel() {
    var hand = new HandTurned();
    handover.onRoom(hand.strand(), () -> seen.add(handover.phase()));
    handover.cancel(why);
    hand.runReady();
    assertThat(seen).containsExactly(Phase.CANCELLED);
  }

  @Test
  void aConsumerWhoseStrandHasEndedCountsAsCancelled() {
    var hand = new HandTurned();
    handover.onReady(hand.strand(), () -> {});
    hand.close();
    assertThat(handover.offer("1")).isEqualTo(Offer.TAKEN);
    assertThat(seen).containsExactly("dropped 1");
    assertThat(handover.offer("2")).isEqualTo(Offer.REFUSED);
    assertThat(handover.reason()).hasMessageContaining("strand has ended");
  }

  @Test
  void aProducerWhoseStrandHasEndedCountsAsFailed() throws Exception {
    var hand = new HandTurned();
    handover.onRoom(hand.strand(), () -> {});
    handover.offer("1234567890");
    handover.offer("1");
    hand.close();
    assertThat(handover.take()).isEqualTo("1234567890");
    assertThatThrownBy(handover::take)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessageContaining("strand has ended");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitingThreadsAreWokenByEachOther(boolean virtual) throws Exception {
    var received = new CompletableFuture<List<String>>();
    start(
        virtual,
        () -> {
          var all = new ArrayList<String>();
          for (String item; (item = handover.take()) != null; ) all.add(item);
          received.complete(all);
        });
    var sent = new ArrayList<String>();
    for (int i = 0; i < 1_000; i++) {
      sent.add("x".repeat(i % 12));
      assertThat(handover.put(sent.getLast())).isTrue();
    }
    handover.end();
    assertThat(received.get()).isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWaitingProducerIsReleasedByCancel(boolean virtual) throws Exception {
    handover.offer("1234567890");
    var put = new CompletableFuture<Boolean>();
    var waiter = start(virtual, () -> put.complete(handover.put("1")));
    awaitWaiting(waiter);
    handover.cancel(why);
    assertThat(put.get()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWaitingConsumerIsReleasedByFailEndAndCancel(boolean virtual) throws Exception {
    for (var way : Phase.values()) {
      if (way == Phase.OPEN) continue;
      var crossing = new Handover<String>(10, String::length);
      var taken = new CompletableFuture<@Nullable String>();
      var waiter =
          start(
              virtual,
              () -> {
                try {
                  taken.complete(crossing.take());
                } catch (ExecutionException e) {
                  taken.completeExceptionally(e.getCause());
                }
              });
      awaitWaiting(waiter);
      switch (way) {
        case OPEN -> {}
        case ENDED -> crossing.end();
        case FAILED -> crossing.fail(why);
        case CANCELLED -> crossing.cancel(why);
      }
      if (way == Phase.FAILED) {
        assertThatThrownBy(taken::get).hasCause(why);
      } else {
        assertThat(taken.get()).isNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptEndsAWaitAndLeavesTheItemWithItsOwner(boolean virtual) throws Exception {
    handover.offer("1234567890");
    var thrown = new CompletableFuture<Throwable>();
    var waiter = start(virtual, () -> thrown.complete(catchThrowable(() -> handover.put("1"))));
    awaitWaiting(waiter);
    waiter.interrupt();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(handover.poll()).isEqualTo("1234567890");
    assertThat(handover.poll()).isNull();
    var thrownTaking = new CompletableFuture<Throwable>();
    waiter = start(virtual, () -> thrownTaking.complete(catchThrowable(handover::take)));
    awaitWaiting(waiter);
    waiter.interrupt();
    assertThat(thrownTaking.get()).isInstanceOf(InterruptedException.class);
    assertThat(handover.offer("still open")).isEqualTo(Offer.TAKEN);
  }

  @Test
  void aForeignThreadFeedsAStrand() {
    var strandSide = new CountDownLatch(1);
    Strand.run(
        () -> {
          var strand = Strand.current();
          strand.hold();
          handover.onReady(
              strand,
              () -> {
                for (String item; (item = handover.poll()) != null; ) seen.add(item);
                if (handover.phase() == Phase.ENDED) {
                  strandSide.countDown();
                  strand.release();
                }
              });
          start(
              false,
              () -> {
                for (int i = 0; i < 100; i++) handover.put("" + i);
                handover.end();
              });
        });
    assertThat(strandSide.getCount()).isZero();
    assertThat(seen).hasSize(100).startsWith("0", "1").endsWith("99");
  }

  @Test
  void aWeightBelowZeroAndABoundOfNothingAreRefused() {
    assertThatThrownBy(() -> new Handover<String>(10, _ -> -1).offer("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Handover<String>(0, _ -> 1)).isInstanceOf(IllegalArgumentException.class);
  }

  interface Body {
    void run() throws Exception;
  }

  static Thread start(boolean virtual, Body body) {
    Runnable guarded =
        () -> {
          try {
            body.run();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    return virtual ? Thread.ofVirtual().start(guarded) : Thread.ofPlatform().daemon().start(guarded);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) Thread.yield();
  }
}
