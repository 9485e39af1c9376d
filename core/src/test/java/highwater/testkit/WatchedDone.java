package highwater.testkit;

import highwater.Done;
import java.util.concurrent.atomic.AtomicInteger;

/// An acknowledgement that notes how often it is given.
final class WatchedDone implements Done {
  private final Rules rules;
  private final String call;
  private final Done done;
  private final AtomicInteger count = new AtomicInteger();

  WatchedDone(Rules rules, String call, Done done) {
    this.rules = rules;
    this.call = call;
    this.done = done;
    rules.owe(call);
  }

  private void given() {
    int times = count.incrementAndGet();
    if (times == 1) rules.answered(call);
    rules.require(times == 1, call + " was acknowledged " + times + " times (expected: done.ok() or done.fail() once)");
  }

  @Override
  public void ok() {
    given();
    done.ok();
  }

  @Override
  public void fail(Throwable error) {
    given();
    done.fail(error);
  }
}
