package highwater.strand;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Threads that meet a strand: no turn is lost, none runs after the end, and plain fields of the strand need no more.
public final class StrandHostStress {
  private StrandHostStress() {}

  /// A turn is posted while the strand ends: it is taken and runs, or it is refused and the strand ends.
  @JCStressTest
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "posted first: it runs, and the strand goes on")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "ended first: it is refused")
  @Outcome(expect = FORBIDDEN, desc = "lost, or run after the end")
  @State
  public static class PostMeetsClose {
    private final HandTurned hand = new HandTurned();
    private int ran;

    @Actor
    public void poster(III_Result result) {
      result.r1 = hand.strand().post(() -> ran++) ? 1 : 0;
    }

    @Actor
    public void host(III_Result result) {
      result.r2 = hand.strand().host().close() ? 1 : 0;
    }

    @Arbiter
    public void look(III_Result result) {
      if (result.r2 == 0) hand.runReady();
      result.r3 = ran;
    }
  }

  /// Two threads wake an idle strand again and again: every turn runs, one at a time, and sees what the last one wrote.
  abstract static class Wakes {
    private static final int POSTS = 4;

    private final Running running;
    private int turns;

    Wakes(Hosting hosting) {
      running = Strand.start(hosting, () -> Strand.current().hold());
    }

    void post() {
      for (int i = 0; i < POSTS; i++) running.strand().post(() -> turns++);
    }

    int turns() {
      running.strand().post(running.strand()::release);
      try {
        running.join();
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
      return turns;
    }
  }

  /// A file host takes the strand up.
  @JCStressTest
  @Outcome(id = "8", expect = ACCEPTABLE, desc = "each turn once")
  @Outcome(expect = FORBIDDEN, desc = "a turn lost, or two at a time")
  @State
  public static class PostsWakeAFileHost extends Wakes {
    public PostsWakeAFileHost() {
      super(Hosting.FILE_HOST);
    }

    @Actor
    public void one() {
      post();
    }

    @Actor
    public void other() {
      post();
    }

    @Arbiter
    public void look(I_Result result) {
      result.r1 = turns();
    }
  }

  /// A virtual thread is made to take the strand up.
  @JCStressTest
  @Outcome(id = "8", expect = ACCEPTABLE, desc = "each turn once")
  @Outcome(expect = FORBIDDEN, desc = "a turn lost, or two at a time")
  @State
  public static class PostsWakeAVirtualThread extends Wakes {
    public PostsWakeAVirtualThread() {
      super(Hosting.VIRTUAL_THREAD);
    }

    @Actor
    public void one() {
      post();
    }

    @Actor
    public void other() {
      post();
    }

    @Arbiter
    public void look(I_Result result) {
      result.r1 = turns();
    }
  }

  /// Turns posted by one thread run in the order of its posts, whoever posts between them and whenever the host looks.
  @JCStressTest
  @Outcome(
      id = {"abc", "acb", "cab"},
      expect = ACCEPTABLE,
      desc = "a before b")
  @Outcome(expect = FORBIDDEN, desc = "out of order, or lost")
  @State
  public static class PostsKeepTheirOrder {
    private final HandTurned hand = new HandTurned();
    private final StringBuilder ran = new StringBuilder();

    @Actor
    public void one() {
      hand.strand().post(() -> ran.append('a'));
      hand.strand().post(() -> ran.append('b'));
    }

    @Actor
    public void other() {
      hand.strand().post(() -> ran.append('c'));
      hand.runReady();
    }

    @Arbiter
    public void look(L_Result result) {
      hand.runReady();
      result.r1 = ran.toString();
    }
  }
}
