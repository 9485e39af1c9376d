package highwater.planted;

import static highwater.planted.Watched.assertCounts;
import static highwater.planted.Watched.assertNames;
import static highwater.planted.Watched.assertNamesNone;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.Tee;
import highwater.codec.Throttle;
import highwater.hub.Broadcast;
import highwater.hub.HubOptions;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Report;
import highwater.pipeline.Stage;
import highwater.pipeline.Target;
import highwater.pipeline.Upstream;
import highwater.planted.Toll.Work;
import highwater.strand.HandTurned;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pipelines with one slow stage planted into them, in virtual time: from 1.5 times the cost of the others on the verdict
/// names it, at 1.1 it names it or none, and where nothing is slow it names none. Along the way each report adds up.
class PlantedStageTest {
  /// What a chunk costs a stage that is not slow.
  private static final long UNIT = 100_000;

  /// Many times what all the buffers of five streams hold.
  private static final int CHUNKS = 2000;

  private static final int CHUNK_BYTES = 4096;
  private static final int STAGES = 5;
  private static final double[] RATIOS = {1.1, 1.5, 3, 10};

  /// How the five stages run.
  private enum Way {
    /// All are parts: one loop.
    FUSED,
    /// All are streams of the user's.
    CLASSIC,
    /// Parts and streams in turn: the parts are made into streams.
    MIXED
  }

  /// Five stages, source, three between and sink, of which one may be slow.
  ///
  /// @param others how the others work
  /// @param slow which one is slow, -1 for none
  /// @param work how that one works
  private record Plant(Way way, boolean bytes, Work others, int slow, Work work, double ratio) {
    static final List<String> NAMES = List.of("source", "first", "second", "third", "sink");

    Pipeline pipeline(HandTurned hand, long unit) {
      var first = toll(hand, 0, unit);
      var chunks = Toll.chunks(bytes ? CHUNK_BYTES : 0);
      Upstream<Object> upstream =
          Pipeline.from(isPart(0) ? first.partOrigin(CHUNKS, chunks) : first.streamOrigin(CHUNKS, chunks));
      for (int i = 1; i < STAGES - 1; i++) {
        var toll = toll(hand, i, unit);
        upstream = upstream.through(isPart(i) ? toll.partStage() : toll.streamStage());
      }
      var last = toll(hand, STAGES - 1, unit);
      return upstream.to(isPart(STAGES - 1) ? last.partTarget() : last.streamTarget());
    }

    private Toll toll(HandTurned hand, int index, long unit) {
      boolean isSlow = index == slow;
      return new Toll(hand, NAMES.get(index), isSlow ? work : others, isSlow ? (long) (unit * ratio) : unit, bytes);
    }

    private boolean isPart(int index) {
      return way == Way.FUSED || (way == Way.MIXED && index % 2 == 0);
    }

    @Override
    public String toString() {
      var what = bytes ? "bytes" : "objects";
      if (slow < 0) return way + " " + what + ", all " + others;
      return way + " " + what + ", " + NAMES.get(slow) + " " + work + " × " + ratio + " among " + others;
    }
  }

  static Stream<Plant> plants() {
    var plants = new ArrayList<Plant>();
    for (var way : Way.values()) {
      for (boolean bytes : new boolean[] {false, true}) {
        for (int slow = 0; slow < STAGES; slow++) {
          for (double ratio : RATIOS) {
            for (var work : Work.values()) {
              for (var others : Work.values()) {
                plants.add(new Plant(way, bytes, others, slow, work, ratio));
              }
            }
          }
        }
      }
    }
    return plants.stream();
  }

