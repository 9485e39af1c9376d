package highwater.strand;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/// A producer and a consumer that meet in a handover: nothing is lost or given twice, and whoever waits is called.
public final class HandoverStress {
  private HandoverStress() {}

  /// An offer meets a cancel: what was taken is given back once, what was refused stays with the producer.
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "taken, then dropped")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused")
  @Outcome(expect = FORBIDDEN, desc = "lost, or given back twice")
  @State
  public static class OfferMeetsCancel {
    private final AtomicInteger dropped = new AtomicInteger();
    private final Handover<String> handover = new Handover<>(1, _ -> 1, _ -> dropped.incrementAndGet());

    @Actor
    public void producer(II_Result result) {
      result.r1 = handover.offer("item") == Handover.Offer.TAKEN ? 1 : 0;
    }

    @Actor
    public void consumer() {
      handover.cancel(new IllegalStateException("enough"));
    }

    @Arbiter
    public void look(II_Result result) {
      result.r2 = dropped.get();
    }
  }

  /// A poll meets a cancel from a third thread: the consumer has the item, or it is given back.
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "polled")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "dropped")
  @Outcome(expect = FORBIDDEN, desc = "lost, or given twice")
  @State
  public static class PollMeetsCancel {
    private final AtomicInteger dropped = new AtomicInteger();
    private final Handover<String> handover = new Handover<>(1, _ -> 1, _ -> dropped.incrementAndGet());

    public PollMeetsCancel() {
      handover.offer("item");
    }

    @Actor
    public void consumer(II_Result result) {
      result.r1 = handover.poll() == null ? 0 : 1;
    }

    @Actor
    public void other() {
      handover.cancel(new IllegalStateException("enough"));
    }

    @Arbiter
    public void look(II_Result result) {
      result.r2 = dropped.get();
    }
  }

  /// An offer finds no room while the consumer makes some: the producer's strand is called back.
  @JCStressTest
  @Outcome(id = "TAKEN, 0", expect = ACCEPTABLE, desc = "room was made first")
  @Outcome(id = "FULL, 1", expect = ACCEPTABLE, desc = "no room, and called when there is some")
  @Outcome(expect = FORBIDDEN, desc = "the producer waits for ever, or is called for nothing")
  @State
  public static class FullOfferMeetsPoll {
    private final HandTurned hand = new HandTurned();
    private final Handover<String> handover = new Handover<>(1, _ -> 1);
    private int calls;

    public FullOfferMeetsPoll() {
      handover.onRoom(hand.strand(), () -> calls++);
      handover.offer("first");
    }

    @Actor
    public void producer(LI_Result result) {
      result.r1 = handover.offer("second");
    }

    @Actor
    public void consumer() {
      handover.poll();
    }

    @Arbiter
    public void look(LI_Result result) {
      hand.runReady();
      result.r2 = calls;
    }
  }

  /// A poll finds nothing while an item comes: the consumer's strand is called.
  @JCStressTest
  @Outcome(
      id = {"null, 1", "item, 1"},
      expect = ACCEPTABLE,
      desc = "called, if the item was seen already or not")
  @Outcome(expect = FORBIDDEN, desc = "the consumer waits for ever, or is called twice for one item")
  @State
  public static class EmptyPollMeetsOffer {
    private final HandTurned hand = new HandTurned();
    private final Handover<String> handover = new Handover<>(1, _ -> 1);
    private int calls;

    public EmptyPollMeetsOffer() {
      handover.onReady(hand.strand(), () -> calls++);
    }

    @Actor
    public void producer() {
      handover.offer("item");
    }

    @Actor
    public void consumer(LI_Result result) {
      result.r1 = handover.poll();
    }

    @Arbiter
    public void look(LI_Result result) {
      hand.runReady();
      result.r2 = calls;
    }
  }

  /// Two threads with room for one item between them: all comes over, in order, then the end; nobody sleeps for ever.
  @JCStressTest
  @Outcome(id = "1, 2, null", expect = ACCEPTABLE, desc = "both items, then the end")
  @Outcome(expect = FORBIDDEN, desc = "lost, out of order, or an end too early")
  @State
  public static class PutMeetsTake {
    private final Handover<String> handover = new Handover<>(1, _ -> 1);

    @Actor
    public void producer() {
      try {
        handover.put("1");
        handover.put("2");
        handover.end();
      } catch (InterruptedException interrupted) {
        handover.fail(interrupted);
      }
    }

    @Actor
    public void consumer(LLL_Result result) {
      try {
        result.r1 = handover.take();
        result.r2 = handover.take();
        result.r3 = handover.take();
      } catch (InterruptedException | ExecutionException failed) {
        result.r3 = failed;
      }
    }
  }
}
