package highwater.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The most memory that this process had resident, as Linux counts it.
final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private PeakMemory() {}

  /// The peak so far, in bytes; NaN where the system does not tell.
  static double bytes() {
    if (!Files.isReadable(STATUS)) return Double.NaN;
    try {
      for (var line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmHWM:")) return Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024;
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return Double.NaN;
  }
}
