package highwater;

import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/// Where in the user's code a stream was given a consumer: the innermost frame outside the library.
///
/// Only the frame is kept; its file and line are looked up when a message needs them. Cost: about a microsecond.
final class CallSite {
  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final ProtectionDomain LIBRARY = CallSite.class.getProtectionDomain();

  private final StackWalker.@Nullable StackFrame frame;

  private CallSite(StackWalker.@Nullable StackFrame frame) {
    this.frame = frame;
  }

  /// The place from which the library was called now.
  static CallSite here() {
    return new CallSite(WALKER.walk(frames -> frames.filter(CallSite::isOfUser).findFirst().orElse(null)));
  }

  private static boolean isOfUser(StackWalker.StackFrame frame) {
    var type = frame.getDeclaringClass();
    if (type.getModule() == Object.class.getModule()) return false;
    // A program that has the library's classes in its own archive shares the domain, tests share the package.
    return type.getProtectionDomain() != LIBRARY || !type.getPackageName().startsWith("highwater");
  }

  /// `File.java:12`.
  @Override
  public String toString() {
    return frame == null ? "an unknown place" : frame.getFileName() + ":" + frame.getLineNumber();
  }
}
