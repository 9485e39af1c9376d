package highwater.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.StreamOptions;
import highwater.WritableStream;
import highwater.contract.Remains;
import highwater.memory.Budget;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The rules of a share that a broadcast does not have: words, which weigh their letters.
@Timeout(60)
class ShareTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  /// Gives the words of one run, and tells what was done to it.
  private static final class Words implements PullOrigin<String> {
    final AtomicInteger opens = new AtomicInteger();
    final AtomicInteger given = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    final int count;
    @Nullable Exception openFails;
    @Nullable Exception endFails;

    Words(int count) {
      this.count = count;
    }

    @Override
    public String name() {
      return "words";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("words", 5);
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Pull<String> pull() {
      return new Pull<>() {
        @Override
        public void open(highwater.pipeline.PartContext context) throws Exception {
          opens.incrementAndGet();
          if (openFails != null) throw openFails;
        }

        @Override
        public Progress poll() throws Exception {
          if (given.get() < count) return Progress.READY;
          if (endFails != null) throw endFails;
          return Progress.DONE;
        }

        @Override
        public String next() {
          return "w" + given.getAndIncrement();
        }

        @Override
        public void close() {
          closes.incrementAndGet();
        }
      };
    }
  }

  private <T> Taker<T> taker(PullOrigin<T> origin) {
    var taker = new Taker<>(origin).opened();
    open.add(taker);
    return taker;
  }

  @AfterEach
  void close() throws Exception {
    for (var part : open) part.close();
  }

  private static Share<String> share(Words words, HubOptions options) {
    return Share.ofObjects(words, String::length, options.chunkAtMost(5));
  }

  /// Asks until there is a chunk, the end or a failure.
  private static <T> Progress next(Taker<T> taker) {
    var seen = new Progress[1];
    Remains.await("a chunk", () -> (seen[0] = taker.step()) != Progress.WAITING);
    return seen[0];
  }

  @Test
  void itsRunBeginsWithTheFirstConsumerAndNothingIsReadAhead() {
    var words = new Words(100);
    var share = share(words, HubOptions.bound(1000));
    var branch = share.branch();
    assertThat(words.opens).hasValue(0);
    var consumer = taker(branch);
    Remains.await("the open", () -> words.opens.get() == 1);
    assertThat(words.given).hasValue(0);
    for (int i = 1; i <= 10; i++) {
      next(consumer);
      assertThat(words.given).hasValue(i);
    }
    assertThat(consumer.got).startsWith("w0", "w1").hasSize(10);
  }

  @Test
  void theFastestConsumerSetsThePaceAsFarAsThoseThatHoldLetIt() {
    var words = new Words(100);
    var share = share(words, HubOptions.bound(8).startingWith(2));
    var fast = taker(share.branch());
    var slow = taker(share.branch());
    for (int i = 0; i < 4; i++) next(fast);
    assertThat(fast.step()).isEqualTo(Progress.WAITING);
    assertThat(share.heldBytes()).isEqualTo(8);
    for (int i = 0; i < 4; i++) assertThat(slow.step()).isEqualTo(Progress.READY);
    assertThat(slow.got).containsExactly("w0", "w1", "w2", "w3");
    // The source may have gone on already, when half was empty.
    next(fast);
    assertThat(fast.got).hasSize(5);
  }

  @Test
  void aLateConsumerBeginsWithTheNextChunkWhateverIsBuffered() {
    var words = new Words(5);
    var share = share(words, HubOptions.bound(100).startingWith(2));
    var fast = taker(share.branch());
    var slow = taker(share.branch());
    for (int i = 0; i < 3; i++) next(fast);
    assertThat(share.heldBytes()).isEqualTo(6);
    var late = taker(share.branch());
    next(late);
    assertThat(late.got).containsExactly("w3");
    next(slow);
    assertThat(slow.got).containsExactly("w0");
  }

  @Test
  void aSourceThatCannotBeOpenedFailsTheConsumers() {
    var words = new Words(5);
    words.openFails = new IOException("no such file");
    var share = share(words, HubOptions.bound(10));
    var consumer = taker(share.branch());
    next(consumer);
    assertThat(consumer.failure).isSameAs(words.openFails);
  }

  @Test
  void aSourceThatFailsAtItsEndFailsEveryConsumer() {
    var words = new Words(2);
    words.endFails = new IOException("truncated");
    var share = share(words, HubOptions.bound(10).startingWith(2));
    var one = taker(share.branch());
    var two = taker(share.branch());
    for (int i = 0; i < 3; i++) {
      next(one);
      next(two);
    }
    assertThat(one.got).containsExactly("w0", "w1");
    assertThat(one.failure).isSameAs(words.endFails);
    assertThat(two.got).containsExactly("w0", "w1");
    assertThat(two.failure).isSameAs(words.endFails);
  }

  @Test
  void aRunThatItsBudgetRefusesFailsTheConsumers() {
    var share =
        Share.ofObjects(
            "words",
            String::length,
            HubOptions.bound(1000),
            target -> Pipeline.from(new Words(5)).to(target).withBudget(Budget.of(10)));
    var consumer = taker(share.branch());
    next(consumer);
    assertThat(consumer.failure).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1,000 bytes");
  }

  @Test
  void whenTheLastLeavesTheSourceIsClosed() {
    var words = new Words(1000);
    var share = share(words, HubOptions.bound(10));
    var one = taker(share.branch());
    var two = taker(share.branch());
    next(one);
    one.leave(null);
    next(two);
    assertThat(words.closes).hasValue(0);
    two.leave(null);
    Remains.await("the close", () -> words.closes.get() == 1);
    assertThat(words.given.get()).isLessThan(10);
  }

  @Test
  void aSourceThatGoesOnAloneWaitsForTheNextConsumer() {
    var words = new Words(1000);
    var share = share(words, HubOptions.bound(10).goingOnAlone());
    var one = taker(share.branch());
    next(one);
    one.leave(null);
    var two = taker(share.branch());
    next(two);
    assertThat(two.got).containsExactly("w1");
    assertThat(words.closes).hasValue(0);
    share.fail(new IOException("enough"));
    Remains.await("the close", () -> words.closes.get() == 1);
  }

  @Test
  void pipelinesOnThreadsOfTheirOwnGetEverything() throws Exception {
    var words = new Words(500);
    var budget = Budget.of(1 << 20);
    var share =
        Share.ofObjects(
            "words",
            String::length,
            HubOptions.bound(50).startingWith(3),
            target -> Pipeline.from(words).to(target).withBudget(budget));
    var runs = new ArrayList<PipelineRun>();
    var got = new ArrayList<List<String>>();
    for (int i = 0; i < 3; i++) {
      var list = new ArrayList<String>();
      got.add(list);
      runs.add(Pipeline.from(share.branch()).to(list(list)).start());
    }
    for (var run : runs) run.join();
    for (var list : got) assertThat(list).hasSize(500).startsWith("w0", "w1").endsWith("w499");
    Remains.await("the budget", () -> budget.usedBytes() == 0);
    assertThat(share.heldBytes()).isZero();
  }

  @Test
  void aConsumerWhosePipelineFailsLeavesTheOthers() throws Exception {
    var share = share(new Words(100), HubOptions.bound(20).startingWith(2));
    var list = new ArrayList<String>();
    var good = Pipeline.from(share.branch()).to(list(list)).start();
    var boom = new IllegalStateException("boom");
    var bad =
        Pipeline.from(share.branch())
            .to(
                Target.of(
                    "bad",
                    () ->
                        WritableStream.<String>to(
                            (_, _) -> {
                              throw boom;
                            })))
            .start();
    good.join();
    assertThat(list).hasSize(100);
    assertThatThrownBy(bad::join).isInstanceOf(PipelineException.class).hasCause(boom);
  }

  @Test
  void aLiveStreamIsAnOriginToo() throws Exception {
    var origin = Origin.of("live", () -> new Words(3).open());
    var share = Share.ofObjects(origin, String::length, HubOptions.bound(20));
    var list = new ArrayList<String>();
    Pipeline.from(share.branch()).to(list(list)).run();
    assertThat(list).containsExactly("w0", "w1", "w2");
  }

  private static Target<String> list(List<String> list) {
    return Target.of(
        "list",
        () ->
            WritableStream.<String>to(
                (word, done) -> {
                  list.add(word);
                  done.ok();
                }));
  }
}
