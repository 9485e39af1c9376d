package highwater.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;

/// Ends the process at once when one more signal comes while the first is being obeyed.
///
/// The JVM itself ignores it: its handler waits for the shutdown that is under way. A handler of our own needs
/// `sun.misc.Signal`, which every JDK has and no compiler likes, so it is called by reflection; only now, after the first
/// signal, so that no start pays for it.
final class SecondSignal {
  private static final Duration UNDO_AT_MOST = Duration.ofMillis(100);

  private SecondSignal() {}

  /// Runs `undo`, for a moment at most, and halts, on the next SIGINT, SIGTERM or SIGHUP.
  static void endsAtOnce(Runnable undo) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler halt =
          (_, _, received) -> {
            halt(undo, 128 + (Integer) signal.getMethod("getNumber").invoke(received[0]));
            return null;
          };
      Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, halt);
      var install = signal.getMethod("handle", signal, handler);
      for (String name : new String[] {"INT", "TERM", "HUP"}) {
        install.invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // Without it the second signal is ignored, and the first ends the process within its two seconds.
    }
  }

  private static void halt(Runnable undo, int status) {
    var undoing = Thread.ofPlatform().daemon().start(undo);
    try {
      var _ = undoing.join(UNDO_AT_MOST);
    } catch (InterruptedException e) {
      // The process ends in the next line.
    }
    Runtime.getRuntime().halt(status);
  }
}
