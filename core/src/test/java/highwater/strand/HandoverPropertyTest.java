package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.strand.Handover.Offer;
import highwater.strand.Handover.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Handover against a plain model, then across threads with random endings: every item is taken, dropped or kept, once.
@Timeout(60)
class HandoverPropertyTest {
  private record Item(int number, long bytes) {}

  @Test
  void oneStepAtATimeItDoesWhatAPlainQueueWithABoundDoes() {
    var random = new Random(Seed.forThisRun());
    for (int run = 0; run < 200; run++) {
      long bound = 1L + random.nextInt(50);
      var handover = new Handover<Item>(bound, Item::bytes);
      var model = new ArrayDeque<Item>();
      for (int step = 0; step < 200; step++) {
        if (random.nextBoolean()) {
          var item = new Item(step, 1 + random.nextInt(random.nextInt(10) == 0 ? 80 : 20));
          long queued = model.stream().mapToLong(Item::bytes).sum();
          boolean fits = model.isEmpty() || queued + item.bytes <= bound;
          assertThat(handover.offer(item)).isEqualTo(fits ? Offer.TAKEN : Offer.FULL);
          if (fits) model.add(item);
        } else {
          assertThat(handover.poll()).isEqualTo(model.poll());
        }
        assertThat(handover.queuedBytes()).isEqualTo(model.stream().mapToLong(Item::bytes).sum());
      }
    }
  }

  @RepeatedTest(20)
  void acrossThreadsEveryItemIsTakenInOrderOrDroppedOrKeptByTheProducer(RepetitionInfo repetition) throws Exception {
    long seed = Seed.forThisRun() + repetition.getCurrentRepetition();
    var random = new Random(seed);
    int items = 1 + random.nextInt(3_000);
    long bound = 1L + random.nextInt(200);
    int cancelAfter = random.nextInt(3) == 0 ? random.nextInt(items) : Integer.MAX_VALUE;
    boolean fails = random.nextBoolean();
    boolean consumerIsStrand = random.nextBoolean();
    boolean producerIsVirtual = random.nextBoolean();

    var dropped = new ConcurrentLinkedQueue<Integer>();
    var handover = new Handover<Item>(bound, Item::bytes, item -> dropped.add(item.number));
    var why = new IllegalStateException("why");
    var kept = new ConcurrentLinkedQueue<Integer>();
    var producer =
        HandoverTest.start(
            producerIsVirtual,
            () -> {
              var sizes = new Random(seed);
              for (int i = 0; i < items; i++) {
                if (!handover.put(new Item(i, sizes.nextInt(40)))) kept.add(i);
              }
              if (fails) handover.fail(why);
              else handover.end();
            });

    var taken = new ArrayList<Integer>();
    var lastPhase = new ArrayList<Phase>();
    if (consumerIsStrand) {
      Strand.run(() -> consumeOnStrand(handover, taken, lastPhase, cancelAfter, why));
    } else {
      consumeOnThread(handover, taken, cancelAfter, why);
      lastPhase.add(handover.phase());
    }
    producer.join();

    assertThat(lastPhase)
        .containsExactly(cancelAfter != Integer.MAX_VALUE ? Phase.CANCELLED : fails ? Phase.FAILED : Phase.ENDED);
    for (int i = 0; i < taken.size(); i++) assertThat(taken.get(i)).isEqualTo(i);
    Set<Integer> all = new HashSet<>(taken);
    all.addAll(dropped);
    all.addAll(kept);
    assertThat(all).hasSize(items);
    assertThat(taken.size() + dropped.size() + kept.size()).isEqualTo(items);
    assertThat(handover.queuedBytes()).isZero();
  }

  private static void consumeOnThread(Handover<Item> handover, List<Integer> taken, int cancelAfter, Throwable why)
      throws InterruptedException {
    try {
      for (; ; ) {
        if (taken.size() == cancelAfter) handover.cancel(why);
        var item = handover.take();
        if (item == null) return;
        taken.add(item.number);
        checkBound(handover);
      }
    } catch (ExecutionException failed) {
      assertThat(failed).hasCause(why);
    }
  }

  private static void consumeOnStrand(
      Handover<Item> handover, List<Integer> taken, List<Phase> lastPhase, int cancelAfter, Throwable why) {
    var strand = Strand.current();
    strand.hold();
    handover.onReady(
        strand,
        () -> {
          if (!lastPhase.isEmpty()) return;
          for (; ; ) {
            if (taken.size() == cancelAfter) handover.cancel(why);
            var item = handover.poll();
            if (item == null) break;
            taken.add(item.number);
            checkBound(handover);
          }
          if (handover.phase() == Phase.OPEN) return;
          lastPhase.add(handover.phase());
          strand.release();
        });
    if (cancelAfter == 0) strand.post(() -> handover.cancel(why));
  }

  private static void checkBound(Handover<Item> handover) {
    long queued = handover.queuedBytes();
    assertThat(queued).isLessThanOrEqualTo(Math.max(handover.boundBytes(), 40));
  }
}
