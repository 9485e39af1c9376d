package highwater.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.contract.Remains;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the live view tells of real runs, and what its page consists of.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DashboardTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)> \"&'\u2028</script>";

  private final List<HeldRun> runs = new ArrayList<>();

  /// A run whose target takes its chunks when the test says so.
  private static final class HeldRun {
    private final CompletableFuture<Void> mayTake = new CompletableFuture<>();
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    final PipelineRun run;

    HeldRun(String name) {
      var chunk = ByteBuffer.wrap(new byte[1000]);
      run =
          Pipeline.from(Origin.values(chunk, chunk.duplicate(), chunk.duplicate()))
              .to(
                  Target.<ByteBuffer>forEachAsync(
                      _ -> {
                        reached.complete(null);
                        return mayTake;
                      }))
              .named(name)
              .start();
      reached.join();
    }

    void finish() throws InterruptedException {
      mayTake.complete(null);
      run.join();
    }

    void fail(String why) {
      mayTake.completeExceptionally(new IOException(why));
      assertThatThrownBy(run::join).hasMessageContaining(why);
    }
  }

  private HeldRun hold(String name) {
    var run = new HeldRun(name);
    runs.add(run);
    return run;
  }

  @AfterEach
  void end() {
    for (var run : runs) run.mayTake.complete(null);
    for (var run : runs) run.run.cancelAndAwait("the test is over");
  }

  @Test
  void aRunIsToldWithTheFiguresOfItsReport() throws Exception {
    var held = hold("backup");
    String json = new Watch().snapshot();
    var report = held.run.report();
    assertThat(oneOf(json, held.run.id()))
        .contains(
            "\"name\":\"backup\"",
            "\"state\":\"running\"",
            "\"error\":null",
            "\"started\":" + held.run.started().toEpochMilli(),
            "\"sentence\":\"" + report.verdict().sentence() + "\"",
            "\"chunksOut\":" + report.stages().getFirst().chunksOut() + ",",
            "\"buffer\":{\"held\":");
    assertThat(json).startsWith("{\"at\":").contains("\"pid\":" + ProcessHandle.current().pid() + ",");
    for (String figure : List.of("heap", "heapPeak", "heapMax", "resident", "residentPeak")) {
      assertThat(json).containsPattern("\"" + figure + "\":[1-9][0-9]*[,}]");
    }
    held.finish();
  }

  /// What is told of one run, up to the next.
  private static String oneOf(String snapshot, long id) {
    int at = snapshot.indexOf("{\"id\":" + id + ",");
    assertThat(at).as("run " + id + " in " + snapshot).isNotNegative();
    int next = snapshot.indexOf("{\"id\":", at + 1);
    return next < 0 ? snapshot.substring(at) : snapshot.substring(at, next);
  }

  @Test
  void aRunThatWasSeenIsKeptWithItsEnd() throws Exception {
    var watch = new Watch();
    var good = hold("good");
    var bad = hold("bad");
    var stopped = hold("stopped");
    String before = watch.snapshot();
    for (var held : List.of(good, bad, stopped)) assertThat(oneOf(before, held.run.id())).contains("running");
    good.finish();
    bad.fail("the disk is full");
    stopped.run.cancelAndAwait("enough");
    String after = watch.snapshot();
    assertThat(oneOf(after, good.run.id()))
        .contains("\"state\":\"done\"", "\"error\":null", "\"chunksIn\":3,\"bytesIn\":3000,");
    assertThat(oneOf(after, bad.run.id()))
        .contains("\"state\":\"failed\"")
        .containsPattern("error\":\"[^\"]*disk is full");
    assertThat(oneOf(after, stopped.run.id())).contains("\"state\":\"cancelled\"", "\"error\":\"enough\"");
    assertThat(after.indexOf("{\"id\":" + good.run.id() + ","))
        .isEqualTo(after.lastIndexOf("{\"id\":" + good.run.id() + ","));
  }

  @Test
  void aRunOfTheBlockingKindIsKeptToo() throws Exception {
    var watch = new Watch();
    var mayTake = new CompletableFuture<Void>();
    var reached = new CompletableFuture<Void>();
    var thread =
        Thread.ofPlatform()
            .start(
                () ->
                    Pipeline.from(Origin.values("a"))
                        .to(
                            Target.<String>forEachAsync(
                                _ -> {
                                  reached.complete(null);
                                  return mayTake;
                                }))
                        .named("blocking")
                        .run());
    reached.join();
    assertThat(watch.snapshot()).contains("\"name\":\"blocking\",");
    mayTake.complete(null);
    thread.join();
    String after = watch.snapshot();
    assertThat(after.substring(after.indexOf("\"name\":\"blocking\""))).contains("\"state\":\"done\"");
  }

  @Test
  void onlyTheLastThatEndedAreKept() throws Exception {
    var watch = new Watch();
    for (int i = 0; i < Watch.ENDED_MAX + 3; i++) {
      var held = hold("run " + i);
      watch.snapshot();
      held.finish();
    }
    String json = watch.snapshot();
    assertThat(Pattern.compile("\"state\":\"done\"").matcher(json).results().count()).isEqualTo(Watch.ENDED_MAX);
    assertThat(json).contains("\"run " + (Watch.ENDED_MAX + 2) + "\"", "\"run 3\"").doesNotContain("\"run 2\"");
  }

  @Test
  void moreThanTheBoundAreCounted() {
    for (int i = 0; i < Watch.RUNNING_MAX + 5; i++) hold("run " + i);
    String json = new Watch().snapshot();
    int shown = (int) Pattern.compile("\"state\":\"running\"").matcher(json).results().count();
    assertThat(shown).isEqualTo(Watch.RUNNING_MAX);
    assertThat(json).contains("\"more\":" + (PipelineRun.running().size() - shown) + ",");
  }

  @Test
  void aNameOfUsersIsTextAndNothingElse() {
    var held = hold(HOSTILE);
    String json = new Watch().snapshot();
    assertThat(oneOf(json, held.run.id()))
        .contains("\\u003cimg src=x onerror=alert(1)\\u003e \\\"&'\\u2028\\u003c/script\\u003e")
        .doesNotContain("<", ">", "\u2028");
  }

  @Test
  void thePastOfARunIsKeptWhileSomebodyLooks() throws Exception {
    var watch = new Watch();
    var held = hold("long");
    for (int i = 0; i < Watch.HISTORY_MAX + 10; i++) watch.snapshot();
    String past = watch.history("run=" + held.run.id());
    assertThat(past).startsWith("{\"run\":" + held.run.id() + ",\"elapsedNanos\":[");
    var elapsed = past.substring(past.indexOf('[') + 1, past.indexOf(']')).split(",");
    assertThat(elapsed).hasSize(Watch.HISTORY_MAX);
    for (int i = 1; i < elapsed.length; i++) {
      assertThat(Long.parseLong(elapsed[i])).isGreaterThan(Long.parseLong(elapsed[i - 1]));
    }
    // One array for each of the two stages.
    assertThat(past.substring(past.indexOf("busyNanos")).replaceAll("[0-9,]+", "n"))
        .isEqualTo("busyNanos\":[[n]n[n]]}");
    held.finish();
    watch.snapshot();
    String over = watch.history("run=" + held.run.id());
    assertThat(over.substring(over.indexOf("\"bytes\""), over.indexOf("\"chunks\""))).endsWith(",3000],");
  }

  @Test
  void runsThatGoOnTakeThePastOfThoseThatEnded() throws Exception {
    var watch = new Watch();
    var first = hold("first");
    watch.snapshot();
    first.finish();
    for (int i = 1; i < Watch.REMEMBERED_MAX; i++) hold("run " + i);
    watch.snapshot();
    assertThat(hasPast(watch, first)).isTrue();
    var next = hold("next");
    watch.snapshot();
    assertThat(hasPast(watch, first)).isFalse();
    assertThat(hasPast(watch, next)).isTrue();
    var oneTooMany = hold("one too many");
    watch.snapshot();
    assertThat(hasPast(watch, oneTooMany)).isFalse();
  }

  private static boolean hasPast(Watch watch, HeldRun held) {
    return !watch.history("run=" + held.run.id()).contains("\"bytes\":[]");
  }

  @Test
  void aPastThatNobodyKnowsIsEmptyAndOneThatIsNoneIsRefused() {
    var watch = new Watch();
    assertThat(watch.history("run=123456789"))
        .isEqualTo("{\"run\":123456789,\"elapsedNanos\":[],\"bytes\":[],\"chunks\":[],\"busyNanos\":[]}");
    for (String query : List.of("", "run=", "run=x", "id=1")) {
      assertThatThrownBy(() -> watch.history(query))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("query: " + query + " (expected: run=ID)");
    }
  }

  @Test
  void anOpenPageGetsTheLastStateWhenTheViewCloses() throws Exception {
    var held = hold("short");
    var dashboard = Dashboard.start();
    try (var page = new Page(dashboard.link())) {
      assertThat(oneOf(page.event(), held.run.id())).contains("\"state\":\"running\"");
      held.finish();
      dashboard.close();
      String event;
      do event = page.event();
      while (event.startsWith(" "));
      assertThat(event).startsWith("last {");
      assertThat(oneOf(event, held.run.id())).contains("\"state\":\"done\"", "\"bytesIn\":3000,");
    }
  }

  @Test
  void lookingKeepsNoThreadWhereThePageIsClosed() throws Exception {
    try (var dashboard = Dashboard.start()) {
      try (var page = new Page(dashboard.link())) {
        assertThat(page.event()).startsWith(" {");
      }
      Remains.await(
          "rest",
          () ->
              Thread.getAllStackTraces().keySet().stream()
                  .noneMatch(thread -> thread.getName().matches("highwater-(beat|viewer)")));
    }
  }

  @Test
  void thePageNamesOnlyFilesThatAreServedAndNoOtherHost() throws Exception {
    try (var dashboard = Dashboard.start()) {
      var link = dashboard.link();
      var toRead = new ArrayList<>(List.of("index.html"));
      for (int i = 0; i < toRead.size(); i++) {
        String name = toRead.get(i);
        var answer = Raw.ask(link, "GET " + link.getPath() + name + " HTTP/1.1", "Host: " + link.getRawAuthority());
        assertThat(answer.status()).as(name).isEqualTo(200);
        assertThat(answer.header("Content-Security-Policy")).doesNotContain("unsafe");
        // Neither is fetched: the first names the language, the second is a comment.
        String text =
            answer
                .body()
                .replace("http://www.w3.org/2000/svg", "")
                .replace("/*! https://github.com/leeoniya/uPlot (v1.6.32) */", "");
        if (!name.endsWith(".txt")) assertThat(text).as(name).doesNotContain("http://", "https://", "//cdn");
        if (name.endsWith(".html")) {
          assertThat(text).doesNotContain("<style", " style=", "javascript:").doesNotContainPattern(" on[a-z]+=");
          assertThat(text).doesNotContainPattern("<script(?![^>]* src=)");
        }
        var named = Pattern.compile("(?:src|href)=\"([^\"#]+)\"|from '\\./([^']+)'|url\\(([^)#]+)\\)").matcher(text);
        while (!name.equals("uPlot.iife.min.js") && named.find()) {
          for (int group = 1; group <= 3; group++) {
            String found = named.group(group);
            if (found != null && !toRead.contains(found)) toRead.add(found);
          }
        }
      }
      assertThat(toRead).contains("app.js", "model.js", "picture.js", "uPlot.iife.min.js", "uPlot.LICENSE.txt");
      // And nothing lies in the jar that no page needs.
      assertThat(toRead).containsExactlyInAnyOrderElementsOf(resources());
    }
  }

  private static List<String> resources() throws Exception {
    var folder = Path.of(Dashboard.class.getResource("index.html").toURI()).getParent();
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith(".class")).toList();
    }
  }

  @Test
  void theScriptsPutNoTextIntoMarkup() throws Exception {
    for (String name :
        List.of("app.js", "picture.js", "figures.js", "timeline.js", "words.js", "model.js", "theme.js")) {
      try (var in = Dashboard.class.getResourceAsStream(name)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .as(name)
            .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(");
      }
    }
  }

  /// A page that listens.
  private static final class Page implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader reader;

    Page(URI link) throws IOException {
      socket = Raw.connect(link);
      String request = "GET " + link.getPath() + "events HTTP/1.1\r\nHost: " + link.getRawAuthority() + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
    }

    /// The name and the data of the next event; without the lines of the transport, whose chunks are longer than an event here.
    String event() throws IOException {
      String name = "";
      for (String line; (line = reader.readLine()) != null; ) {
        if (line.startsWith("event: ")) name = line.substring(7);
        if (line.startsWith("data: ")) return name + " " + line.substring(6);
      }
      return "end";
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
