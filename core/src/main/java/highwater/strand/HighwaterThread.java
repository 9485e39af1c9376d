package highwater.strand;

/// A platform thread of Highwater's own: a daemon named `highwater-…`, on which nothing may wait for a strand.
///
/// Thread rule: any thread may make one. [Strand#run] refuses to be called on one, for it would wait where others work.
public final class HighwaterThread extends Thread {
  HighwaterThread(String what, Runnable body) {
    super(null, body, "highwater-" + what, 0, false);
    setDaemon(true);
  }

  /// Starts `body` on a new thread called `highwater-WHAT`.
  public static HighwaterThread start(String what, Runnable body) {
    var thread = new HighwaterThread(what, body);
    thread.start();
    return thread;
  }
}
