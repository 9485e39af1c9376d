package highwater.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;

/// Whether the calling thread is inside a servlet, which no callback reaches before it returns.
final class InServlet {
  private static final StackWalker FRAMES = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private InServlet() {}

  /// Throws where a run on this thread would wait for itself. Cost: a look at the stack, once in a run.
  static void refuseToWait() {
    if (!FRAMES.walk(frames -> frames.anyMatch(InServlet::serves))) return;
    throw new IllegalStateException(
        "run() inside the servlet would wait for itself, for the container calls back only when the servlet has"
            + " returned (expected: start(), and to return)");
  }

  private static boolean serves(StackWalker.StackFrame frame) {
    var of = frame.getDeclaringClass();
    return switch (frame.getMethodName()) {
      case "service" -> Servlet.class.isAssignableFrom(of);
      case "doFilter" -> Filter.class.isAssignableFrom(of);
      default -> false;
    };
  }
}
