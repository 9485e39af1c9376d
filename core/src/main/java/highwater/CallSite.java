package highwater;

import java.security.ProtectionDomain;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A place in the user's code: the innermost frame outside the library at the moment it was noted.
///
/// Where a stream is given a consumer, and where a recipe is made of a user's function, the place is noted always. Where a live
/// stream is made it is noted with `-Dhighwater.sites=on` alone: a stream is made faster than the stack is looked at. Only the
/// frame is kept; its file and line are looked up when a message needs them. Thread rule: any thread. Cost: about a microsecond.
public final class CallSite {
  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final ProtectionDomain LIBRARY = CallSite.class.getProtectionDomain();

  /// Whether live streams note where they were made.
  private static final boolean OF_STREAMS = "on".equals(System.getProperty("highwater.sites"));

  private final StackWalker.@Nullable StackFrame frame;

  private CallSite(StackWalker.@Nullable StackFrame frame) {
    this.frame = frame;
  }

  /// The place from which the library was called now.
  public static CallSite here() {
    return new CallSite(frameHere());
  }

  /// The same without an object around it, for those of whom there are many.
  static StackWalker.@Nullable StackFrame frameHere() {
    return WALKER.walk(CallSite::firstOfUser);
  }

  private static StackWalker.@Nullable StackFrame firstOfUser(Stream<StackWalker.StackFrame> frames) {
    for (var all = frames.iterator(); all.hasNext(); ) {
      var frame = all.next();
      if (isOfUser(frame)) return frame;
    }
    return null;
  }

  /// Whether the places where live streams are made are to be noted.
  static boolean isOfStreams() {
    return OF_STREAMS || Misuse.isTracking();
  }

  private static boolean isOfUser(StackWalker.StackFrame frame) {
    var type = frame.getDeclaringClass();
    if (type.getModule() == Object.class.getModule()) return false;
    // A program that has the library's classes in its own archive shares the domain, tests share the package.
    return !type.getName().startsWith("highwater.") || type.getProtectionDomain() != LIBRARY;
  }

  /// `File.java:12`.
  @Override
  public String toString() {
    return inWords(frame);
  }

  /// `File.java:12`.
  static String inWords(StackWalker.@Nullable StackFrame frame) {
    return frame == null ? "an unknown place" : frame.getFileName() + ":" + frame.getLineNumber();
  }
}
