package highwater.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/// Hears SIGINT, SIGTERM and SIGHUP in place of the JVM, whose own handler ignores a second signal; and SIGUSR1, which asks. A
/// signal that was ignored when the process began stays ignored.
///
/// This needs `sun.misc.Signal`, which every JDK has and no compiler likes, so it is called by reflection.
final class Signals {
  private Signals() {}

  /// Has `heard` told the number of each signal that ends a process, on a thread of its own; false where this JVM has no such
  /// thing, or was told to leave signals alone (`-Xrs`).
  static boolean handle(IntConsumer heard) {
    // The JVM itself leaves those alone that were ignored.
    try {
      for (String name : new String[] {"INT", "TERM", "HUP"}) install(name, heard);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  /// Has `asked` called at each SIGUSR1, on a thread of its own; false where there is no such signal, or it was ignored.
  static boolean hearQuestions(Runnable asked) {
    try {
      Object before = install("USR1", _ -> asked.run());
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      if (before != handler.getField("SIG_IGN").get(null)) return true;
      install("USR1", before);
      return false;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Object install(String name, IntConsumer heard) throws ReflectiveOperationException {
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    var number = Class.forName("sun.misc.Signal").getMethod("getNumber");
    InvocationHandler telling =
        (_, _, received) -> {
          heard.accept((Integer) number.invoke(received[0]));
          return null;
        };
    return install(name, Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, telling));
  }

  /// Returns the handler before.
  private static Object install(String name, Object handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    var install = signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"));
    return install.invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
  }
}
