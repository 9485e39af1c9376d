package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is compressed in blocks is one member, which the readers in wide use read whole: text and noise, and enough for the
/// system's libdeflate to take over where there is one. A reader that is not installed is left out.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class GzipReadersTest {
  private static final int LIBRARY_BYTES = 1 << 20;

  /// Reads its first argument through a source that knows of nothing beyond the next border of a block.
  private static final String JAVA_READER =
      """
      import java.io.*;
      import java.nio.file.*;
      import java.util.zip.GZIPInputStream;

      class Reader {
        public static void main(String[] arguments) throws IOException {
          byte[] all = Files.readAllBytes(Path.of(arguments[0]));
          var source = new InputStream() {
            int next;

            @Override
            public int read() {
              return next < all.length ? all[next++] & 0xFF : -1;
            }

            @Override
            public int read(byte[] to, int from, int most) {
              if (next == all.length) return -1;
              int bytes = 0;
              do to[from + bytes++] = all[next++]; while (bytes < most && next < all.length && !border());
              return bytes;
            }

            private boolean border() {
              return next >= 4 && all[next - 4] == 0 && all[next - 3] == 0 && all[next - 2] == -1 && all[next - 1] == -1;
            }

            @Override
            public int available() {
              return 0;
            }
          };
          try (var in = new GZIPInputStream(source)) {
            in.transferTo(System.out);
          }
          System.out.flush();
        }
      }
      """;

  @TempDir static Path directory;
  private static byte[] plain = {};

  @BeforeAll
  static void compress() throws Exception {
    var random = new Random(12);
    int before = (int) DeflateStep.ZLIB_FIRST_BYTES;
    plain =
        Samples.join(
            Samples.text(random, before + LIBRARY_BYTES),
            Samples.noise(random, LIBRARY_BYTES),
            Samples.text(random, LIBRARY_BYTES + 77));
    for (int level : new int[] {1, 6}) {
      Files.write(file(level), Drive.bytes(Gzip.compress().level(level), Drive.chunks(plain, 65_536)));
    }
  }

  private static Path file(int level) {
    return directory.resolve(level + ".gz");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void gzip(int level) throws Exception {
    assertReads(installed("gzip"), "-dc", file(level).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void pigz(int level) throws Exception {
    assertReads(installed("pigz"), "-dc", file(level).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void curl(int level) throws Exception {
    var curl = installed("curl");
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var body = Files.readAllBytes(file(level));
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    try {
      var link = "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/";
      assertReads(curl, "--silent", "--show-error", "--noproxy", "*", "--compressed", link);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void python(int level) throws Exception {
    var script = "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1], 'rb').read(), 31))";
    assertReads(installed("python3"), "-c", script, file(level).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void node(int level) throws Exception {
    var script =
        "const { createReadStream } = require('node:fs'); const { createGunzip } = require('node:zlib');"
            + "require('node:stream').pipeline(createReadStream(process.argv[1]), createGunzip(), process.stdout,"
            + " error => { if (error) throw error; });";
    var node = System.getenv("NODE");
    assertReads(node == null ? installed("node") : node, "-e", script, file(level).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void java17AtTheBordersOfBlocks(int level) throws Exception {
    var java = java17();
    assumeTrue(java != null, "no JDK 17 in /usr/lib/jvm");
    var reader = Files.writeString(directory.resolve("Reader.java"), JAVA_READER);
    assertReads(java, "-Xmx200m", reader.toString(), file(level).toString());
  }

  private static void assertReads(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    var read = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as("exit code of %s", List.of(command)).isZero();
    assertThat(read.length).isEqualTo(plain.length);
    assertThat(Arrays.equals(read, plain)).isTrue();
  }

  private static String installed(String tool) {
    var found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(folder -> Path.of(folder, tool))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), tool + " is not installed");
    return found.orElseThrow().toString();
  }

  private static @Nullable String java17() throws IOException {
    var folder = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(folder)) return null;
    try (var homes = Files.list(folder)) {
      return homes
          .filter(GzipReadersTest::isJdk17)
          .map(home -> home.resolve("bin/java").toString())
          .findFirst()
          .orElse(null);
    }
  }

  private static boolean isJdk17(Path home) {
    try {
      return Files.isExecutable(home.resolve("bin/javac"))
          && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"17.");
    } catch (IOException e) {
      return false;
    }
  }
}
