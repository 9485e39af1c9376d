package highwater.compress;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PullStage;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/// Prints how long a stage takes from one file to another: `CompressFigures STAGE FROM TO [TIMES]`, the figures of
/// decision 15.
public final class CompressFigures {
  private CompressFigures() {}

  /// The stages by name.
  private static PullStage<ByteBuffer, ByteBuffer> stage(String name) {
    return switch (name) {
      case "zstd" -> Zstd.compress();
      case "zstd2" -> Zstd.compress().workers(2);
      case "unzstd" -> Zstd.decompress();
      case "lz4" -> Lz4.compress();
      case "lz4-64" -> Lz4.compress().block(64 << 10);
      case "lz4-4m" -> Lz4.compress().block(4 << 20);
      case "unlz4" -> Lz4.decompress();
      case "unbrotli" -> Brotli.decompress();
      case "bunzip2" -> Bzip2.decompress();
      case "unxz" -> Xz.decompress();
      case "gunzip" -> Gzip.decompress();
      case "detect" -> Decompress.detect();
      default -> throw new IllegalArgumentException("stage: " + name + " (expected: zstd, unzstd, lz4, ...)");
    };
  }

  /// Runs the stage, each time with its own line.
  public static void main(String[] arguments) throws Exception {
    var from = Path.of(arguments[1]);
    var to = Path.of(arguments[2]);
    int times = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
    for (int i = 0; i < times; i++) {
      Files.deleteIfExists(to);
      var threads = ManagementFactory.getThreadMXBean();
      long cpu = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      Pipeline.from(FileStreams.read(from)).through(stage(arguments[0])).to(FileStreams.write(to)).run();
      long millis = (System.nanoTime() - start) / 1_000_000;
      // The strand is this thread; what other threads do (workers, bunzip2, unxz) is not in it.
      long cpuMillis = (threads.getCurrentThreadCpuTime() - cpu) / 1_000_000;
      System.out.printf(
          "%s %d -> %d bytes: %d ms, %d ms of CPU on the strand%n",
          arguments[0], Files.size(from), Files.size(to), millis, cpuMillis);
    }
  }
}
