package highwater.pipeline;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process takes: the heap and direct buffers as Java counts them, and resident memory as Linux does.
///
/// @param heapBytes the bytes of the heap in use now
/// @param heapPeakBytes the most of the heap that was in use: the peaks of its pools, summed, so never too little
/// @param directBytes the bytes of direct buffers now
/// @param residentBytes resident memory now, 0 where the system does not tell
/// @param residentPeakBytes the most resident memory there was, 0 where the system does not tell
public record MemoryReport(
    long heapBytes, long heapPeakBytes, long directBytes, long residentBytes, long residentPeakBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /// The figures of this moment; from any thread. The first call of a process loads the JVM's management, some 20 ms.
  public static MemoryReport now() {
    var status = status();
    return new MemoryReport(
        heapBytesNow(),
        peakOfHeap(),
        directNow(),
        kibibytes(status, "\nVmRSS:") << 10,
        kibibytes(status, "\nVmHWM:") << 10);
  }

  /// The bytes of the heap in use now, for whoever looks often: it loads nothing.
  public static long heapBytesNow() {
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// Resident memory now, 0 where the system does not tell; it reads a file of `/proc`, and loads nothing.
  public static long residentBytesNow() {
    return kibibytes(status(), "\nVmRSS:") << 10;
  }

  private static long peakOfHeap() {
    long sum = 0;
    for (var pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) sum += pool.getPeakUsage().getUsed();
    }
    return sum;
  }

  private static long directNow() {
    for (var pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) return pool.getMemoryUsed();
    }
    return 0;
  }

  private static String status() {
    try {
      return Files.readString(STATUS, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
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
