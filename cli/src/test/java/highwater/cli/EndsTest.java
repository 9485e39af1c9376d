package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs, addresses and formats under the command: what the user types, and what he reads.
@Timeout(120)
class EndsTest {
  @TempDir Path folder;
  private HttpServer server;
  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  private final Map<String, String> seenHeaders = new ConcurrentHashMap<>();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestHeaders().forEach((name, values) -> seenHeaders.put(name, values.getFirst()));
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/no/")) {
        byte[] words = "you may not\nread this".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(403, words.length);
        exchange.getResponseBody().write(words);
      } else if (exchange.getRequestMethod().equals("GET")) {
        byte[] bytes = stored.get(path);
        exchange.sendResponseHeaders(bytes == null ? 404 : 200, bytes == null ? -1 : bytes.length);
        if (bytes != null) exchange.getResponseBody().write(bytes);
      } else {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        stored.put(exchange.getRequestMethod() + path, bytes);
        exchange.sendResponseHeaders(201, -1);
      }
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private Child.Ended run(String... words) {
    return Child.run(folder, words);
  }

  private Path script(String name, String text) throws IOException {
    var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  // Programs.

  @Test
  void aDumpThatDiesLeavesNothingAndIsOneLineWithItsOwnWords() throws IOException {
    script("dump", "head -c 200000 /dev/zero; echo 'no connection' >&2; exit 3");
    assertThat(run("pipe", "exec:./dump", "gzip", "./d.gz").failedWith(ExitCode.FAILED))
        .isEqualTo(
            "cannot read exec:./dump at byte 200000: it ended with exit code 3: no connection (expected: exit code 0)");
    assertThat(names()).containsExactly("dump");
  }

  @Test
  void aProgramIsASourceAStageAndASink() throws IOException {
    var ended = run("pipe", "sh:seq 1 5 | tac", "exec:sort -n", "exec:head -n 2");
    assertThat(ended.quietly().outText()).isEqualTo("1\n2\n");
    run("pipe", "exec:printf 'a  b'", "sh:cat > copied").quietly();
    assertThat(folder.resolve("copied")).hasContent("a  b");
  }

  @Test
  void aSinkThatFailsFailsTheRun() {
    assertThat(run("pipe", "exec:seq 1 100000", "sh:cat > /dev/null; exit 4").failedWith(ExitCode.FAILED))
        .contains("exit code 4")
        .contains("(expected: ");
  }

  @Test
  void whatAProgramSaysThatSucceedsIsARemark() {
    var ended = run("pipe", "sh:echo data; echo careful >&2", "-");
    assertThat(ended.code()).isZero();
    assertThat(ended.outText()).isEqualTo("data\n");
    assertThat(ended.err()).isEqualTo("highwater: sh:echo data; echo careful >&2: careful\n");
    run("pipe", "sh:echo data; echo careful >&2", "-", "--quiet").quietly();
  }

  @Test
  void aProgramThatReadsNothingIsNoStage() throws IOException {
    assertThat(run("pipe", "exec:seq 1 3", "exec:seq 4 6", "gzip", "./two.gz").failedWith(ExitCode.FAILED))
        .contains("exec:seq 4 6")
        .contains("read nothing of its input (expected: ")
        .contains("sh:'A; B'");
    assertThat(names()).isEmpty();
  }

  @Test
  void whatOnlyAShellUnderstandsIsRefused() {
    assertThat(run("pipe", "exec:seq 1 10 | wc -l", "-").failedWith(ExitCode.USAGE)).contains("sh:'…'");
    assertThat(run("pipe", "exec:printf %s '|'", "-").quietly().outText()).isEqualTo("|");
    assertThat(run("pipe", "in.log", "exec", "./x").failedWith(ExitCode.USAGE)).startsWith("exec: no program");
  }

  @Test
  void anOptionThatSaysNothingToTheEndsIsRefused() throws IOException {
    Files.write(folder.resolve("in"), new byte[10]);
    for (String option : List.of("--append", "--in-place", "--sync")) {
      assertThat(run("pipe", "./in", url("/x"), option).failedWith(ExitCode.USAGE))
          .startsWith(option + " says nothing");
    }
    for (String option : List.of("--post", "--header=A: b", "--parts=2", "--part-size=8M", "--endpoint-url=http://h")) {
      assertThat(run("pipe", "./in", "./out", option).failedWith(ExitCode.USAGE)).contains(" says nothing here");
    }
    assertThat(run("pipe", "./in", "s3://bucket/key", "--part-size", "1MiB").failedWith(ExitCode.USAGE))
        .startsWith("s3://bucket/key: --part-size: 1048576 (expected: ");
    assertThat(names()).containsExactly("in");
  }

  @Test
  void aMissingProgramIsOneLine() {
    assertThat(run("pipe", "exec:no-such-program", "./x").failedWith(ExitCode.FAILED))
        .startsWith("cannot run exec:no-such-program: ")
        .contains("(expected: ");
  }

  @Test
  void aProgramThatTakesTooLongIsEnded() {
    assertThat(run("pipe", "exec:sleep 1000", "-", "--timeout", "200ms").failedWith(ExitCode.FAILED))
        .contains("exec:sleep 1000")
        .contains("(expected: ");
  }

  // HTTP.

  @Test
  void anAddressIsASourceAndASink() throws IOException {
    byte[] bytes = new byte[300_000];
    stored.put("/a/in.bin", bytes);
    run("pipe", url("/a/in.bin"), "gzip", "./").quietly();
    assertThat(names()).containsExactly("in.bin.gz");
    run("pipe", "in.bin.gz", "gunzip", url("/put")).quietly();
    assertThat(stored.get("PUT/put")).isEqualTo(bytes);
    run("pipe", "in.bin.gz", url("/post"), "--post", "--header", "Content-Type: application/gzip").quietly();
    assertThat(stored.get("POST/post")).isEqualTo(Files.readAllBytes(folder.resolve("in.bin.gz")));
    assertThat(seenHeaders).containsEntry("Content-type", "application/gzip");
  }

  @Test
  void aRefusalShowsTheBeginningOfItsBody() throws IOException {
    assertThat(run("pipe", url("/no/x?token=secret"), "./x").failedWith(ExitCode.FAILED))
        .contains("403")
        .contains("you may not")
        .doesNotContain("secret");
    Files.write(folder.resolve("in"), new byte[1000]);
    assertThat(run("pipe", "./in", url("/no/x")).failedWith(ExitCode.FAILED)).contains("403").contains("you may not");
    assertThat(names()).containsExactly("in");
  }

  @Test
  void aDeadServerIsOneLine() {
    server.stop(0);
    assertThat(run("pipe", url("/x"), "./x", "--retries", "0").failedWith(ExitCode.FAILED)).contains("(expected: ");
  }

  @Test
  void aSecretStandsInAFileAndNowhereElse() throws IOException {
    stored.put("/x", new byte[10]);
    assertThat(run("pipe", url("/x"), "./x", "--header", "Authorization: Bearer abc").failedWith(ExitCode.USAGE))
        .contains("--header @FILE")
        .doesNotContain("abc");
    Files.writeString(folder.resolve("h"), "Authorization: Bearer abc\n");
    assertThat(run("pipe", url("/x"), "./x", "--header", "@/dev/zero").failedWith(ExitCode.USAGE)).contains("64 KiB");
    run("pipe", url("/x"), "./x", "--header", "@h", "--header", "X-One: 1").quietly();
    assertThat(seenHeaders).containsEntry("Authorization", "Bearer abc").containsEntry("X-one", "1");
  }

  // Formats.

  @ParameterizedTest
  @ValueSource(strings = {"zstd unzstd", "lz4 unlz4", "zstd:19 decompress", "lz4 decompress", "gzip decompress"})
  @SuppressWarnings("StringSplitter") // Two words, always.
  void aFormatGoesThereAndBack(String words) throws IOException {
    byte[] bytes = "the same line\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("in"), bytes);
    String[] both = words.split(" ");
    run("pipe", "./in", both[0], "./packed").quietly();
    assertThat(Files.size(folder.resolve("packed"))).isLessThan(bytes.length / 10);
    assertThat(run("pipe", "./packed", both[1], "-").quietly().out()).isEqualTo(bytes);
    Files.write(folder.resolve("cut"), List.of());
    byte[] packed = Files.readAllBytes(folder.resolve("packed"));
    Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(packed, packed.length - 3));
    assertThat(run("pipe", "./cut", both[1], "./out").failedWith(ExitCode.FAILED)).contains("(");
    assertThat(names()).containsExactly("cut", "in", "packed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip gunzip", "deflate inflate", "zstd unzstd", "lz4 unlz4", "gzip decompress"})
  @SuppressWarnings("StringSplitter") // Two words, always.
  void aBombIsRefused(String words) throws IOException {
    String[] both = words.split(" ");
    run("pipe", "exec:head -c 4000000 /dev/zero", both[0], "./bomb").quietly();
    assertThat(run("pipe", "./bomb", both[1] + ",max=1MB", "./out").failedWith(ExitCode.FAILED))
        .contains("(expected: ");
    assertThat(names()).containsExactly("bomb");
  }

  @Test
  void whatIsNoFormatIsNamed() {
    assertThat(run("pipe", "exec:echo hello", "decompress", "./out").failedWith(ExitCode.FAILED))
        .startsWith("decompress: ")
        .contains("68 65 6c 6c 6f");
  }

  @Test
  void endsListsWhatThereIs() {
    assertThat(run("ends").quietly().outText())
        .contains("exec:PROGRAM ARGS\n", "s3://BUCKET/KEY\n", "whole when  its exit code is 0\n")
        .doesNotContain("not in this installation");
  }
}
