package highwater.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.ReadableStream;
import highwater.WritableStream;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Progress;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Target;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The rules of a broadcast, turned by hand: objects are words, which weigh their letters.
class BroadcastTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Broadcast<String> words = words(HubOptions.bound(10));

  private static Broadcast<String> words(HubOptions options) {
    return Broadcast.ofObjects("words", String::length, options.chunkAtMost(5));
  }

  private <T> Taker<T> taker(PullOrigin<T> origin) {
    var taker = new Taker<>(origin).opened();
    open.add(taker);
    return taker;
  }

  private <T> Giver<T> giver(Broadcast<T> broadcast) {
    var giver = new Giver<>(broadcast.target()).opened();
    open.add(giver);
    return giver;
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (var part : open) part.close();
    assertThat(words.heldBytes()).isZero();
    assertThat(words.consumers()).isZero();
  }

  private static Tally.Amount amount(long chunks, long bytes) {
    return new Tally.Amount(chunks, bytes);
  }

  // What consumers get.

  @Test
  void everyConsumerGetsEveryChunk() {
    var first = taker(words.branch());
    var second = taker(words.branch());
    var source = giver(words);
    source.give("one");
    source.give("two");
    assertThat(first.takeAll()).containsExactly("one", "two");
    assertThat(second.takeAll()).containsExactly("one", "two");
  }

  @Test
  void aLentBufferIsCopiedOnceAndEachConsumerHasAViewOfItsOwn() {
    var bytes = Broadcast.ofBytes("bytes", HubOptions.bound(100));
    var first = taker(bytes.branch());
    var second = taker(bytes.branch());
    var source = giver(bytes);
    var lent = ByteBuffer.wrap("abc".getBytes(UTF_8));
    source.give(lent);
    lent.clear().put("xyz".getBytes(UTF_8));
    assertThat(bytes.heldBytes()).isEqualTo(3);
    var got = first.takeAll().getFirst();
    got.position(2);
    assertThat(UTF_8.decode(second.takeAll().getFirst().duplicate()).toString()).isEqualTo("abc");
    assertThat(bytes.heldBytes()).as("when both have let go").isZero();
  }

  @Test
  void aBufferLargerThanTheLargestChunkIsCutAndAnEmptyOneIgnored() {
    var bytes = Broadcast.ofBytes("bytes", HubOptions.bound(6).chunkAtMost(3));
    var consumer = taker(bytes.branch());
    var source = giver(bytes);
    assertThat(source.give(ByteBuffer.allocate(0))).isEqualTo(Progress.HUNGRY);
    assertThat(source.give(UTF_8.encode("abcdefgh"))).isEqualTo(Progress.WAITING);
    assertThat(bytes.heldBytes()).isEqualTo(6);
    consumer.takeAll();
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
    assertThat(consumer.takeAll())
        .extracting(chunk -> UTF_8.decode(chunk).toString())
        .containsExactly("abc", "def", "gh");
  }

  @Test
  void anObjectHeavierThanTheLargestChunkFailsTheSource() {
    taker(words.branch());
    var source = giver(words);
    assertThatThrownBy(() -> source.give("heavier"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7 bytes")
        .hasMessageContaining("at most 5 bytes");
  }

  // When it begins.

  @Test
  void theFirstChunkWaitsForTheFirstConsumer() {
    var source = giver(words);
    assertThat(source.poll()).isEqualTo(Progress.WAITING);
    taker(words.branch());
    source.hand.runReady();
    assertThat(source.wakes).isEqualTo(1);
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
  }

  @Test
  void theFirstChunkWaitsForAsManyConsumersAsWanted() {
    var two = words(HubOptions.bound(10).startingWith(2));
    var source = giver(two);
    taker(two.branch());
    assertThat(source.poll()).isEqualTo(Progress.WAITING);
    taker(two.branch());
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
  }

  @Test
  void oneThatLeavesBeforeTheBeginningIsNotCounted() {
    var two = words(HubOptions.bound(10).startingWith(2));
    var source = giver(two);
    taker(two.branch()).leave(null);
    taker(two.branch());
    assertThat(source.poll()).isEqualTo(Progress.WAITING);
    taker(two.branch());
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
  }

  @Test
  void aLateConsumerBeginsWithTheNextChunk() {
    var early = taker(words.branch());
    var source = giver(words);
    source.give("one");
    var late = taker(words.branch());
    source.give("two");
    assertThat(late.takeAll()).containsExactly("two");
    assertThat(early.takeAll()).containsExactly("one", "two");
    assertThat(late.part).isNotNull();
  }

  @Test
  void oneThatJoinsAfterTheEndGetsTheEndAlone() {
    var early = taker(words.branch());
    var source = giver(words);
    source.give("one");
    source.finish();
    source.commit();
    var late = taker(words.branch());
    assertThat(late.takeAll()).isEmpty();
    assertThat(late.ended).isTrue();
    assertThat(early.takeAll()).containsExactly("one");
  }

  @Test
  void oneThatJoinsAfterAFailureGetsTheFailure() {
    var source = giver(words);
    var boom = new IOException("boom");
    source.abort(boom);
    var late = taker(words.branch());
    late.takeAll();
    assertThat(late.failure).isSameAs(boom);
  }

  @Test
  void oneThatJoinsWhenTheSourceWasStoppedIsToldSo() {
    var source = giver(words);
    taker(words.branch()).leave(null);
    assertThat(source.poll()).isEqualTo(Progress.DONE);
    var late = taker(words.branch());
    late.takeAll();
    assertThat(late.ended).isFalse();
    assertThat(late.failure).hasMessageContaining("stopped when its last consumer had left");
  }

  // Paces.

  @Test
  void oneThatHoldsKeepsTheSourceWaitingAtTheBound() {
    var slow = words.branch();
    var consumer = taker(slow);
    var source = giver(words);
    assertThat(source.give("aaaaa")).isEqualTo(Progress.HUNGRY);
    assertThat(source.give("bbbbb")).isEqualTo(Progress.HUNGRY);
    assertThat(source.give("c")).isEqualTo(Progress.WAITING);
    assertThat(words.heldBytes()).isEqualTo(10);
    consumer.step();
    assertThat(words.heldBytes()).as("with the chunk in its hands").isEqualTo(10);
    source.hand.runReady();
    assertThat(source.wakes).isZero();
    consumer.step();
    source.hand.runReady();
    assertThat(source.wakes).as("woken when half is empty").isEqualTo(1);
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
    assertThat(consumer.takeAll()).containsExactly("aaaaa", "bbbbb", "c");
    assertThat(slow.tally())
        .isEqualTo(new Tally(amount(3, 11), amount(3, 11), amount(0, 0), amount(0, 0), amount(0, 0)));
  }

  @Test
  void theSlowestOfThoseThatHoldDecides() {
    var fast = taker(words.branch());
    var slow = taker(words.branch());
    var source = giver(words);
    for (var word : List.of("aaaaa", "bbbbb", "ccccc")) {
      source.give(word);
      fast.takeAll();
    }
    assertThat(source.poll()).isEqualTo(Progress.WAITING);
    assertThat(fast.got).containsExactly("aaaaa", "bbbbb");
    slow.takeAll();
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
    assertThat(fast.takeAll()).containsExactly("aaaaa", "bbbbb", "ccccc");
  }

  @Test
  void oneThatDropsTheOldestKeepsTheNewest() {
    var dropping = words.branch(Pace.dropOldest(7));
    var consumer = taker(dropping);
    var source = giver(words);
    for (var word : List.of("a", "bb", "ccc", "dd", "eeee")) assertThat(source.give(word)).isEqualTo(Progress.HUNGRY);
    assertThat(dropping.lagBytes()).isEqualTo(6);
    assertThat(dropping.tally())
        .isEqualTo(new Tally(amount(5, 12), amount(0, 0), amount(3, 6), amount(2, 6), amount(0, 0)));
    assertThat(consumer.takeAll()).containsExactly("dd", "eeee");
  }

  @Test
  void whatIsInTheHandsOfOneThatDropsTheOldestIsNotDropped() {
    var dropping = words.branch(Pace.dropOldest(5));
    var consumer = taker(dropping);
    var source = giver(words);
    source.give("aaaa");
    consumer.step();
    source.give("bbbb");
    source.give("c");
    assertThat(dropping.lagBytes()).isEqualTo(5);
    assertThat(dropping.tally())
        .isEqualTo(new Tally(amount(3, 9), amount(1, 4), amount(1, 4), amount(1, 1), amount(0, 0)));
    assertThat(consumer.takeAll()).containsExactly("aaaa", "c");
  }

  @Test
  void whatWasAnnouncedIsNotDroppedBeforeItIsTaken() {
    for (var pace : List.of(Pace.dropOldest(5), Pace.detachAfter(5))) {
      var hub = words(HubOptions.bound(10).goingOnAlone());
      var branch = hub.branch(pace);
      var consumer = taker(branch);
      var source = giver(hub);
      source.give("aaaa");
      assertThat(consumer.halfStep()).isEqualTo(Progress.READY);
      source.give("bbbb");
      assertThat(consumer.halfStep()).isEqualTo(Progress.READY);
      assertThat(consumer.got).containsExactly("aaaa");
      assertThat(branch.tally())
          .isEqualTo(new Tally(amount(2, 8), amount(1, 4), amount(1, 4), amount(0, 0), amount(0, 0)));
      consumer.takeAll();
      assertThat(hub.heldBytes()).isZero();
      assertThat(consumer.failure instanceof OverflowException).isEqualTo(pace instanceof Pace.Detach);
    }
  }

  @Test
  void oneThatDropsTheNewestKeepsTheOldestAndGoesOnWhenItHasRoom() {
    var dropping = words.branch(Pace.dropNewest(5));
    var consumer = taker(dropping);
    var source = giver(words);
    for (var word : List.of("aaa", "bb", "cc", "d")) source.give(word);
    assertThat(words.heldBytes()).isEqualTo(5);
    assertThat(consumer.takeAll()).containsExactly("aaa", "bb");
    source.give("e");
    assertThat(consumer.takeAll()).containsExactly("aaa", "bb", "e");
    assertThat(dropping.tally())
        .isEqualTo(new Tally(amount(5, 9), amount(3, 6), amount(2, 3), amount(0, 0), amount(0, 0)));
  }

  @Test
  void oneThatLagsTooMuchIsDetachedWithTheFiguresAndItsChunksAreDroppedAtOnce() {
    var strict = words.branch("strict", Pace.detachAfter(6));
    var detached = taker(strict);
    var other = taker(words.branch());
    var source = giver(words);
    source.give("aaa");
    other.takeAll();
    source.give("bbb");
    other.takeAll();
    assertThat(words.consumers()).isEqualTo(2);
    source.give("ccc");
    other.takeAll();
    assertThat(words.consumers()).isEqualTo(1);
    assertThat(words.heldBytes()).isZero();
    assertThat(detached.takeAll()).isEmpty();
    assertThat(detached.failure)
        .isInstanceOf(OverflowException.class)
        .hasMessageContaining("strict was detached from words")
        .hasMessageContaining("lag 9 bytes")
        .hasMessageContaining("at most 6 bytes");
    source.give("ddd");
    assertThat(other.takeAll()).containsExactly("aaa", "bbb", "ccc", "ddd");
    assertThat(strict.tally())
        .isEqualTo(new Tally(amount(3, 9), amount(0, 0), amount(3, 9), amount(0, 0), amount(0, 0)));
  }

  @Test
  void aPaceThatCouldNotTakeTheLargestChunkIsRefused() {
    assertThatThrownBy(() -> words.branch(Pace.dropOldest(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 bytes");
    assertThatThrownBy(() -> Pace.detachAfter(0)).isInstanceOf(IllegalArgumentException.class);
  }

  // Who leaves, and how it ends.

  @Test
  void oneThatFailsLeavesTheOthersUntouchedAndTheSourceGoesOn() {
    var failing = words.branch();
    var fails = taker(failing);
    var stays = taker(words.branch());
    var source = giver(words);
    source.give("aaaaa");
    source.give("bbbbb");
    assertThat(stays.takeAll()).hasSize(2);
    assertThat(source.give("ccccc")).isEqualTo(Progress.WAITING);
    fails.leave(new IOException("its own"));
    source.hand.runReady();
    assertThat(source.wakes).isEqualTo(1);
    assertThat(source.poll()).isEqualTo(Progress.HUNGRY);
    assertThat(stays.takeAll()).containsExactly("aaaaa", "bbbbb", "ccccc");
    assertThat(failing.tally().dropped()).isEqualTo(amount(2, 10));
  }

  @Test
  void whenTheLastLeavesTheSourceIsStoppedAndItsRunEndsWell() {
    var one = taker(words.branch());
    var two = taker(words.branch());
    var source = giver(words);
    source.give("aaaaa");
    source.give("bbbbb");
    source.give("ccccc");
    one.leave(null);
    assertThat(source.poll()).isEqualTo(Progress.WAITING);
    two.leave(new IOException("its own"));
    source.hand.runReady();
    assertThat(source.wakes).isEqualTo(1);
    assertThat(source.poll()).isEqualTo(Progress.DONE);
    assertThat(source.commit()).isTrue();
    assertThat(words.heldBytes()).isZero();
  }

  @Test
  void whenTheLastIsDetachedTheSourceIsStopped() {
    taker(words.branch(Pace.detachAfter(5)));
    var source = giver(words);
    source.give("aaaaa");
    assertThat(source.give("b")).isEqualTo(Progress.DONE);
  }

  @Test
  void aSourceThatGoesOnAloneGivesToNobodyUntilSomebodyComes() {
    var lonely = words(HubOptions.bound(10).goingOnAlone());
    taker(lonely.branch()).leave(null);
    var source = giver(lonely);
    for (int i = 0; i < 5; i++) assertThat(source.give("aaaaa")).isEqualTo(Progress.HUNGRY);
    assertThat(lonely.heldBytes()).isZero();
    var late = taker(lonely.branch());
    source.give("bbbbb");
    assertThat(late.takeAll()).containsExactly("bbbbb");
  }

  @Test
  void aFailingSourceFailsEveryConsumerAfterWhatWasBuffered() {
    var one = taker(words.branch());
    var two = taker(words.branch(Pace.dropOldest(5)));
    var source = giver(words);
    source.give("aaaa");
    source.give("bbbb");
    var boom = new IOException("boom");
    source.abort(boom);
    assertThat(one.takeAll()).containsExactly("aaaa", "bbbb");
    assertThat(two.takeAll()).containsExactly("bbbb");
    assertThat(one.failure).isSameAs(boom);
    assertThat(two.failure).isSameAs(boom);
    assertThat(one.ended || two.ended).isFalse();
  }

  @Test
  void nobodySeesAnEndBeforeEveryPartOfTheSourcesRunHasSucceeded() {
    var consumer = taker(words.branch());
    var source = giver(words);
    source.give("aaaa");
    source.finish();
    assertThat(source.poll()).isEqualTo(Progress.DONE);
    assertThat(consumer.takeAll()).containsExactly("aaaa");
    assertThat(consumer.ended).isFalse();
    var boom = new IOException("a part before failed in its commit");
    source.abort(boom);
    consumer.takeAll();
    assertThat(consumer.ended).isFalse();
    assertThat(consumer.failure).isSameAs(boom);
  }

  @Test
  void aCancelOfARunThatWaitsForItsConsumersIsTheirFailure() {
    var slow = taker(words.branch());
    var source = giver(words);
    source.give("aaaa");
    source.finish();
    assertThat(source.commit()).isFalse();
    var cancel = new IllegalStateException("cancelled");
    source.abort(cancel);
    assertThat(source.settled()).isTrue();
    assertThat(slow.takeAll()).containsExactly("aaaa");
    assertThat(slow.failure).isSameAs(cancel);
  }

  @Test
  void theSourcesRunIsOverWhenThoseThatHoldItHaveTakenEverything() {
    var holds = taker(words.branch());
    taker(words.branch(Pace.dropNewest(5)));
    var source = giver(words);
    source.give("aaaa");
    source.give("bbbb");
    source.finish();
    assertThat(source.commit()).isFalse();
    holds.step();
    holds.step();
    assertThat(source.settled()).isFalse();
    holds.step();
    source.hand.runReady();
    assertThat(source.wakes).isPositive();
    assertThat(source.settled()).isTrue();
    assertThat(holds.ended).isTrue();
  }

  @Test
  void failEndsTheSourceAndTheConsumers() {
    var consumer = taker(words.branch());
    var source = giver(words);
    source.give("aaaa");
    var boom = new IllegalStateException("enough");
    words.fail(boom);
    assertThatThrownBy(source::poll).isSameAs(boom);
    assertThat(consumer.takeAll()).containsExactly("aaaa");
    assertThat(consumer.failure).isSameAs(boom);
  }

  @Test
  void aConsumerThatWaitsIsWokenByAChunkByTheEndAndByAFailure() {
    for (int how = 0; how < 3; how++) {
      var hub = words(HubOptions.bound(10));
      var consumer = taker(hub.branch());
      var source = giver(hub);
      assertThat(consumer.step()).isEqualTo(Progress.WAITING);
      switch (how) {
        case 0 -> source.give("a");
        case 1 -> source.commit();
        default -> source.abort(new IOException("boom"));
      }
      consumer.hand.runReady();
      assertThat(consumer.wakes).isEqualTo(1);
    }
  }

  // What serves once.

  @Test
  void aSecondSourceIsRefused() {
    giver(words);
    var second = new Giver<>(words.target());
    open.add(second);
    assertThatThrownBy(second::opened).hasMessageContaining("words has had its source");
    second.abort(new IOException("refused"));
    var consumer = taker(words.branch());
    assertThat(consumer.step()).as("the first goes on").isEqualTo(Progress.WAITING);
  }

  @Test
  void aSecondRunOfABranchIsRefusedAndTheFirstGoesOn() {
    var branch = words.branch();
    var first = taker(branch);
    var second = new Taker<>(branch);
    open.add(second);
    assertThatThrownBy(second::opened).hasMessageContaining("has had its run");
    second.leave(new IOException("refused"));
    giver(words).give("one");
    assertThat(first.takeAll()).containsExactly("one");
  }

  // What it says of itself, and where it runs.

  @Test
  void theRingIsATermOfTheSourceAndWhatDropsATermOfTheConsumer() {
    var target = words.target();
    assertThat(target.footprint(5).terms()).extracting(Object::toString).containsExactly("hub 10");
    assertThat(words.branch().footprint(0).terms()).isEmpty();
    assertThat(words.branch().footprint(0).chunkMaxBytes()).isEqualTo(5);
    assertThat(words.branch(Pace.dropNewest(7)).footprint(0).terms())
        .extracting(Object::toString)
        .containsExactly("branch 7");
  }

  @Test
  void liveStreamsOnOneStrandCanBeSourceAndConsumers() {
    try (var hand = new HandTurned()) {
      var seen = new ArrayList<String>();
      hand.turn(
          () -> {
            for (var name : List.of("one", "two")) {
              var stream = words.branch(name, Pace.hold()).open();
              var _ = stream.onData(word -> seen.add(name + " " + word));
              var _ = stream.onEnd(() -> seen.add(name + " ended"));
            }
          });
      hand.runReady();
      hand.turn(
          () -> {
            var in = words.target().open();
            var _ = in.write("hi");
            in.end("you");
          });
      hand.runUntilIdle();
      assertThat(seen).containsExactlyInAnyOrder("one hi", "two hi", "one you", "two you", "one ended", "two ended");
      assertThat(seen.indexOf("one hi")).isLessThan(seen.indexOf("one you"));
    }
  }

  @Test
  void aLiveStreamThatIsDestroyedHasLeft() {
    try (var hand = new HandTurned()) {
      var streams = new ArrayList<ReadableStream<String>>();
      hand.turn(() -> streams.add(words.branch().open()));
      hand.runReady();
      assertThat(words.consumers()).isEqualTo(1);
      hand.turn(() -> streams.getFirst().destroy());
      hand.runUntilIdle();
      assertThat(words.consumers()).isZero();
    }
  }

  @Test
  @Timeout(30)
  void aSourceThatFailsInARunFailsTheConsumersRunWithTheSameError() throws Exception {
    var boom = new IOException("boom");
    var consumer =
        Pipeline.from(words.branch("reader", Pace.hold()))
            .to(Target.of("nowhere", () -> WritableStream.<String>to((_, done) -> done.ok())))
            .named("consumer");
    var source =
        Pipeline.from(
                Origin.of(
                    "source",
                    () ->
                        ReadableStream.<String>from(
                            feed -> {
                              feed.push("one");
                              throw boom;
                            })))
            .to(words.target());
    var run = consumer.start();
    assertThatThrownBy(source::run).isInstanceOf(PipelineException.class).hasCause(boom);
    assertThatThrownBy(run::join)
        .isInstanceOf(PipelineException.class)
        .hasCause(boom)
        .satisfies(e -> assertThat(((PipelineException) e).stage()).isEqualTo("reader"));
  }
}
