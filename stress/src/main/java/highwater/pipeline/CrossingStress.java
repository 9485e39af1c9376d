package highwater.pipeline;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.Semaphore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// A producer and a consumer that meet in a crossing: nothing is lost or out of order, the end comes last, and whoever says
/// that it waits is woken. Neither looks before it waits, so that the two meet there.
public final class CrossingStress {
  private static final long NO_LOOK = 0;

  private CrossingStress() {}

  private static Crossing<Integer> crossing(int bound) {
    return new Crossing<>(bound, NO_LOOK);
  }

  /// The consumer finds nothing and is about to wait while an object comes.
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "it was seen, and perhaps told of as well")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it waits, and is woken")
  @Outcome(expect = FORBIDDEN, desc = "it waits for ever")
  @State
  public static class PutMeetsAWaitForIt {
    private final Crossing<Integer> crossing = crossing(4);
    private int wakes;

    public PutMeetsAWaitForIt() {
      // By the producer, inside its put.
      crossing.consumerWokenBy(() -> wakes++);
    }

    @Actor
    public void producer() {
      crossing.put(1);
    }

    @Actor
    public void consumer(II_Result result) {
      result.r1 = crossing.awaitNext() ? 1 : 0;
    }

    @Arbiter
    public void look(II_Result result) {
      result.r2 = wakes;
    }
  }

  /// The producer finds no room and is about to wait while there comes some.
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "it was seen, and perhaps told of as well")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it waits, and is woken")
  @Outcome(expect = FORBIDDEN, desc = "it waits for ever")
  @State
  public static class TakeMeetsAWaitForRoom {
    private final Crossing<Integer> crossing = crossing(1);
    private int wakes;

    public TakeMeetsAWaitForRoom() {
      crossing.producerWokenBy(() -> wakes++);
      crossing.put(1);
    }

    @Actor
    public void producer(II_Result result) {
      result.r1 = crossing.awaitRoom() ? 1 : 0;
    }

    @Actor
    public void consumer() {
      if (!crossing.hasNext()) throw new AssertionError("it was put before");
      crossing.take();
      crossing.letGoOn();
    }

    @Arbiter
    public void look(II_Result result) {
      result.r2 = wakes;
    }
  }

  /// The end is said right after an object: whoever finds it over finds nothing left.
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "not over yet")
  @Outcome(expect = FORBIDDEN, desc = "an end before the last object was taken")
  @State
  public static class EndMeetsALookForIt {
    private final Crossing<Integer> crossing = crossing(4);

    @Actor
    public void producer() {
      crossing.put(1);
      crossing.end();
    }

    @Actor
    public void consumer(II_Result result) {
      result.r1 = crossing.isOver() ? 1 : 0;
      result.r2 = crossing.hasNext() ? 1 : 0;
    }
  }

  /// All comes over in order, then the end, with room for so few that each side waits for the other; nobody sleeps for ever.
  abstract static class Flow {
    private static final int LAST = 8;

    private final Crossing<Integer> crossing;
    private final Semaphore room = new Semaphore(0);
    private final Semaphore news = new Semaphore(0);

    Flow(int bound) {
      crossing = crossing(bound);
      crossing.producerWokenBy(room::release);
      crossing.consumerWokenBy(news::release);
    }

    void produce() {
      for (int i = 1; i <= LAST; i++) {
        while (!crossing.hasRoom() && !crossing.awaitRoom()) room.acquireUninterruptibly();
        crossing.put(i);
      }
      crossing.end();
    }

    String consume() {
      var taken = new StringBuilder();
      while (true) {
        if (crossing.hasNext() || crossing.awaitNext()) {
          taken.append(crossing.take());
          crossing.letGoOn();
        } else if (crossing.isOver()) {
          return taken.toString();
        } else {
          news.acquireUninterruptibly();
        }
      }
    }
  }

  /// One place.
  @JCStressTest
  @Outcome(id = "12345678", expect = ACCEPTABLE, desc = "all, in order, then the end")
  @Outcome(expect = FORBIDDEN, desc = "lost, twice, or out of order")
  @State
  public static class FlowThroughOnePlace extends Flow {
    public FlowThroughOnePlace() {
      super(1);
    }

    @Actor
    public void producer() {
      produce();
    }

    @Actor
    public void consumer(L_Result result) {
      result.r1 = consume();
    }
  }

  /// Three places of a ring of four.
  @JCStressTest
  @Outcome(id = "12345678", expect = ACCEPTABLE, desc = "all, in order, then the end")
  @Outcome(expect = FORBIDDEN, desc = "lost, twice, or out of order")
  @State
  public static class FlowThroughThreePlaces extends Flow {
    public FlowThroughThreePlaces() {
      super(3);
    }

    @Actor
    public void producer() {
      produce();
    }

    @Actor
    public void consumer(L_Result result) {
      result.r1 = consume();
    }
  }
}
