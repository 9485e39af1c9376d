package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import highwater.Done;
import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.strand.HandTurned;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Stages that have to wait for the strand, in virtual time: parts whose turn is queued while a live stream computes, and
/// answers that another thread gives meanwhile. They are not busy for that long.
@Timeout(60)
final class WaitsForTheStrandTest {
  private static final long US = TimeUnit.MICROSECONDS.toNanos(1);
  private static final int CHUNKS = 500;

  private final HandTurned hand = new HandTurned();

  /// What other threads do, by when.
  private final PriorityQueue<Deed> deeds = new PriorityQueue<>(Comparator.comparingLong(Deed::nanos));

  private record Deed(long nanos, Runnable action) {}

  @AfterEach
  void nothingIsLeft() {
    hand.close();
  }

  /// Computes on the strand for so long; what other threads do meanwhile, they do.
  private void compute(long micros) {
    long until = hand.nanoTime() + micros * US;
    for (Deed deed; (deed = deeds.peek()) != null && deed.nanos <= until; ) {
      hand.spend(Math.max(0, deed.nanos - hand.nanoTime()));
      deeds.remove();
      onAnotherThread(deed.action);
    }
    hand.spend(Math.max(0, until - hand.nanoTime()));
  }

  private static void onAnotherThread(Runnable action) {
    var thread = Thread.ofPlatform().daemon().start(action);
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// Has another thread do `action` in so long.
  private void elsewhere(long micros, Runnable action) {
    deeds.add(new Deed(hand.nanoTime() + micros * US, action));
  }

  // The stages.

  private static StreamOptions options() {
    return StreamOptions.objects().withMark(16);
  }

  private Origin<Integer> liveSource(long micros, boolean onePushAnAsk) {
    return Origin.of(
        "source",
        () -> {
          var next = new int[1];
          return ReadableStream.<Integer>from(
              feed -> {
                while (next[0] < CHUNKS) {
                  compute(micros);
                  if (!feed.push(next[0]++) || onePushAnAsk) return;
                }
                feed.end();
              },
              options());
        });
  }

  private Origin<Integer> iterable(long micros) {
    return Origin.fromIterable(
        () ->
            new Iterator<>() {
              private int next;

              @Override
              public boolean hasNext() {
                return next < CHUNKS;
              }

              @Override
              public Integer next() {
                compute(micros);
                return next++;
              }
            });
  }

  private Stage<Integer, Integer> liveStage(long micros) {
    return Stage.of(
        "stage",
        () ->
            TransformStream.from(
                (chunk, out, done) -> {
                  compute(micros);
                  out.push(chunk);
                  done.ok();
                },
                options()));
  }

  private Stage<Integer, Integer> map(long micros) {
    return Stage.map(
        "map",
        value -> {
          compute(micros);
          return value;
        });
  }

  private Stage<Integer, Integer> mapElsewhere(long micros) {
    return Stage.mapAsync(
        1,
        (value, _) -> {
          var result = new CompletableFuture<Integer>();
          elsewhere(micros, () -> result.complete(value));
          return result;
        });
  }

  private Target<Integer> forEach(long micros) {
    return Target.forEach(_ -> compute(micros));
  }

  private Target<Integer> liveTarget(long micros) {
    return Target.of(
        "sink",
        () ->
            WritableStream.to(
                (Integer _, Done done) -> {
                  compute(micros);
                  done.ok();
                },
                options()));
  }

  /// A target whose chunks another thread acknowledges.
  private Target<Integer> targetElsewhere(long micros) {
    return Target.of("sink", () -> WritableStream.to((Integer _, Done done) -> elsewhere(micros, done::ok), options()));
  }

  // Runs.

  private Report run(Pipeline pipeline) {
    var run = pipeline.startOn(hand.strand());
    hand.runReady();
    for (Deed deed; (deed = deeds.poll()) != null; ) {
      hand.advance(Math.max(0, deed.nanos - hand.nanoTime()));
      // Off the strand: nobody drives it now.
      deed.action.run();
      hand.runReady();
      for (var stage : run.report().stages()) assertThat(stage.busyNanos()).isNotNegative();
    }
    hand.runUntilIdle();
    try {
      var report = run.completion().toCompletableFuture().getNow(null);
      assertThat(report).isNotNull();
      return report;
    } catch (CompletionException failed) {
      throw new AssertionError(failed.getCause());
    }
  }

  /// `slow` is named, and each stage is busy for what its chunks cost.
  private static void named(Report report, int slow, long... micros) {
    for (int i = 0; i < micros.length; i++) {
      assertThat((double) report.stages().get(i).busyNanos())
          .describedAs(i + " of " + report)
          .isCloseTo((double) (CHUNKS * micros[i] * US), withinPercentage(3));
    }
    assertThat(report.verdict().stage()).describedAs(report.toString()).isEqualTo(slow);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void partsBehindASlowLiveSource(boolean onePushAnAsk) {
    named(run(Pipeline.from(liveSource(300, onePushAnAsk)).through(map(100)).to(forEach(100))), 0, 300, 100, 100);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPartBetweenASlowLiveSourceAndALiveTarget(boolean onePushAnAsk) {
    named(run(Pipeline.from(liveSource(300, onePushAnAsk)).through(map(100)).to(liveTarget(100))), 0, 300, 100, 100);
  }

  @Test
  void partsAroundASlowLiveStage() {
    named(run(Pipeline.from(iterable(100)).through(liveStage(300)).to(forEach(100))), 1, 100, 300, 100);
  }

  @Test
  void partsBeforeASlowLiveTarget() {
    named(run(Pipeline.from(iterable(100)).through(map(100)).to(liveTarget(300))), 2, 100, 100, 300);
  }

  @Test
  void aSlowPartBetweenLiveStreams() {
    named(run(Pipeline.from(liveSource(100, false)).through(map(300)).to(liveTarget(100))), 1, 100, 300, 100);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void acknowledgementsThatWaitForASlowLiveSource(boolean onePushAnAsk) {
    // The sink works while the source computes, and its answers wait until the strand is free.
    var source = liveSource(600, onePushAnAsk);
    named(run(Pipeline.from(source).through(liveStage(200)).to(targetElsewhere(200))), 0, 600, 200, 200);
  }

  @Test
  void acknowledgementsThatDoNotWait() {
    named(run(Pipeline.from(liveSource(100, true)).through(liveStage(100)).to(targetElsewhere(500))), 2, 100, 100, 500);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callsThatWaitForASlowLiveSource(boolean onePushAnAsk) {
    var source = liveSource(450, onePushAnAsk);
    named(run(Pipeline.from(source).through(mapElsewhere(150)).to(forEach(150))), 0, 450, 150, 150);
  }
}
