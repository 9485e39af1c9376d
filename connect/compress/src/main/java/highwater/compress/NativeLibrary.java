package highwater.compress;

import java.io.IOException;

/// A library with native code, loaded when the first run needs it.
final class NativeLibrary {
  private NativeLibrary() {}

  /// Runs `load`; where it cannot, fails with one line for the stage called `stage`.
  static void load(String stage, String library, Runnable load) throws IOException {
    try {
      load.run();
    } catch (LinkageError | RuntimeException e) {
      var platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      var folder = System.getProperty("java.io.tmpdir");
      var expected = "a platform it was built for, and a temporary folder from which code may be loaded";
      throw new IOException(
          stage
              + (": the native library of " + library + " does not load here (expected: " + expected)
              + ("; this is " + platform + ", java.io.tmpdir is " + folder + ")"),
          e);
    }
  }
}
