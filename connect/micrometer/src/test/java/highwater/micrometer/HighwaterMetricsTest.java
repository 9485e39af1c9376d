package highwater.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Report;
import highwater.pipeline.Target;
import highwater.strand.HandTurned;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a Prometheus server reads.
@Timeout(60)
class HighwaterMetricsTest {
  private static final long MILLISECOND = 1_000_000L;

  @TempDir Path dir;

  private final HandTurned hand = new HandTurned();
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private HighwaterMetrics metrics = new HighwaterMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  /// The value of one line of a scrape, by its name and tags in the order of the alphabet; -1 where there is none.
  private double scraped(String series) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(-1);
  }

  private CompletionStage<Integer> after(long nanos, int result) {
    var done = new CompletableFuture<Integer>();
    hand.strand().after(nanos, () -> done.complete(result));
    return done;
  }

  /// A target that takes so long for each number.
  private Pipeline slow(int numbers, int millis) {
    return Pipeline.from(Origin.fromIterable(IntStream.range(0, numbers).boxed().toList()))
        .to(Target.forEachAsync(number -> after(millis * MILLISECOND, number)));
  }

  private static Pipeline quick(Integer... numbers) {
    return Pipeline.from(Origin.values(numbers)).to(Target.forEach(number -> {}));
  }

  @Test
  void aRunThatIsOverIsCountedThoughNoScrapeSawIt() throws Exception {
    metrics.bindTo(registry);
    var log = Files.writeString(dir.resolve("log"), "a line of a log\n".repeat(100_000));
    Report report = null;
    long bytes = 0;
    for (int i = 0; i < 3; i++) {
      report =
          Pipeline.from(FileStreams.read(log))
              .through(Gzip.compress())
              .to(FileStreams.write(dir.resolve("log" + i + ".gz")))
              .named("pack")
              .run();
      bytes += report.bytesOut();
    }
    assertThat(scraped("highwater_stage_bytes_total{direction=\"out\",pipeline=\"pack\",stage=\"source\"}"))
        .isEqualTo(3.0 * Files.size(log));
    assertThat(scraped("highwater_stage_bytes_total{direction=\"in\",pipeline=\"pack\",stage=\"gzip level 6\"}"))
        .isEqualTo(3.0 * Files.size(log));
    assertThat(scraped("highwater_stage_bytes_total{direction=\"in\",pipeline=\"pack\",stage=\"sink\"}"))
        .isEqualTo((double) bytes);
    assertThat(scraped("highwater_pipeline_runs_seconds_count{outcome=\"succeeded\",pipeline=\"pack\"}")).isEqualTo(3);
    assertThat(scraped("highwater_pipeline_running{pipeline=\"pack\"}")).isZero();
    assertThat(registry.scrape()).doesNotContain("log0.gz");
  }

  @Test
  void theTimesAreThoseOfTheReports() throws Exception {
    metrics.bindTo(registry);
    var run = slow(10, 30).named("slow").startOn(hand.strand());
    hand.runUntilIdle();
    var stages = run.join().stages();
    assertThat(scraped("highwater_stage_time_seconds_total{pipeline=\"slow\",stage=\"sink\",state=\"busy\"}"))
        .isCloseTo(stages.get(1).busyNanos() / 1e9, within(1e-9))
        .isGreaterThan(0.2);
    assertThat(scraped("highwater_stage_time_seconds_total{pipeline=\"slow\",stage=\"source\",state=\"blocked\"}"))
        .isCloseTo(stages.get(0).blockedNanos() / 1e9, within(1e-9));
    assertThat(scraped("highwater_stage_time_seconds_total{pipeline=\"slow\",stage=\"sink\",state=\"starved\"}"))
        .isCloseTo(stages.get(1).starvedNanos() / 1e9, within(1e-9));
    assertThat(scraped("highwater_pipeline_runs_seconds_sum{outcome=\"succeeded\",pipeline=\"slow\"}"))
        .isCloseTo(run.report().elapsed().toNanos() / 1e9, within(1e-9));
    var sink = stages.get(1);
    assertThat(sink.falseAnswers()).isPositive();
    assertThat(scraped("highwater_stage_pressure_answers_total{answer=\"false\",pipeline=\"slow\",stage=\"sink\"}"))
        .isEqualTo((double) sink.falseAnswers());
    assertThat(scraped("highwater_stage_pressure_answers_total{answer=\"drain\",pipeline=\"slow\",stage=\"sink\"}"))
        .isEqualTo((double) sink.drains());
    assertThat(scraped("highwater_stage_longest_wait_seconds{pipeline=\"slow\",stage=\"sink\"}"))
        .isCloseTo(sink.longestWaitNanos() / 1e9, within(1e-9));
    assertThat(scraped("highwater_stage_buffer_peak{pipeline=\"slow\",stage=\"sink\"}"))
        .isEqualTo((double) sink.buffer().peak());
    assertThat(scraped("highwater_stage_buffer_held{pipeline=\"slow\",stage=\"sink\"}")).isZero();
    hand.close();
  }

  @Test
  void runsUnderWayAreInTheScrape() {
    metrics.bindTo(registry);
    var first = slow(100, 30).named("slow").startOn(hand.strand());
    var second = slow(100, 30).named("slow").startOn(hand.strand());
    hand.advance(1000 * MILLISECOND);
    awaitScrape("highwater_pipeline_running{pipeline=\"slow\"}", 2);
    double chunks = first.report().stages().getLast().chunksIn() + second.report().stages().getLast().chunksIn();
    assertThat(chunks).isGreaterThan(40);
    awaitScrape("highwater_stage_chunks_total{direction=\"in\",pipeline=\"slow\",stage=\"sink\"}", chunks);
    assertThat(scraped("highwater_pipeline_runs_seconds_count{outcome=\"cancelled\",pipeline=\"slow\"}")).isEqualTo(-1);
    first.cancel("enough");
    second.cancel("enough");
    hand.runUntilIdle();
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"slow\",stage=\"sink\"}"))
        .isEqualTo(chunks);
    assertThat(scraped("highwater_pipeline_running{pipeline=\"slow\"}")).isZero();
    assertThat(scraped("highwater_pipeline_runs_seconds_count{outcome=\"cancelled\",pipeline=\"slow\"}")).isEqualTo(2);
    hand.close();
  }

  /// One look at the runs serves for 20 ms.
  private void awaitScrape(String series, double value) {
    long deadline = System.nanoTime() + 20_000 * MILLISECOND;
    while (scraped(series) != value) {
      assertThat(System.nanoTime()).as("%s is %s", series, scraped(series)).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void aRunThatWasUnderWayBeforeTheBindingCountsToo() {
    var run = slow(100, 30).named("early").startOn(hand.strand());
    hand.advance(300 * MILLISECOND);
    metrics.bindTo(registry);
    awaitScrape("highwater_pipeline_running{pipeline=\"early\"}", 1);
    run.cancel("enough");
    hand.runUntilIdle();
    assertThat(scraped("highwater_pipeline_runs_seconds_count{outcome=\"cancelled\",pipeline=\"early\"}")).isEqualTo(1);
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"early\",stage=\"sink\"}"))
        .isEqualTo((double) run.report().stages().getLast().chunksIn());
    hand.close();
  }

  @Test
  void aCounterNeverFallsWhileRunsComeAndGo() throws Exception {
    metrics.bindTo(registry);
    var runs = new ArrayList<PipelineRun>();
    var over = new CompletableFuture<Void>();
    var runner =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < 400; i++) runs.add(quick(1, 2, 3, 4).named("many").start());
                    for (var run : runs) assertThat(catchThrowable(run::join)).isNull();
                  } finally {
                    over.complete(null);
                  }
                });
    double last = 0;
    do {
      double now =
          Math.max(0, scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"many\",stage=\"sink\"}"));
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
    } while (!over.isDone());
    runner.join();
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"many\",stage=\"sink\"}"))
        .isEqualTo(1600);
    assertThat(scraped("highwater_pipeline_runs_seconds_count{outcome=\"succeeded\",pipeline=\"many\"}"))
        .isEqualTo(400);
  }

  @Test
  void aFailureIsAnOutcome() {
    metrics.bindTo(registry);
    var failing =
        Pipeline.from(Origin.failed(new IllegalStateException("no"))).to(Target.forEach(it -> {})).named("failing");
    assertThatThrownBy(failing::run).hasMessageContaining("no");
    assertThat(scraped("highwater_pipeline_runs_seconds_count{outcome=\"failed\",pipeline=\"failing\"}")).isEqualTo(1);
  }

  @Test
  void pipelinesWithoutANameShareOneTag() {
    metrics.bindTo(registry);
    quick(1, 2).run();
    quick(1, 2, 3).run();
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"unnamed\",stage=\"sink\"}"))
        .isEqualTo(5);
  }

  @Test
  void theTagMayBeMadeOfTheRun() {
    metrics = HighwaterMetrics.builder().pipelineTag(run -> run.name().substring(0, 3)).build();
    metrics.bindTo(registry);
    quick(1, 2).named("day 17").run();
    quick(1).named("day 18").run();
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"day\",stage=\"sink\"}")).isEqualTo(3);
  }

  @Test
  void aTagThatCannotBeMadeIsNone() {
    metrics = HighwaterMetrics.builder().pipelineTag(run -> run.name().substring(99)).build();
    metrics.bindTo(registry);
    quick(1, 2).named("short").run();
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"unnamed\",stage=\"sink\"}"))
        .isEqualTo(2);
  }

  @Test
  void tooManyNamesAreCountedTogether() {
    metrics = HighwaterMetrics.builder().pipelinesAtMost(2).build();
    metrics.bindTo(registry);
    for (int i = 0; i < 50; i++) quick(1, 2).named("job " + i).run();
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"job 1\",stage=\"sink\"}"))
        .isEqualTo(2);
    assertThat(scraped("highwater_stage_chunks_total{direction=\"in\",pipeline=\"other\",stage=\"sink\"}"))
        .isEqualTo(96);
    assertThat(registry.scrape().lines().filter(line -> line.startsWith("highwater_pipeline_running{"))).hasSize(3);
  }

  @Test
  void tooManyStageNamesAreCountedTogether() {
    metrics.bindTo(registry);
    int names = 3 * PipelineSeries.STAGES_MAX;
    for (int i = 0; i < names; i++) {
      Pipeline.from(FileStreams.read(empty()))
          .through(highwater.codec.Tee.to(FileStreams.write(dir.resolve("copy" + i))))
          .to(FileStreams.write(dir.resolve("out" + i)))
          .named("tees")
          .run();
    }
    var stages =
        registry
            .scrape()
            .lines()
            .filter(line -> line.startsWith("highwater_stage_buffer_peak{pipeline=\"tees\""))
            .toList();
    assertThat(stages).hasSize(PipelineSeries.STAGES_MAX + 1).anyMatch(line -> line.contains("stage=\"other\""));
  }

  private Path empty() {
    try {
      return Files.write(dir.resolve("empty"), new byte[0]);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void stagesNamedAlikeAreNumbered() throws Exception {
    metrics.bindTo(registry);
    var log = Files.writeString(dir.resolve("log"), "x".repeat(1000));
    Pipeline.from(FileStreams.read(log))
        .through(Gzip.compress())
        .through(Gzip.compress())
        .to(FileStreams.write(dir.resolve("twice.gz")))
        .named("twice")
        .run();
    double first = scraped("highwater_stage_bytes_total{direction=\"in\",pipeline=\"twice\",stage=\"gzip level 6\"}");
    double second =
        scraped("highwater_stage_bytes_total{direction=\"in\",pipeline=\"twice\",stage=\"gzip level 6 #2\"}");
    assertThat(first).isEqualTo(1000);
    assertThat(second).isPositive().isLessThan(1000);
  }

  @Test
  void nothingIsLeftAfterTheClose() {
    metrics = HighwaterMetrics.builder().budget("uploads", Budget.of(1000)).build();
    metrics.bindTo(registry);
    quick(1).named("gone").run();
    assertThat(registry.getMeters()).isNotEmpty();
    metrics.close();
    assertThat(registry.getMeters()).isEmpty();
    assertThat(registry.scrape()).doesNotContain("highwater");
    quick(1).named("gone").run();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void twoRegistriesHaveTheSame() {
    var second = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    metrics.bindTo(registry);
    quick(1).named("both").run();
    metrics.bindTo(second);
    quick(1).named("both").run();
    var chunks = "highwater_stage_chunks_total{direction=\"in\",pipeline=\"both\",stage=\"sink\"} 2.0";
    assertThat(registry.scrape()).contains(chunks);
    assertThat(second.scrape()).contains(chunks);
  }

  @Test
  void budgetsAndTagsOfAllAreThoseGiven() {
    var budget = Budget.of(1000);
    metrics = HighwaterMetrics.builder().tags(Tags.of("service", "backup")).budget("uploads", budget).build();
    metrics.bindTo(registry);
    assertThat(budget.trySurplus(300)).isTrue();
    assertThat(scraped("highwater_budget_used_bytes{budget=\"uploads\",service=\"backup\"}")).isEqualTo(300);
    budget.giveBack(200);
    assertThat(scraped("highwater_budget_used_bytes{budget=\"uploads\",service=\"backup\"}")).isEqualTo(100);
    assertThat(scraped("highwater_budget_peak_bytes{budget=\"uploads\",service=\"backup\"}")).isEqualTo(300);
    assertThat(scraped("highwater_budget_size_bytes{budget=\"uploads\",service=\"backup\"}")).isEqualTo(1000);
    assertThat(scraped("highwater_budget_waiting{budget=\"uploads\",service=\"backup\"}")).isZero();
    var builder = HighwaterMetrics.builder().budget("uploads", budget);
    assertThatThrownBy(() -> builder.budget("uploads", budget)).hasMessageContaining("uploads");
    assertThatThrownBy(() -> builder.pipelinesAtMost(0)).hasMessageContaining("1 or more");
  }

  @Test
  void everyMeterIsInTheDocument() throws Exception {
    metrics = HighwaterMetrics.builder().budget("uploads", Budget.of(1000)).build();
    metrics.bindTo(registry);
    quick(1).named("any").run();
    var document = Files.readString(Path.of("../../docs/observing.md"));
    List<String> names = registry.getMeters().stream().map(meter -> meter.getId().getName()).distinct().toList();
    assertThat(names).hasSizeGreaterThan(12).allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
  }
}
