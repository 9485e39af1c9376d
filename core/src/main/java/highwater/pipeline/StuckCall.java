package highwater.pipeline;

import java.security.ProtectionDomain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where the thread of a strand is, seen from another thread.
///
/// @param place the innermost frame outside the JDK and the library, such as `Rows.java:12 (in java.lang.Thread.sleep)`; or the
///     innermost frame of the library's where no code of the user's is at work
/// @param inChain whether an operator called it
record StuckCall(String place, boolean inChain) {
  private static final ProtectionDomain LIBRARY = StuckCall.class.getProtectionDomain();

  /// The call that `thread` is in.
  static StuckCall on(Thread thread) {
    return in(thread.getStackTrace(), thread);
  }

  /// The call that asks the doctor, on this thread.
  static StuckCall ofWhoAsks() {
    var thread = Thread.currentThread();
    var frames = thread.getStackTrace();
    int from = 0;
    for (int i = 0; i < frames.length; i++) {
      var name = frames[i].getClassName();
      boolean isDoctor = name.equals(StallDoctor.class.getName());
      if (isDoctor || (from == i && from > 0 && name.equals(PipelineRun.class.getName()))) from = i + 1;
      else if (from > 0) break;
    }
    return in(Arrays.copyOfRange(frames, from, frames.length), thread);
  }

  private static StuckCall in(StackTraceElement[] frames, Thread thread) {
    @Nullable StackTraceElement ofUser = null;
    @Nullable StackTraceElement ofLibrary = null;
    boolean inChain = false;
    for (var frame : frames) {
      if (isOfJdk(frame)) continue;
      if (isOfLibrary(frame, thread)) {
        if (ofLibrary == null) ofLibrary = frame;
        inChain |= frame.getClassName().equals(Chain.class.getName());
        // What lies further out called the loop, and is not what it calls.
        if (frame.getClassName().equals(FusedLoop.class.getName())) break;
      } else if (ofLibrary == null && ofUser == null) {
        ofUser = frame;
      }
    }
    if (ofUser != null) {
      return new StuckCall(ofUser.getFileName() + ":" + ofUser.getLineNumber() + within(frames[0], ofUser), inChain);
    }
    return new StuckCall(
        ofLibrary == null ? "an unknown place" : inWords(ofLibrary) + within(frames[0], ofLibrary), inChain);
  }

  private static String within(StackTraceElement innermost, StackTraceElement frame) {
    return innermost.equals(frame) ? "" : " (in " + inWords(innermost) + ")";
  }

  private static String inWords(StackTraceElement frame) {
    return frame.getClassName() + "." + frame.getMethodName();
  }

  private static boolean isOfJdk(StackTraceElement frame) {
    var module = frame.getModuleName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }

  /// By the archive of its class, as tests and users may share the package's name.
  private static boolean isOfLibrary(StackTraceElement frame, Thread thread) {
    if (!frame.getClassName().startsWith("highwater.")) return false;
    try {
      return Class.forName(frame.getClassName(), false, thread.getContextClassLoader()).getProtectionDomain()
          == LIBRARY;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