  private static boolean mayBeUnsure(double ratio) {
    return ratio < 1.5;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plants")
  void theVerdictNamesThePlantedStage(Plant plant) {
    var report = run(plant, UNIT);
    assertNames(report, Plant.NAMES.get(plant.slow), mayBeUnsure(plant.ratio));
  }

  private static Report run(Plant plant, long unit) {
    try (var hand = new HandTurned()) {
      var report = Watched.run(hand, plant.pipeline(hand, unit), CHUNKS * unit / 5);
      assertCounts(report, CHUNKS, plant.bytes ? CHUNK_BYTES : 0);
      return report;
    }
  }

  static Stream<Plant> equals() {
    var plants = new ArrayList<Plant>();
    for (var way : Way.values()) {
      for (boolean bytes : new boolean[] {false, true}) {
        for (var others : Work.values()) plants.add(new Plant(way, bytes, others, -1, others, 1));
      }
    }
    return plants.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("equals")
  void noneIsNamedWhereAllCostTheSame(Plant plant) {
    assertNamesNone(run(plant, UNIT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("equals")
  void noneIsNamedWhereNothingTakesTime(Plant plant) {
    assertNamesNone(run(plant, 0));
  }

  @Test
  void noneIsNamedInTheFirstMoments() {
    var report = run(new Plant(Way.FUSED, false, Work.CPU, 1, Work.CPU, 10), 1000);
    assertThat(report.elapsed()).isLessThan(Duration.ofMillis(40));
    assertNamesNone(report);
  }

  @Test
  void noneIsNamedWhereAChunkTakesNextToNothing() {
    int count = 200_000;
    try (var hand = new HandTurned()) {
      var pipeline =
          Pipeline.from(new Toll(hand, "source", Work.CPU, 40, false).partOrigin(count, Toll.chunks(0)))
              .through(new Toll(hand, "slow", Work.CPU, 400, false).partStage())
              .to(new Toll(hand, "sink", Work.CPU, 40, false).partTarget());
      var report = Watched.run(hand, pipeline, 1_000_000);
      assertThat(report.elapsed()).isGreaterThan(Duration.ofMillis(90));
      assertNamesNone(report);
      assertThat(report.verdict().sentence()).contains("slow, takes 4", " ns a chunk");
    }
  }

  // What the library brings.

  /// A pipeline with a stage of the library's planted into it; the others are tolls.
  private interface Planting {
    Pipeline pipeline(HandTurned hand, double ratio);
  }

  private record Special(String what, String slow, double ratio, Planting planting) {
    @Override
    public String toString() {
      return what + " × " + ratio;
    }
  }

  static Stream<Special> specials() {
    var specials = new ArrayList<Special>();
    for (double ratio : RATIOS) {
      for (int at = 1; at <= 3; at++) {
        int index = at;
        specials.add(
            new Special(
                "throttle at " + at + " of a loop", "throttle", ratio, (hand, r) -> throttled(hand, r, index, true)));
        specials.add(
            new Special(
                "throttle at " + at + " among streams",
                "throttle",
                ratio,
                (hand, r) -> throttled(hand, r, index, false)));
      }
      specials.add(new Special("an iterator's next", "iterable", ratio, (hand, r) -> chain(hand, r, 1)));
      specials.add(new Special("a map's function", "map", ratio, (hand, r) -> chain(hand, 1, r)));
      specials.add(new Special("a consumer", "function", ratio, PlantedStageTest::consumed));
      specials.add(new Special("mapAsync, one call", "mapAsync", ratio, (hand, r) -> async(hand, r, 1)));
      specials.add(new Special("mapAsync, four calls", "mapAsync", ratio, (hand, r) -> async(hand, r, 4)));
      for (var work : Work.values()) {
        specials.add(new Special("the second target of a tee, " + work, "tee", ratio, (hand, r) -> tee(hand, r, work)));
        specials.add(
            new Special(
                "one branch of a broadcast, " + work, "the tank", ratio, (hand, r) -> broadcast(hand, r, work)));
      }
    }
    return specials.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("specials")
  void theVerdictNamesWhatTheLibraryBrings(Special special) {
    try (var hand = new HandTurned()) {
      var report = Watched.run(hand, special.planting.pipeline(hand, special.ratio), CHUNKS * UNIT / 5);
      String slow =
          report.stages().stream()
              .map(Report.StageReport::name)
              .filter(n -> n.contains(special.slow))
              .findFirst()
              .orElseThrow();
      assertNames(report, slow, mayBeUnsure(special.ratio));
    }
  }

  /// In a loop a throttle's clock goes on while the others work, so it holds a chunk for what is left of its time.
  private static Pipeline throttled(HandTurned hand, double ratio, int at, boolean fused) {
    double units = fused ? STAGES - 1 + ratio : ratio;
    var throttle = Throttle.bytesPerSecond((long) (CHUNK_BYTES * 1e9 / (units * UNIT)));
    var work = fused ? Work.CPU : Work.TIMER;
    var first = new Toll(hand, "source", work, UNIT, true);
    var chunks = Toll.chunks(CHUNK_BYTES);
    Upstream<Object> upstream =
        Pipeline.from(fused ? first.partOrigin(CHUNKS, chunks) : first.streamOrigin(CHUNKS, chunks));
    for (int i = 1; i < STAGES - 1; i++) {
      var toll = new Toll(hand, Plant.NAMES.get(i), work, UNIT, true);
      if (i == at) upstream = upstream.through(untyped(throttle));
      else upstream = upstream.through(fused ? toll.partStage() : toll.streamStage());
    }
    var last = new Toll(hand, "sink", work, UNIT, true);
    return upstream.to(fused ? last.partTarget() : last.streamTarget());
  }

  @SuppressWarnings("unchecked") // Its chunks are buffers.
  private static Stage<Object, Object> untyped(PullStage<ByteBuffer, ByteBuffer> stage) {
    return (Stage<Object, Object>) (Stage<?, ?>) stage;
  }

  private static Iterable<Integer> numbers(Runnable cost) {
    return () ->
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < CHUNKS;
          }

          @Override
          public Integer next() {
            cost.run();
            return next++;
          }
        };
  }

  private static Runnable cost(HandTurned hand, double units) {
    return () -> hand.spend((long) (units * UNIT));
  }

  /// An iterator that gives many objects in one call, and operators.
  private static Pipeline chain(HandTurned hand, double giving, double mapping) {
    return Pipeline.from(Origin.fromIterable(numbers(cost(hand, giving))))
        .map(
            i -> {
              cost(hand, mapping).run();
              return i;
            })
        .filter(i -> i % 2 == 0)
        .to(new Toll(hand, "sink", Work.CPU, UNIT / 2, false).partTarget());
  }

  private static Pipeline consumed(HandTurned hand, double ratio) {
    return Pipeline.from(Origin.fromIterable(numbers(cost(hand, 1))))
        .through(new Toll(hand, "between", Work.CPU, UNIT, false).partStage())
        .to(Target.forEach(_ -> cost(hand, ratio).run()));
  }

  private static Pipeline async(HandTurned hand, double ratio, int calls) {
    return Pipeline.from(new Toll(hand, "source", Work.CPU, UNIT, false).partOrigin(CHUNKS, Toll.chunks(0)))
        .mapAsync(
            calls,
            // The source and the sink work one after the other, while calls go on.
            _ -> later(hand, (long) (calls * (1 + ratio) * UNIT)))
        .to(new Toll(hand, "sink", Work.CPU, UNIT, false).partTarget());
  }

  private static Pipeline tee(HandTurned hand, double ratio, Work work) {
    long nanos = (long) (ratio * UNIT);
    PullTarget<ByteBuffer> second =
        work == Work.CPU
            ? typed(new Toll(hand, "second", work, nanos, true).partTarget())
            : Target.<ByteBuffer>forEachAsync(_ -> later(hand, nanos));
    return Pipeline.from(new Toll(hand, "source", work, UNIT, true).partOrigin(CHUNKS, Toll.chunks(CHUNK_BYTES)))
        .through(untyped(Tee.to(second)))
        .to(new Toll(hand, "sink", work, UNIT, true).partTarget());
  }

  private static CompletableFuture<Object> later(HandTurned hand, long nanos) {
    var result = new CompletableFuture<Object>();
    var _ = hand.strand().after(nanos, () -> result.complete("done"));
    return result;
  }

  @SuppressWarnings("unchecked") // Its chunks are buffers.
  private static PullTarget<ByteBuffer> typed(PullTarget<Object> target) {
    return (PullTarget<ByteBuffer>) (PullTarget<?>) target;
  }

  /// The pipeline that fills a broadcast with two branches, of which one is slow: for it the broadcast is what is slow.
  private static Pipeline broadcast(HandTurned hand, double ratio, Work work) {
    var tank = Broadcast.ofBytes("the tank", HubOptions.bound(64 << 10).chunkAtMost(CHUNK_BYTES).startingWith(2));
    for (var branch : List.of("slow branch", "quick branch")) {
      boolean isSlow = branch.startsWith("slow");
      // Where the work is on the one strand, each branch adds to what the source sees.
      var reader = new Toll(hand, branch, work, (long) ((isSlow ? ratio : work == Work.CPU ? 0.01 : 0.5) * UNIT), true);
      var _ = Pipeline.from(tank.branch()).to(typedTarget(reader.partTarget())).startOn(hand.strand());
    }
    return Pipeline.from(new Toll(hand, "source", work, UNIT, true).partOrigin(CHUNKS, Toll.chunks(CHUNK_BYTES)))
        .to(untypedTarget(tank.target()));
  }

  @SuppressWarnings("unchecked") // Its chunks are buffers.
  private static Target<ByteBuffer> typedTarget(PullTarget<Object> target) {
    return (Target<ByteBuffer>) (Target<?>) target;
  }

  @SuppressWarnings("unchecked") // Its chunks are buffers.
  private static Target<Object> untypedTarget(Target<ByteBuffer> target) {
    return (Target<Object>) (Target<?>) target;
  }

  @Test
  void theSuiteHasMoreThanSixtyPlants() {
    assertThat(plants().count() + specials().count()).isGreaterThan(300);
  }
}
