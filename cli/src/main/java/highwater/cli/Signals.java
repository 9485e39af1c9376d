package highwater.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/// Hears SIGINT, SIGTERM and SIGHUP in place of the JVM, whose own handler ignores a second signal. A signal that was ignored when the process began stays ignored.
///
/// This needs `sun.misc.Signal`, which every JDK has and no compiler likes, so it is called by reflection.
final class Signals {
  private Signals() {}

  /// Has `heard` told the number of each signal, on a thread of its own; false where this JVM has no such thing, or was told to
  /// leave signals alone (`-Xrs`).
  static boolean handle(IntConsumer heard) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      var number = signal.getMethod("getNumber");
      InvocationHandler telling =
          (_, _, received) -> {
            heard.accept((Integer) number.invoke(received[0]));
            return null;
          };
      Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, telling);
      var install = signal.getMethod("handle", signal, handler);
      var named = signal.getConstructor(String.class);
      for (String name : new String[] {"INT", "TERM", "HUP"}) install.invoke(null, named.newInstance(name), ours);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
