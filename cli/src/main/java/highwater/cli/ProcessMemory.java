package highwater.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process takes: the heap as Java counts it, and resident memory as Linux does.
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /// The bytes of the heap in use now.
  static long heapBytes() {
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// The most bytes of the heap that were in use: the peaks of its pools, summed, so never too little.
  static long heapPeakBytes() {
    long sum = 0;
    for (var pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) sum += pool.getPeakUsage().getUsed();
    }
    return sum;
  }

  /// Resident bytes now, 0 where the system does not tell.
  static long residentBytes() {
    return status("\nVmRSS:");
  }

  /// The most resident bytes there were, 0 where the system does not tell.
  static long residentPeakBytes() {
    return status("\nVmHWM:");
  }

  private static long status(String key) {
    try {
      return kibibytes(Files.readString(STATUS, StandardCharsets.ISO_8859_1), key) << 10;
    } catch (IOException e) {
      return 0;
    }
  }

  private static long kibibytes(String status, String key) {
    int at = status.indexOf(key);
    if (at < 0) return 0;
    long number = 0;
    for (int i = at + key.length(); i < status.length() && status.charAt(i) != 'k'; i++) {
      char c = status.charAt(i);
      if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
    }
    return number;
  }
}
