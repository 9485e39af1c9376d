package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The water experiment as its page sees it.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WaterServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private WaterServer server;

  @BeforeEach
  void start() throws IOException {
    server = WaterServer.start(0);
  }

  @AfterEach
  void close() {
    server.close();
    client.shutdownNow();
  }

  @Test
  void thePageAndAllThatItLoadsIsServedAndNamesNoOtherHost() throws Exception {
    var page = get("");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse("")).contains("default-src 'none'");
    var loaded =
        Pattern.compile("(?:href|src)=\"([^\"]+)\"").matcher(page.body()).results().map(m -> m.group(1)).toList();
    assertThat(loaded).contains("water.css", "water.js", "water-icon.svg");
    assertThat(page.body()).doesNotContain("//").doesNotContain("style=").doesNotContainPattern("\\son[a-z]+=");
    for (String name : List.of("water.css", "water.js", "water-picture.js", "water-icon.svg")) {
      var asset = get(name);
      assertThat(asset.statusCode()).as(name).isEqualTo(200);
      assertThat(asset.body()).as(name).doesNotContainPattern("https?://(?!www\\.w3\\.org/2000/svg)");
    }
  }

  @Test
  void everythingThatTheScriptsNameIsOnThePage() throws Exception {
    String page = get("").body();
    for (String script : List.of("water.js", "water-picture.js")) {
      var named = Pattern.compile("(?:\\bat|show|level|new Flow)\\(\"([a-z-]+)\"").matcher(get(script).body());
      assertThat(named.results().map(m -> m.group(1)).distinct())
          .isNotEmpty()
          .allSatisfy(id -> assertThat(page).contains("id=\"" + id + "\""));
    }
  }

  @Test
  void itMovesOnlyWhileSomebodyLooks() throws Exception {
    String before = get("state").body();
    assertThat(number(before, "elapsed")).isEqualTo(number(get("state").body(), "elapsed"));
    assertThat(number(before, "produced")).isZero();
    assertThat(event(state -> number(state, "produced") > 0)).contains("\"phase\":\"FREE\"");
  }

  @Test
  void aFasterProducerFillsTheTankToItsMarkAndIsToldToWait() throws Exception {
    assertThat(post("controls", "producer=1048576&consumer=16384&mark=16384").statusCode()).isEqualTo(200);
    String held = event(state -> number(state, "falseAnswers") > 0);
    assertThat(held).contains("\"phase\":\"HELD_BACK\"").contains("write → false at 16 KiB: it waits");
    assertThat(number(held, "peak")).isEqualTo(16_384);
  }

  @Test
  void aProducerThatIgnoresTheAnswerReachesTheLimitAndEndsThere() throws Exception {
    post("controls", "producer=1048576&consumer=0&ignoring=true");
    String dead = event(state -> state.contains("\"phase\":\"DEAD\""));
    assertThat(dead).contains("The process would have died here: out of memory.");
    assertThat(number(dead, "held")).isEqualTo(number(dead, "limit")).isEqualTo(Water.LIMIT_BYTES);
    var fresh = post("restart", "");
    assertThat(fresh.statusCode()).isEqualTo(200);
    assertThat(number(fresh.body(), "experiment")).isEqualTo(number(dead, "experiment") + 1);
    assertThat(number(fresh.body(), "held")).isZero();
    assertThat(fresh.body()).contains("\"ignoring\":true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          producer=1048577      | producer: 1 MiB + 1 bytes a second (expected: 0 bytes to 1 MiB a second)
          consumer=-1           | consumer: -1 bytes a second (expected: 0 bytes to 1 MiB a second)
          mark=4095             | mark: 4,095 bytes (expected: 4 KiB to 512 KiB)
          mark=64KiB            | mark: 64KiB (expected: a whole number of bytes)
          mark=%0a              | mark:   (expected: a whole number of bytes)
          ignoring=yes          | ignoring: yes (expected: true or false)
          paused=               | paused:  (expected: true or false)
          color=blue            | unknown control color (expected: producer, consumer, mark, ignoring or paused)
          producer=1&mark=1     | mark: 1 byte (expected: 4 KiB to 512 KiB)
          nothing               | control: nothing (expected: NAME=VALUE, joined by &)
          ''                    | control:  (expected: NAME=VALUE, joined by &)
          """)
  void aBadControlIsRefusedInOneLineAndSetsNothing(String body, String line) throws Exception {
    String before = get("state").body();
    var answer = post("controls", body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(line + "\n");
    assertThat(get("state").body()).isEqualTo(before);
  }

  @Test
  void whoHasNotTheTokenIsRefused() throws Exception {
    var root = server.link().resolve("/");
    for (String path : List.of("", "state", "events")) {
      var request = HttpRequest.newBuilder(root.resolve(path)).build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void thePagesAreToldThatItIsOver() throws Exception {
    var events = client.send(HttpRequest.newBuilder(at("events")).build(), HttpResponse.BodyHandlers.ofInputStream());
    try (var lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      while (!lines.readLine().startsWith("data: ")) {}
      server.close();
      assertThat(lines.lines()).contains("event: last");
    }
  }

  @Test
  void aPortThatIsTakenIsSaidInOneLine() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var err = new ByteArrayOutputStream();
      int code =
          Lab.run(
              List.of("water", "--port", Integer.toString(taken.getLocalPort())),
              new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
      assertThat(err.toString(StandardCharsets.UTF_8))
          .matches("highwater: water: port \\d+ of 127\\.0\\.0\\.1 cannot be opened: .*\n");
      assertThat(code).isEqualTo(1);
    }
  }

  @Test
  void theCommandPrintsTheLinkAndEndsWith130() throws Exception {
    var process =
        new ProcessBuilder(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LabProcess.class.getName(),
                "water")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String link = out.readLine();
      assertThat(link).matches("http://127\\.0\\.0\\.1:\\d+/[A-Za-z0-9_-]{43}/");
      var page = client.send(HttpRequest.newBuilder(URI.create(link)).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(page.body()).contains("The water experiment");
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(out.readAllAsString()).isEmpty();
      assertThat(process.waitFor()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
  }

  /// The first state among the events that is as wanted.
  private String event(Predicate<String> wanted) throws Exception {
    var events = client.send(HttpRequest.newBuilder(at("events")).build(), HttpResponse.BodyHandlers.ofInputStream());
    try (var lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        if (line.startsWith("data: ") && wanted.test(line)) return line;
      }
    }
    throw new AssertionError("the events ended");
  }

  private static long number(String json, String name) {
    var found = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
    if (!found.find()) throw new AssertionError("no " + name + " in " + json);
    return Long.parseLong(found.group(1));
  }

  private URI at(String path) {
    return server.link().resolve(path);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    var request = HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
