package highwater;

import static highwater.Scene.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// When a source is asked, and what `push` answers (docs/semantics.md, R1 to R5, R7, R14).
class ReadablePushTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<ByteBuffer> source = new AskedSource<>(scene);
  private final ReadableStream<ByteBuffer> stream = scene.readable(source, StreamOptions.bytes().withMark(4));

  @Test
  void nothingIsReadBeforeSomebodyAsks() {
    assertThat(scene.turn(() -> assertThat(stream.readableFlowing()).isEqualTo(Flowing.UNDECIDED))).isEmpty();
  }

  @Test
  void pushSaysFalseOnceTheBufferReachesTheMark() {
    scene.turn(
        () -> {
          assertThat(source.feed().push(bytes("abc"))).isTrue();
          assertThat(source.feed().push(bytes("d"))).isFalse();
          assertThat(stream.readableLength()).isEqualTo(4);
        });
  }

  @Test
  void theChunkThatCrossesTheMarkIsStillTaken() {
    scene.turn(
        () -> {
          assertThat(source.feed().push(bytes("abcdef"))).isFalse();
          assertThat(source.feed().push(bytes("gh"))).isFalse();
          assertThat(stream.readableLength()).isEqualTo(8);
        });
  }

  @Test
  void aSourceIsAskedAheadUpToTheMarkInOneTick() {
    for (int i = 0; i < 5; i++) source.then(feed -> feed.push(bytes("ab")));
    assertThat(scene.turn(() -> assertThat(Scene.take(stream.read())).isEqualTo("ab")))
        .containsExactly("sync asked", "tick asked", "tick asked");
    scene.turn(() -> assertThat(stream.readableLength()).isEqualTo(4));
  }

  @Test
  void aSourceIsNotAskedAgainBeforeItHasAnswered() {
    assertThat(
            scene.turn(
                () -> {
                  assertThat(stream.read()).isNull();
                  assertThat(stream.read()).isNull();
                }))
        .containsExactly("sync asked");
    assertThat(scene.turn(() -> source.feed().push(bytes("a")))).containsExactly("tick asked");
  }

  @Test
  void oneAnswerMayPushSeveralChunks() {
    source.then(
        feed -> {
          feed.push(bytes("a"));
          feed.push(bytes("b"));
          feed.push(bytes("c"));
        });
    scene.turn(
        () -> {
          assertThat(Scene.take(stream.read())).isEqualTo("a");
          assertThat(Scene.take(stream.read())).isEqualTo("b");
          assertThat(Scene.take(stream.read())).isEqualTo("c");
        });
  }

  @Test
  void pushesMayComeUnasked() {
    scene.turn(() -> source.feed().push(bytes("a")));
    scene.turn(() -> assertThat(Scene.take(stream.read())).isEqualTo("a"));
  }

  @Test
  void anEmptyPushAnswersTheQuestionAndGivesNothing() {
    scene.turn(() -> assertThat(stream.read()).isNull());
    assertThat(scene.turn(() -> assertThat(source.feed().push(bytes(""))).isTrue())).containsExactly("tick asked");
    scene.turn(() -> assertThat(stream.readableLength()).isZero());
  }

  @Test
  void anEmptyPushDoesNotAskForEver() {
    for (int i = 0; i < 10; i++) source.then(feed -> feed.push(bytes("")));
    assertThat(scene.turn(() -> stream.read(0))).containsExactly("sync asked", "tick asked");
  }

  @Test
  void aPushAfterTheEndFailsTheStream() {
    scene.turn(() -> source.feed().end());
    assertThat(scene.turn(() -> assertThat(source.feed().push(bytes("late"))).isFalse()))
        .containsExactly("tick error ERR_STREAM_PUSH_AFTER_EOF", "tick close");
    assertThat(stream.errored()).hasMessageContaining("a push of 4");
  }

  @Test
  void aPushToADestroyedStreamIsDropped() {
    scene.turn(() -> stream.destroy());
    scene.turn(
        () -> {
          assertThat(source.feed().push(bytes("a"))).isFalse();
          assertThat(stream.readableLength()).isZero();
        });
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void aChunkThatIsNoBufferFailsAStreamOfBytes() {
    assertThat(scene.turn(() -> assertThat(((Feed) source.feed()).push("text")).isFalse()))
        .containsExactly("tick error ERR_INVALID_ARG_TYPE", "tick close");
  }

  @Test
  void aNullChunkIsThrownBack() {
    scene.turn(
        () ->
            assertThatThrownBy(() -> source.feed().push(null))
                .isInstanceOfSatisfying(
                    StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_STREAM_NULL_VALUES)));
  }

  @Test
  void aMarkOfZeroReadsNothingAhead() {
    var zero = scene.readable(source, StreamOptions.bytes().withMark(0));
    for (int i = 0; i < 5; i++) source.then(feed -> feed.push(bytes("ab")));
    assertThat(scene.turn(() -> assertThat(Scene.take(zero.read())).isEqualTo("ab"))).containsExactly("sync asked");
    assertThat(scene.turn(() -> assertThat(Scene.take(zero.read())).isEqualTo("ab"))).containsExactly("sync asked");
  }

  @Test
  void aMarkOfZeroStillFlows() {
    var zero = scene.readable(source, StreamOptions.bytes().withMark(0));
    source.then(feed -> feed.push(bytes("a"))).then(feed -> feed.push(bytes("b"))).then(Feed::end);
    assertThat(scene.turn(() -> scene.logData(zero)))
        .filteredOn(line -> !line.contains("asked"))
        .containsExactly("tick resume", "tick data a", "tick data b", "tick 2 end", "tick 3 close");
  }

  @Test
  void theSourceIsToldTheMark() {
    assertThat(source.feed().wanted()).isEqualTo(4);
  }

  @Test
  void aFeedThatFailsDestroysTheStream() {
    assertThat(scene.turn(() -> source.feed().fail(new IllegalStateException("gone"))))
        .containsExactly("tick error gone", "tick close");
  }

  @Test
  void aFedStreamTakesWhatComes() {
    var fed = scene.make(() -> ReadableStream.<ByteBuffer>fed(StreamOptions.bytes()));
    scene.make(() -> scene.watch(fed.stream()));
    scene.turn(() -> scene.logData(fed.stream()));
    assertThat(scene.turn(() -> fed.feed().end(bytes("last"))))
        .containsExactly("sync data last", "tick end", "tick 2 close");
  }
}
