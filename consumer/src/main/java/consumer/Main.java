package consumer;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** A first program: compresses a file, and looks at what came with the library. */
final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException {
    expect(
        1,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .count(),
        "jars on the class path");

    Path folder = Files.createTempDirectory("consumer");
    Path plain = Files.writeString(folder.resolve("plain"), "a line of text\n".repeat(100_000));
    Path packed = folder.resolve("plain.gz");
    Pipeline.from(FileStreams.read(plain)).through(Gzip.compress()).to(FileStreams.write(packed)).run();
    try (var unpacked = new GZIPInputStream(Files.newInputStream(packed))) {
      expect(-1L, Arrays.mismatch(unpacked.readAllBytes(), Files.readAllBytes(plain)), "first byte that differs");
    }
    Files.delete(plain);
    Files.delete(packed);
    Files.delete(folder);
    System.out.println("consumer: one artifact, and it works");
  }

  private static void expect(long expected, long found, String what) {
    if (found != expected) throw new AssertionError(what + ": " + found + " (expected: " + expected + ")");
  }
}
