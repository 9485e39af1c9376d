package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--dashboard`: a page that lives as long as the run, and costs nothing where it is not wanted.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DashboardFlagTest {
  @TempDir Path folder;

  /// A run whose source is the stdin that the test holds open.
  private final class HeldRun implements AutoCloseable {
    final Process process;
    final BufferedReader err;
    final URI link;

    HeldRun(String... words) throws IOException {
      var line = Stream.concat(Stream.of(Child.command(folder.resolve("highwater")).toString()), Stream.of(words));
      process = new ProcessBuilder(line.toList()).directory(folder.toFile()).start();
      err = process.errorReader(StandardCharsets.UTF_8);
      String first = String.valueOf(err.readLine());
      String before = "highwater: dashboard: ";
      assertThat(first).startsWith(before + "http://127.0.0.1:");
      link = URI.create(first.substring(before.length()));
    }

    void write(String text) throws IOException {
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    }

    int end() throws Exception {
      process.getOutputStream().close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static String get(URI address) throws Exception {
    var answer = HttpClient.newHttpClient().send(ask(address), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static HttpRequest ask(URI address) {
    return HttpRequest.newBuilder(address).build();
  }

  @Test
  void theRunCanBeLookedAtWhileItGoesAndNotAfterwards() throws Exception {
    try (var held = new HeldRun("pipe", "-", "gzip", "./out.gz", "--dashboard")) {
      held.write("data");
      assertThat(get(held.link)).contains("<title>Highwater</title>");
      String snapshot = get(held.link.resolve("snapshot"));
      assertThat(snapshot)
          .contains("\"pid\":" + held.process.pid() + ",", "\"state\":\"running\"", "\"name\":\"gzip level 6\"");
      var withoutToken = held.link.resolve("/snapshot");
      var refused = HttpClient.newHttpClient().send(ask(withoutToken), HttpResponse.BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(held.end()).isZero();
      assertThatThrownBy(() -> get(held.link)).isInstanceOf(ConnectException.class);
      assertThat(held.err.lines()).isEmpty();
    }
    assertThat(folder.resolve("out.gz")).isNotEmptyFile();
  }

  @Test
  void anOpenPageIsToldHowTheRunEnded() throws Exception {
    try (var held = new HeldRun("pipe", "-", "./out", "--dashboard")) {
      var events = listen(held);
      assertThat(nextData(events)).contains("\"state\":\"running\"");
      held.write("data");
      assertThat(held.end()).isZero();
      assertThat(last(events)).contains("\"state\":\"done\"", "\"bytesIn\":4,");
    }
  }

  @Test
  void anOpenPageIsToldWhyTheRunFailed() throws Exception {
    try (var held = new HeldRun("pipe", "-", "./out", "--dashboard", "--expect-bytes", "5")) {
      var events = listen(held);
      assertThat(nextData(events)).contains("\"state\":\"running\"");
      held.write("data");
      assertThat(held.end()).isEqualTo(1);
      assertThat(last(events)).contains("\"state\":\"failed\"").doesNotContain("\"error\":null");
    }
  }

  private static Iterator<String> listen(HeldRun held) throws Exception {
    var answer = HttpClient.newHttpClient().send(ask(held.link.resolve("events")), HttpResponse.BodyHandlers.ofLines());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body().iterator();
  }

  private static String nextData(Iterator<String> lines) {
    String line;
    do line = lines.next();
    while (!line.startsWith("data: "));
    return line;
  }

  private static String last(Iterator<String> lines) {
    while (!lines.next().equals("event: last")) {}
    return nextData(lines);
  }

  @Test
  void aPortThatIsTakenIsAnErrorBeforeAnythingIsOpened() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(Child.run(folder, "pipe", "-", "./out", "--dashboard=" + port).failedWith(ExitCode.USAGE))
          .startsWith("--dashboard: port " + port + " of 127.0.0.1 cannot be opened: ")
          .endsWith("(expected: a free port; 0 takes any)");
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "65536", "99999999999", "8080/", "٨٠"})
  void whatIsNoPortIsRefused(String value) {
    assertThatThrownBy(() -> settings("pipe", "--dashboard=" + value))
        .isInstanceOf(CommandException.class)
        .hasMessage("--dashboard: " + value + " (expected: a port from 1 to 65535, or nothing for any)");
  }

  @Test
  void thePortMayBeLeftOut() throws CommandException {
    assertThat(settings("pipe").dashboardPort()).isEqualTo(-1);
    assertThat(settings("pipe", "--dashboard").dashboardPort()).isZero();
    assertThat(settings("pipe", "--dashboard=0").dashboardPort()).isZero();
    assertThat(settings("pipe", "--dashboard=65535").dashboardPort()).isEqualTo(65_535);
    // An optional value never is the next word.
    assertThat(Options.parse(new String[] {"pipe", "--dashboard", "8080"}).words()).containsExactly("pipe", "8080");
  }

  private static Settings settings(String... words) throws CommandException {
    return Settings.of(Options.parse(words));
  }

  @Test
  void withoutItNothingOfItIsLoaded() throws Exception {
    Files.writeString(folder.resolve("in"), "data");
    Path log = folder.resolve("classes");
    var line =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:file=" + log + ":none",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "pipe",
            "in",
            "gzip",
            "./out.gz");
    var process = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.lines()).isEmpty();
    }
    assertThat(process.waitFor()).isZero();
    String loaded = Files.readString(log);
    assertThat(loaded.contains("highwater.cli.PipeCommand ")).isTrue();
    for (String unwanted : List.of("highwater.dashboard.", "httpserver", "java.lang.management.", "MemoryReport")) {
      assertThat(loaded.lines().filter(name -> name.contains(unwanted))).as(unwanted).isEmpty();
    }
  }
}
