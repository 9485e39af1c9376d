package highwater.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.WritableStream;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The strand, the clock and the log of the kit, and streams that record and misbehave.
@Timeout(60)
class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime();

  @Test
  void eachLineOfTheLogTellsItsPhase() {
    assertThat(
            time.turn(
                () -> {
                  time.log("a");
                  time.strand().nextTick(() -> time.strand().nextTick(() -> time.log("c")));
                  time.strand().nextTick(() -> time.log("b"));
                  time.strand().post(() -> time.log("d"));
                }))
        .containsExactly("sync a", "tick b", "tick 2 c");
    assertThat(time.settle()).containsExactly("turn d");
    assertThat(time.log()).hasSize(4);
    time.close();
  }

  @Test
  void timePassesOnlyWhenTold() {
    time.turn(() -> time.strand().after(Duration.ofHours(1).toNanos(), () -> time.log("due")));
    assertThat(time.settle()).isEmpty();
    assertThat(time.now()).isZero();
    assertThat(time.pass(Duration.ofMinutes(59))).isEmpty();
    assertThat(time.pass(Duration.ofMinutes(1))).containsExactly("turn due");
    assertThat(time.now()).isEqualTo(Duration.ofHours(1));
    time.close();
  }

  @Test
  void whatABodyThrowsIsThrownFromItsTurn() {
    assertThatThrownBy(
            () ->
                time.turn(
                    () -> {
                      throw new IllegalStateException("mine");
                    }))
        .hasMessage("mine");
    time.close();
  }

  @Test
  void aPipelineRunsHereInVirtualTime() {
    var slow = new RecordingSink<Integer>(time).taking(Duration.ofHours(1));
    var pipeline =
        Pipeline.from(Origin.of("one", () -> ReadableStream.<Integer>from(feed -> feed.end(1))))
            .to(Target.of("slow", () -> WritableStream.to(slow)));
    assertThat(time.run(pipeline).stages().getLast().chunksIn()).isOne();
    assertThat(time.now()).isEqualTo(Duration.ofHours(1));
    assertThatThrownBy(() -> time.run(pipeline.withDeadline(Duration.ofMinutes(59))))
        .isInstanceOf(PipelineException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    time.pass(Duration.ofHours(1));
    time.close();
  }

  @Test
  void aThreadOfOthersIsWaitedFor() {
    var done = new AtomicBoolean();
    time.turn(
        () -> {
          var hold = time.strand().offload();
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    hold.release();
                    time.strand().post(() -> done.set(true));
                  });
        });
    time.await("the other thread", done::get);
    time.close();
  }

  @Test
  void whatNeverComesFailsWithItsName() {
    assertThatThrownBy(() -> time.await("the train", () -> false, Duration.ofMillis(5), () -> "no rails"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the train does not come: no rails");
    time.close();
  }

  @Test
  void workThatIsLeftIsNamedAtTheClose() {
    time.turn(() -> ReadableStream.<String>from(_ -> {}));
    assertThatThrownBy(time::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("left on a hand-turned strand");
  }

  @Test
  void anErrorThatNobodyHandledFailsTheCloseUnlessItWasLookedAt() {
    var stream = time.make(() -> ReadableStream.<String>from(_ -> {}));
    time.turn(() -> stream.destroy(new IllegalStateException("unseen")));
    assertThat(time.uncaught()).singleElement().satisfies(error -> assertThat(error).hasMessage("unseen"));
    var other = time.make(() -> ReadableStream.<String>from(_ -> {}));
    time.turn(() -> other.destroy(new IllegalStateException("unseen")));
    assertThatThrownBy(time::close).isInstanceOf(AssertionError.class).hasMessageContaining("unseen");
  }

  @Test
  void itWatchesBothSidesOfAStream() {
    var source = new RecordingSource<String>(time).thenPush("a").thenEnd();
    var from = time.watch("r", time.make(() -> ReadableStream.from(source)));
    var to = time.watch("w", time.make(() -> WritableStream.to(new RecordingSink<String>(time))));
    time.turn(() -> from.pipe(to));
    assertThat(time.log())
        .contains("sync w pipe", "tick r resume")
        .containsSubsequence("tick 3 w finish", "tick 4 w close");
    assertThat(source.asks()).isEqualTo(2);
    time.close();
  }

  // ---------------------------------------------------------------- recorders

  private List<@Nullable Throwable> connect(RecordingSource<String> source, RecordingSink<String> sink) {
    var outcome = new ArrayList<@Nullable Throwable>();
    time.turn(() -> Streams.pipeline(List.of(ReadableStream.from(source), WritableStream.to(sink)), outcome::add));
    return outcome;
  }

  @Test
  void aSinkThatHoldsIsAnsweredByTheTest() {
    var sink = new RecordingSink<String>(time).holding();
    var outcome = connect(new RecordingSource<String>(time).thenPush("a").thenPush("b").thenEnd(), sink);
    assertThat(sink.owed()).isOne();
    time.turn(sink::ok);
    assertThat(sink.received()).containsExactly("a", "b");
    time.turn(() -> sink.fail(new IllegalStateException("full")));
    assertThat(outcome).singleElement().satisfies(error -> assertThat(error).hasMessage("full"));
    assertThatThrownBy(() -> time.turn(sink::ok)).hasMessageContaining("no chunk waits");
    time.close();
  }

  @Test
  void aSourceMayAnswerLateAndFromOutside() {
    var source = new RecordingSource<String>(time).thenPush("a", Duration.ofSeconds(5));
    var sink = new RecordingSink<String>(time);
    var outcome = connect(source, sink);
    time.pass(Duration.ofSeconds(4));
    assertThat(sink.received()).isEmpty();
    time.pass(Duration.ofSeconds(1));
    assertThat(sink.received()).containsExactly("a");
    time.turn(() -> source.feed().end("b"));
    assertThat(sink.received()).containsExactly("a", "b");
    assertThat(outcome).containsExactly((Throwable) null);
    time.close();
  }

  @Test
  void theyThrowAndThrowAgain() {
    var first = new IllegalStateException("first");
    var again = new IllegalStateException("again");
    var source = new RecordingSource<String>(time).thenThrow(first).throwingWhenDestroyed(again);
    assertThat(connect(source, new RecordingSink<>(time))).containsExactly(first);
    assertThat(first).hasSuppressedException(again);
    var second = new IllegalStateException("second");
    var sink = new RecordingSink<String>(time).throwingAt(1, second).throwingWhenDestroyed(again);
    assertThat(connect(new RecordingSource<String>(time).thenPush("a"), sink)).containsExactly(second);
    assertThat(second).hasSuppressedException(again);
    time.close();
  }

  @Test
  void aSinkThatAcknowledgesTwiceFailsItsStream() {
    var sink = new RecordingSink<String>(time).acknowledgingTwice();
    var outcome = connect(new RecordingSource<String>(time).thenPush("a"), sink);
    assertThat(outcome)
        .singleElement()
        .satisfies(error -> assertThat(error).hasMessageContaining("a second acknowledgement"));
    time.close();
  }

  @Test
  void bytesAreLoggedAsText() {
    var sink = new RecordingSink<ByteBuffer>(time);
    var stream = time.make(() -> WritableStream.to(sink, StreamOptions.bytes()));
    assertThat(time.turn(() -> stream.end(ByteBuffer.wrap("text".getBytes(US_ASCII))))).startsWith("sync write text");
    time.close();
  }
}
