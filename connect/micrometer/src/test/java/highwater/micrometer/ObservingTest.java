package highwater.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.RunListener;
import highwater.pipeline.Target;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of docs/observing.md: each block of Java there stands here too, and runs.
@Timeout(60)
class ObservingTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");

  @TempDir Path dir;

  private final List<String> logged = new CopyOnWriteArrayList<>();

  private void log(String line) {
    logged.add(line);
  }

  private Pipeline copy() throws IOException {
    var log = Files.writeString(dir.resolve("huge.log"), "a line of a log\n".repeat(50_000));
    return Pipeline.from(FileStreams.read(log))
        .through(Gzip.compress())
        .to(FileStreams.write(dir.resolve("huge.log.gz")));
  }

  @Test
  @SuppressWarnings("SystemOut") // As in the document.
  void reports() throws Exception {
    var copy = copy();
    var run = copy.start();
    var report = run.report(); // now, from any thread; or what run() and join() return at the end
    for (var stage : report.stages()) {
      System.out.printf("%s is blocked for %d ms%n", stage.name(), stage.blockedNanos() / 1_000_000);
    }
    System.out.println(report.verdict().sentence()); // gzip level 6 is busy 97 % of the time; the others wait for it
    assertThat(run.join().verdict().sentence()).isNotBlank();
  }

  @Test
  void listens() {
    var registration =
        PipelineRun.listen(
            new RunListener() {
              @Override
              public void ended(PipelineRun run, @Nullable Throwable failure) {
                if (failure != null) log(run.name() + " failed: " + failure.getMessage());
              }
            });
    var failing =
        Pipeline.from(Origin.failed(new IllegalStateException("no"))).to(Target.forEach(it -> {})).named("it");
    assertThatThrownBy(failing::run).isNotNull();
    // … and when it is enough:
    registration.remove();
    assertThatThrownBy(failing::run).isNotNull();
    assertThat(logged).hasSize(1).first().asString().startsWith("it failed: ");
  }

  @Test
  void records() throws Exception {
    var copy = copy();
    var file = dir.resolve("run.jfr");
    try (var recording = new Recording()) {
      recording.enable("highwater.StreamDrain").withThreshold(Duration.ofMillis(1));
      recording.start();
      copy.run();
      recording.dump(file);
    }
    assertThat(RecordingFile.readAllEvents(file))
        .extracting(event -> event.getEventType().getName())
        .contains("highwater.PipelineOpened", "highwater.PipelineClosed", "highwater.StageTimes");
  }

  @Test
  void hasMeters() throws Exception {
    var copy = copy();
    var uploads = Budget.of(64 << 20);
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var metrics = HighwaterMetrics.builder().budget("uploads", uploads).build();
    metrics.bindTo(registry); // close() takes everything out again
    copy.named("backup").run();
    assertThat(registry.scrape()).contains("highwater_budget_size_bytes{budget=\"uploads\"}", "pipeline=\"backup\"");
    metrics.close();
  }

  @Test
  void everyBlockOfTheDocumentStandsHere() throws Exception {
    var here = lines(Files.readString(Path.of("src/test/java/highwater/micrometer/ObservingTest.java")));
    var blocks = BLOCK.matcher(Files.readString(Path.of("../../docs/observing.md"))).results().toList();
    assertThat(blocks).hasSizeGreaterThan(3);
    for (var block : blocks) assertThat(here).containsAll(lines(block.group(1)));
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /// The names that alarms are written with.
  @Test
  void everySeriesOfTheDocumentIsScraped() throws Exception {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (var metrics = HighwaterMetrics.builder().budget("any", Budget.of(1)).build()) {
      metrics.bindTo(registry);
      copy().named("any").run();
      var scrape = registry.scrape();
      var document = Files.readString(Path.of("../../docs/observing.md"));
      var series = Pattern.compile("highwater_[a-z_]+[a-z]").matcher(document).results().map(r -> r.group()).distinct();
      assertThat(series).hasSizeGreaterThan(12).allSatisfy(name -> assertThat(scrape).contains("\n" + name));
    }
  }
}
