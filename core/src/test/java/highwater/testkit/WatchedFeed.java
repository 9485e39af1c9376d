package highwater.testkit;

import highwater.Feed;

/// A feed that notes whether its rules are kept.
final class WatchedFeed<T> implements Feed<T> {
  private final Rules rules;
  private final String who;
  private final Feed<T> feed;
  private final Frozen frozen;
  private final boolean heedsFalse;
  private boolean asked;
  private boolean full;
  private boolean ended;

  WatchedFeed(Rules rules, String who, Feed<T> feed, Frozen frozen, boolean heedsFalse) {
    this.rules = rules;
    this.who = who;
    this.feed = feed;
    this.frozen = frozen;
    this.heedsFalse = heedsFalse;
  }

  void ask() {
    if (!asked) rules.owe(who + ".read");
    asked = true;
    full = false;
  }

  private void answer() {
    if (asked) rules.answered(who + ".read");
    asked = false;
  }

  @Override
  public boolean push(T chunk) {
    answer();
    rules.require(!ended, who + " pushes after end() (expected: nothing)");
    rules.require(
        !heedsFalse || !full, who + " pushes after push said false (expected: to wait until it is asked again)");
    frozen.add(chunk);
    boolean more = feed.push(chunk);
    full = !more;
    return more;
  }

  @Override
  public void end() {
    answer();
    ended = true;
    feed.end();
  }

  @Override
  public void fail(Throwable error) {
    answer();
    feed.fail(error);
  }

  @Override
  public long wanted() {
    return feed.wanted();
  }
}
