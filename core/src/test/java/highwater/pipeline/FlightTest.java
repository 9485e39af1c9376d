package highwater.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.Diagnosis;
import highwater.codec.Gzip;
import highwater.contract.Remains;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.Report.StageReport;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Flight recordings of runs: what a recording has is what the report has.
@Timeout(60)
class FlightTest {
  private static final long MILLISECOND = 1_000_000L;

  @TempDir Path dir;

  private final HandTurned hand = new HandTurned();

  private List<RecordedEvent> events(Recording recording) throws IOException {
    if (recording.getState() == RecordingState.RUNNING) recording.stop();
    var file = dir.resolve("run.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file);
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name, PipelineRun run) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(name) && event.getLong("run") == run.id())
        .toList();
  }

  private static long sum(List<RecordedEvent> events, int stage, String field) {
    return events.stream()
        .filter(event -> event.getInt("index") == stage)
        .mapToLong(event -> event.getLong(field))
        .sum();
  }

  /// Something that takes so long of the hand-turned strand's time.
  private CompletionStage<Integer> after(long nanos, int result) {
    var done = new CompletableFuture<Integer>();
    hand.strand().after(nanos, () -> done.complete(result));
    return done;
  }

  /// A stage before the target that takes up to `stageMillis` for a number, and a target that takes up to `targetMillis`.
  private Pipeline planted(Random random, int numbers, int stageMillis, int targetMillis) {
    return Pipeline.from(Numbers.of(() -> IntStream.range(0, numbers).iterator()))
        .mapAsync(1, number -> after(random.nextLong(stageMillis * MILLISECOND), number))
        .to(Target.forEachAsync(number -> after(random.nextLong(targetMillis * MILLISECOND), number)))
        .named("planted");
  }

  static List<Long> seeds() {
    var given = System.getProperty("seed");
    return given == null ? new Random().longs(20).boxed().toList() : List.of(Long.parseLong(given));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theSpansOfAStageAddUpToItsReport(long seed) throws Exception {
    var random = new Random(seed);
    try (var recording = new Recording()) {
      recording.start();
      var pipeline = planted(random, 1 + random.nextInt(40), 1 + random.nextInt(60), 1 + random.nextInt(60));
      var run = pipeline.startOn(hand.strand());
      hand.runUntilIdle();
      var spans = named(events(recording), "highwater.Blocked", run);
      var stages = run.join().stages();
      for (int i = 0; i < stages.size(); i++) {
        assertThat(sum(spans, i, "blocked"))
            .as("%s of seed %d", stages.get(i), seed)
            .isEqualTo(stages.get(i).blockedNanos());
      }
      var drains = named(events(recording), "highwater.StageDrains", run);
      for (int i = 0; i < stages.size(); i++) {
        assertThat(sum(drains, i, "falseAnswers")).as("seed %d", seed).isEqualTo(stages.get(i).falseAnswers());
        assertThat(sum(drains, i, "drains")).as("seed %d", seed).isEqualTo(stages.get(i).drains());
      }
      assertThat(spans).allSatisfy(span -> assertThat(span.getLong("blocked")).isPositive());
      assertThat(stages.getFirst().blockedNanos()).isPositive();
    }
    hand.close();
  }

  @Test
  void theSpansOfClassicStreamsAddUpToo() throws Exception {
    try (var recording = new Recording()) {
      recording.start();
      // Wrapped, so that the recipe has no part.
      var origin = Numbers.of(() -> IntStream.range(0, 30).iterator());
      var run =
          Pipeline.from(Origin.of("live", () -> PartStreams.readable(origin, Budget.unlimited())))
              .to(Target.<Integer>forEachAsync(number -> after(20 * MILLISECOND, number)))
              .startOn(hand.strand());
      hand.runUntilIdle();
      var events = events(recording);
      var stages = run.join().stages();
      assertThat(sum(named(events, "highwater.Blocked", run), 0, "blocked"))
          .isEqualTo(stages.getFirst().blockedNanos())
          .isGreaterThan(500 * MILLISECOND);
    }
    hand.close();
  }

  @Test
  void theSpansOfARunOnThreadsAddUp() throws Exception {
    var log = Files.writeString(dir.resolve("log"), "a line of a log\n".repeat(300_000));
    try (var recording = new Recording()) {
      recording.start();
      var run =
          Pipeline.from(FileStreams.read(log))
              .through(Gzip.compress())
              .to(FileStreams.write(dir.resolve("log.gz")))
              .start();
      var stages = run.join().stages();
      var spans = named(events(recording), "highwater.Blocked", run);
      for (int i = 0; i < stages.size(); i++) {
        assertThat(sum(spans, i, "blocked")).as("%s", stages.get(i)).isEqualTo(stages.get(i).blockedNanos());
      }
    }
    hand.close();
  }

  @Test
  void aLongWaitIsOneSpanAndNamesWhoItWaitsFor() throws Exception {
    try (var recording = new Recording()) {
      recording.start();
      var run =
          Numbers.from(1)
              .mapAsync(1, number -> after(5_000 * MILLISECOND, number))
              .to(Target.forEachAsync(number -> after(MILLISECOND, number)))
              .startOn(hand.strand());
      hand.runUntilIdle();
      var stages = run.join().stages();
      var spans =
          named(events(recording), "highwater.Blocked", run).stream().filter(e -> e.getInt("index") == 0).toList();
      var longest = spans.getFirst();
      assertThat(longest.getDuration("blocked")).isEqualTo(Duration.ofSeconds(5));
      assertThat(longest.getString("waitsFor")).isEqualTo(stages.get(1).name());
      assertThat(longest.getString("stage")).isEqualTo(stages.get(0).name());
    }
    hand.close();
  }

  @Test
  void theStageTimesAreThoseOfTheReport() throws Exception {
    try (var recording = new Recording()) {
      recording.start();
      var run = planted(new Random(1), 10, 30, 10).startOn(hand.strand());
      hand.runUntilIdle();
      var times = named(events(recording), "highwater.StageTimes", run);
      var stages = run.join().stages();
      assertThat(times).hasSameSizeAs(stages);
      for (int i = 0; i < stages.size(); i++) assertThat(figures(times.get(i))).isEqualTo(figures(stages.get(i)));
    }
    hand.close();
  }

  private static List<Object> figures(RecordedEvent event) {
    return List.of(
        event.getString("stage"),
        event.getLong("busy"),
        event.getLong("starved"),
        event.getLong("blocked"),
        event.getLong("chunksIn"),
        event.getLong("chunksOut"),
        event.getLong("falseAnswers"),
        event.getLong("drains"),
        event.getLong("longestWait"));
  }

  private static List<Object> figures(StageReport stage) {
    return List.of(
        stage.name(),
        stage.busyNanos(),
        stage.starvedNanos(),
        stage.blockedNanos(),
        stage.chunksIn(),
        stage.chunksOut(),
        stage.falseAnswers(),
        stage.drains(),
        stage.longestWaitNanos());
  }

  @Test
  void aRunIsOpenedAndClosedWithItsOutcome() throws Exception {
    try (var recording = new Recording()) {
      recording.start();
      var good = planted(new Random(1), 3, 10, 10).startOn(hand.strand());
      var failing =
          Numbers.from(1)
              .map(
                  number -> {
                    if (number == 1) throw new IllegalStateException("no ones");
                    return number;
                  })
              .to(Target.forEach(number -> {}))
              .startOn(hand.strand());
      var stopped = planted(new Random(1), 3, 10, 10).startOn(hand.strand());
      stopped.cancel("enough");
      hand.runUntilIdle();
      var events = events(recording);
      assertThat(named(events, "highwater.PipelineOpened", good))
          .singleElement()
          .satisfies(
              opened -> {
                assertThat(opened.getString("pipeline")).isEqualTo("planted");
                assertThat(opened.getString("stages")).startsWith("numbers ─▶ ");
              });
      var closed = named(events, "highwater.PipelineClosed", good).getFirst();
      assertThat(closed.getString("outcome")).isEqualTo("succeeded");
      assertThat(closed.getString("error")).isNull();
      assertThat(closed.getDuration("elapsed")).isEqualTo(good.report().elapsed());
      closed = named(events, "highwater.PipelineClosed", failing).getFirst();
      assertThat(closed.getString("outcome")).isEqualTo("failed");
      assertThat(closed.getString("error")).contains("no ones");
      closed = named(events, "highwater.PipelineClosed", stopped).getFirst();
      assertThat(closed.getString("outcome")).isEqualTo("cancelled");
      assertThat(closed.getString("error")).contains("enough");
    }
    hand.close();
  }

  @Test
  void theWaitForTheBudgetIsInTheSpanOfTheRunAndNotInItsTimes() throws Exception {
    var log = Files.writeString(dir.resolve("log"), "a line of a log\n");
    var budget = Budget.of(1 << 20);
    assertThat(budget.trySurplus(1 << 20)).isTrue();
    hand.advance(5_000 * MILLISECOND);
    try (var recording = new Recording()) {
      recording.start();
      var run =
          Pipeline.from(FileStreams.read(log))
              .to(FileStreams.write(dir.resolve("copy")))
              .withBudget(budget)
              .startOn(hand.strand());
      hand.advance(400 * MILLISECOND);
      assertThat(run.report().elapsed()).as("nothing was opened yet").isZero();
      budget.giveBack(1 << 20);
      hand.runUntilIdle();
      var report = run.join();
      assertThat(report.elapsed()).isLessThan(Duration.ofMillis(400));
      assertThat(named(events(recording), "highwater.PipelineClosed", run))
          .singleElement()
          .satisfies(closed -> assertThat(closed.getDuration("elapsed")).isEqualTo(report.elapsed()));
    }
    hand.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 250, 730})
  void aRecordingMayBeginInTheMiddleOfARun(int millis) throws Exception {
    var run = planted(new Random(7), 40, 10, 40).startOn(hand.strand());
    hand.advance(millis * MILLISECOND);
    try (var recording = new Recording()) {
      recording.start();
      long before = run.report().stages().getFirst().blockedNanos();
      hand.runUntilIdle();
      var spans = named(events(recording), "highwater.Blocked", run);
      long all = run.join().stages().getFirst().blockedNanos();
      // A span takes 100 ms, up to the next turn, and a wait takes 40 ms at most.
      assertThat(sum(spans, 0, "blocked")).isBetween(all - before - 150 * MILLISECOND, all - before);
    }
    hand.close();
  }

  @Test
  void aSecondRecordingDoesNotHaveTheTimesOfThePauseBeforeIt() throws Exception {
    var first = new Recording();
    first.start();
    var run = planted(new Random(7), 60, 10, 40).startOn(hand.strand());
    hand.advance(200 * MILLISECOND);
    first.close();
    hand.advance(300 * MILLISECOND);
    try (var second = new Recording()) {
      second.start();
      long before = run.report().stages().getFirst().blockedNanos();
      hand.runUntilIdle();
      long all = run.join().stages().getFirst().blockedNanos();
      long spans = sum(named(events(second), "highwater.Blocked", run), 0, "blocked");
      assertThat(spans).isBetween(all - before - 150 * MILLISECOND, all - before);
    }
    hand.close();
  }

  @Test
  void aRunThatWaitsIsSampledAllTheSame() throws Exception {
    var never = new CompletableFuture<Void>();
    var samples = new ConcurrentLinkedQueue<RecordedEvent>();
    try (var recording = new RecordingStream()) {
      recording.setReuse(false);
      recording.enable("highwater.StageSample").withPeriod(Duration.ofMillis(20));
      recording.onEvent("highwater.StageSample", samples::add);
      recording.startAsync();
      var run = Numbers.from(1, 2).to(Target.forEachAsync(number -> never)).start();
      Remains.await(
          "a sample of the target, busy for a while",
          () ->
              samples.stream()
                  .anyMatch(
                      sample ->
                          sample.getLong("run") == run.id()
                              && sample.getInt("index") == 1
                              && sample.getLong("busy") > MILLISECOND));
      run.cancel("seen enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    }
    hand.close();
  }

  @Test
  void aStallThatAWatchFindsIsRecorded() throws Exception {
    var never = new CompletableFuture<Void>();
    var told = new CompletableFuture<Diagnosis>();
    try (var recording = new Recording()) {
      recording.start();
      var run = Numbers.from(1, 2).to(Target.forEachAsync(number -> never)).named("stuck").start();
      var watch =
          StallDoctor.watch(
              Duration.ofMillis(100),
              found -> {
                if (found.subject().equals("stuck")) told.complete(found);
              });
      var diagnosis = told.get();
      watch.remove();
      run.cancel("seen enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
      var stall =
          events(recording).stream()
              .filter(event -> event.getEventType().getName().equals("highwater.Stall"))
              .filter(event -> event.getString("subject").equals("stuck"))
              .findFirst()
              .orElseThrow();
      var root = Objects.requireNonNull(diagnosis.rootWait());
      assertThat(stall.getString("who")).isEqualTo(root.who());
      assertThat(stall.getString("cause")).isEqualTo(root.cause().name());
      assertThat(stall.getString("diagnosis")).isEqualTo(diagnosis.sentence());
      assertThat(stall.getDuration("still")).isEqualTo(diagnosis.still()).isPositive();
    }
    hand.close();
  }

  @Test
  void everyEventAndFieldIsInTheDocument() throws Exception {
    var document = Files.readString(Path.of("../docs/observing.md"));
    try (var recording = new Recording()) {
      recording.start();
      Numbers.from(1).to(Target.forEach(number -> {})).run();
      hand.turn(() -> PartStreams.readable(Numbers.of(List.of(1)), Budget.unlimited()).destroy());
      hand.runUntilIdle();
    }
    var types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getName().startsWith("highwater."))
            .toList();
    assertThat(types).hasSizeGreaterThan(7);
    var common = List.of("startTime", "duration", "eventThread", "stackTrace");
    for (var type : types) {
      assertThat(document).contains("| `" + type.getName() + "` |");
      assertThat(type.getDescription()).isNotBlank();
      assertThat(type.getCategoryNames()).containsExactly("Highwater");
      for (var field : type.getFields()) {
        if (!common.contains(field.getName())) assertThat(document).contains("`" + field.getName() + "`");
      }
    }
    hand.close();
  }

  /// In a JVM where nobody has seen a recording before: a run hangs, then a recording begins.
  static final class Hanging {
    private Hanging() {}

    public static void main(String[] args) {
      var never = new CompletableFuture<Void>();
      var run = Numbers.from(1, 2).to(Target.forEachAsync(number -> never)).start();
      var watch = StallDoctor.watch(Duration.ofMillis(200), found -> {});
      Remains.await("the run hangs", () -> run.report().stages().getLast().chunksIn() > 0);
      var sampled = new CompletableFuture<Void>();
      try (var recording = new RecordingStream()) {
        recording.onEvent("highwater.StageSample", sample -> sampled.complete(null));
        recording.startAsync();
        sampled.join();
      }
      watch.remove();
      System.out.println("sampled " + run.report().stages().size());
      run.cancel("seen enough");
    }
  }

  @Test
  void aRunThatHangsIsFoundByTheWatchOfTheDoctor() throws Exception {
    assertThat(jvm(Hanging.class)).contains("sampled 2");
  }

  /// What a JVM of its own prints, which runs `program`.
  private static String jvm(Class<?> program, String... options) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), program.getName()));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /// Runs a fused and a classic pipeline.
  static final class Plain {
    private Plain() {}

    public static void main(String[] args) {
      Numbers.from(1, 2, 3).map(number -> number + 1).to(Target.forEach(number -> {})).run();
      var live = Origin.of("live", () -> PartStreams.readable(Numbers.of(List.of(4, 5)), Budget.unlimited()));
      Pipeline.from(live).to(Target.forEach(number -> System.out.println("got " + number))).run();
    }
  }

  @Test
  void nothingOfJfrIsLoadedWithoutARecording() throws Exception {
    var output = jvm(Plain.class, "-Xlog:class+load");
    assertThat(output)
        .contains("got 5", "highwater.pipeline.Flight ")
        .doesNotContain("jdk.jfr.", "RunFlight", "StreamFlight");
  }

  @Test
  void aRuntimeWithoutJfrWillDo() throws Exception {
    assertThat(jvm(Plain.class, "--limit-modules", "java.base")).contains("got 5");
    assertThat(jvm(Plain.class, "--limit-modules", "java.base", "-Djdk.jfr.repository=/nowhere")).contains("got 5");
  }
}
