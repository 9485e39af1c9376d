package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import highwater.Done;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.Transformer;
import highwater.WritableStream;
import highwater.pipeline.Report.StageReport;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The times of live streams, whose work overlaps, in virtual time: a stage takes its time within a call, or answers later.
final class OverlappingStagesTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private int chunks = 100;

  private final HandTurned hand = new HandTurned();

  @AfterEach
  void nothingIsLeft() {
    hand.close();
  }

  /// How one stage takes its time for each chunk.
  private record Pace(long nanos, boolean within) {
    static Pace within(double millis) {
      return new Pace((long) (millis * MS), true);
    }

    static Pace later(double millis) {
      return new Pace((long) (millis * MS), false);
    }

    void then(HandTurned hand, Runnable answer) {
      if (within) {
        hand.spend(nanos);
        answer.run();
      } else {
        Strand.current().after(nanos, answer);
      }
    }
  }

  private static StreamOptions options() {
    return StreamOptions.objects().withMark(4);
  }

  private Origin<Integer> origin(Pace pace) {
    return Origin.of(
        "source",
        () ->
            ReadableStream.from(
                new Source<Integer>() {
                  private int next;

                  @Override
                  public void read(Feed<Integer> feed) {
                    if (next == chunks) {
                      feed.end();
                      return;
                    }
                    int chunk = next++;
                    pace.then(hand, () -> feed.push(chunk));
                  }
                },
                options()));
  }

  private Stage<Integer, Integer> stage(String name, Pace pace) {
    return Stage.of(
        name,
        () ->
            TransformStream.from(
                new Transformer<Integer, Integer>() {
                  @Override
                  public void transform(Integer chunk, Feed<Integer> out, Done done) {
                    pace.then(
                        hand,
                        () -> {
                          out.push(chunk);
                          done.ok();
                        });
                  }
                },
                options()));
  }

  private Target<Integer> target(Pace pace) {
    return Target.of(
        "sink",
        () ->
            WritableStream.to(
                new Sink<Integer>() {
                  @Override
                  public void write(Integer chunk, Done done) {
                    pace.then(hand, done::ok);
                  }
                },
                options()));
  }

  private Report run(Pace source, Pace stage, Pace sink) {
    var pipeline = Pipeline.from(origin(source)).through(stage("stage", stage)).to(target(sink));
    var run = pipeline.startOn(hand.strand());
    for (int i = 0; hand.hasWork(); i++) {
      hand.advance(MS / 4);
      sums(run.report());
      assertThat(i).isLessThan(100_000);
    }
    try {
      return run.completion().toCompletableFuture().join();
    } catch (CompletionException failed) {
      throw new AssertionError(failed.getCause());
    }
  }

  private static void sums(Report report) {
    for (var stage : report.stages()) {
      assertThat(stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos())
          .describedAs(stage.name())
          .isEqualTo(report.elapsed().toNanos());
    }
  }

  private static void busy(Report report, double source, double stage, double sink) {
    double[] expected = {source, stage, sink};
    for (int i = 0; i < 3; i++) {
      assertThat((double) report.stages().get(i).busyNanos() / report.elapsed().toNanos())
          .describedAs(report.toString())
          .isCloseTo(expected[i], within(0.03));
    }
  }

  private static double blocked(StageReport stage, Report report) {
    return (double) stage.blockedNanos() / report.elapsed().toNanos();
  }

  @Test
  void aTransformThatAnswersLaterOverlapsASinkThatDoes() {
    var report = run(Pace.within(0), Pace.later(3), Pace.later(2));
    busy(report, 0, 1, 2.0 / 3);
    assertThat(report.verdict().stage()).isEqualTo(1);
    assertThat(blocked(report.stages().getFirst(), report)).isGreaterThan(0.9);
  }

  @Test
  void aSinkThatAnswersLaterHoldsUpATransformThatDoes() {
    var report = run(Pace.within(0), Pace.later(2), Pace.later(3));
    busy(report, 0, 2.0 / 3, 1);
    assertThat(report.verdict().stage()).isEqualTo(2);
    assertThat(blocked(report.stages().get(1), report)).isBetween(0.28, 0.36);
  }

  @Test
  void aSourceThatAnswersLaterStarvesThoseBehindIt() {
    var report = run(Pace.later(3), Pace.later(2), Pace.later(1));
    busy(report, 1, 2.0 / 3, 1.0 / 3);
    assertThat(report.verdict().stage()).isZero();
  }

  @Test
  void stagesThatTakeTheirTimeWithinCallsTakeTurns() {
    var report = run(Pace.within(2), Pace.within(3), Pace.within(1));
    busy(report, 2.0 / 6, 3.0 / 6, 1.0 / 6);
    assertThat(report.verdict().stage()).isEqualTo(1);
    assertThat(report.elapsed().toNanos()).isEqualTo(6 * chunks * MS);
  }

  @Test
  void whatTakesItsTimeWithinCallsHoldsUpNobodyWhoAnswersLater() {
    var report = run(Pace.later(1), Pace.within(2), Pace.later(3));
    busy(report, 1.0 / 3, 2.0 / 3, 1);
    assertThat(report.verdict().stage()).isEqualTo(2);
    var first = run(Pace.later(3), Pace.within(2), Pace.within(0.5));
    // It is asked again when its call has returned: the three take turns.
    busy(first, 3 / 5.5, 2 / 5.5, 0.5 / 5.5);
  }

  @Test
  void fastStagesAreTimedBySamples() {
    chunks = 50_000;
    var report = run(Pace.within(0.001), Pace.within(0.003), Pace.within(0.002));
    busy(report, 1.0 / 6, 3.0 / 6, 2.0 / 6);
    assertThat(report.verdict().stage()).isEqualTo(1);
  }

  @Test
  void waitsAndBuffersAreThoseOfTheQueues() {
    var report = run(Pace.within(0), Pace.within(0), Pace.later(1));
    var sink = report.stages().get(2);
    assertThat(sink.falseAnswers()).isPositive().isEqualTo(sink.drains());
    assertThat(sink.isFull()).isFalse();
    // Four chunks are in the queue when it says false, and it drains when none is.
    assertThat(sink.longestWaitNanos()).isEqualTo(4 * MS);
    assertThat(sink.buffer().peak()).isEqualTo(4);
    assertThat(sink.buffer().mark()).isEqualTo(4);
    assertThat(sink.buffer().inObjects()).isTrue();
    assertThat(report.stages().get(1).buffer().mark()).isEqualTo(8);
    assertThat(sink.buffer().held()).isZero();
  }
}
