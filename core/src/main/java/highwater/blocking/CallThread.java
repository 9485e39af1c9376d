package highwater.blocking;

import highwater.strand.HighwaterThread;

/// The kind of thread that makes calls which wait.
public enum CallThread {
  /// A daemon of the system's: for files, pipes and processes, in whose calls a virtual thread would hold its carrier.
  PLATFORM {
    @Override
    public Thread start(String what, Runnable body) {
      return HighwaterThread.start(what, body);
    }
  },
  /// A virtual thread: for sockets, locks and sleeps, in which it holds nothing.
  VIRTUAL {
    @Override
    public Thread start(String what, Runnable body) {
      return Thread.ofVirtual().name("highwater-" + what).start(body);
    }
  };

  /// Starts `body` on a new thread called `highwater-WHAT`.
  public abstract Thread start(String what, Runnable body);
}
