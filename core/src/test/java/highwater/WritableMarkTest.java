package highwater;

import static highwater.Scene.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What `write` answers, and when `drain` follows (docs/semantics.md, W3, W4, W7).
class WritableMarkTest {
  @AutoClose private final Scene scene = new Scene();
  private final HeldSink<ByteBuffer> sink = new HeldSink<>(scene);
  private final WritableStream<ByteBuffer> stream = scene.writable(sink, StreamOptions.bytes().withMark(4));

  @Test
  void writeReturnsFalseOnceTheBufferReachesTheMark() {
    scene.turn(
        () -> {
          assertThat(stream.write(bytes("abc"))).isTrue();
          assertThat(stream.write(bytes("d"))).isFalse();
          assertThat(stream.writableNeedDrain()).isTrue();
        });
  }

  @Test
  void theChunkThatCrossesTheMarkIsStillTaken() {
    scene.turn(
        () -> {
          assertThat(stream.write(bytes("abcdef"))).isFalse();
          assertThat(stream.write(bytes("gh"))).isFalse();
          assertThat(stream.writableLength()).isEqualTo(8);
        });
    assertThat(scene.turn(sink::ok)).contains("sync sink gh");
  }

  @Test
  void theChunkAtTheSinkCountsUntilItIsAcknowledged() {
    scene.turn(
        () -> {
          assertThat(stream.write(bytes("abc"))).isTrue();
          assertThat(stream.writableLength()).isEqualTo(3);
          sink.ok();
          assertThat(stream.writableLength()).isZero();
        });
  }

  @Test
  void theLengthIsThatOfTheMomentOfTheWrite() {
    scene.turn(
        () -> {
          var _ = stream.write(bytes("a"));
          var chunk = bytes("bcd");
          var _ = stream.write(chunk);
          chunk.position(3);
          assertThat(stream.writableLength()).isEqualTo(4);
          sink.ok();
          assertThat(stream.writableLength()).isEqualTo(3);
          sink.ok();
          assertThat(stream.writableLength()).isZero();
        });
  }

  @Test
  void drainWaitsUntilTheBufferIsEmpty() {
    scene.turn(
        () -> {
          var _ = stream.write(bytes("abc"));
          var _ = stream.write(bytes("def"));
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync sink def");
    assertThat(scene.turn(sink::ok)).containsExactly("sync drain");
    scene.turn(() -> assertThat(stream.writableNeedDrain()).isFalse());
  }

  @Test
  void drainComesOnceForSeveralFalses() {
    scene.turn(
        () -> {
          assertThat(stream.write(bytes("abcd"))).isFalse();
          assertThat(stream.write(bytes("e"))).isFalse();
          assertThat(stream.write(bytes("f"))).isFalse();
        });
    assertThat(
            scene.turn(
                () -> {
                  sink.ok();
                  sink.ok();
                  sink.ok();
                }))
        .containsExactly("sync sink e", "sync sink f", "sync drain");
  }

  @Test
  void noDrainFollowsAWriteThatSaidTrue() {
    assertThat(
            scene.turn(
                () -> {
                  assertThat(stream.write(bytes("abc"))).isTrue();
                  sink.ok();
                }))
        .containsExactly("sync sink abc");
  }

  @Test
  void drainComesBeforeTheCallbackOfTheLastWrite() {
    scene.turn(() -> assertThat(stream.write(bytes("abcd"), scene.told("written"))).isFalse());
    assertThat(scene.turn(sink::ok)).containsExactly("sync drain", "sync written");
  }

  @Test
  void drainOfASynchronousAcknowledgementIsATick() {
    scene.turn(() -> assertThat(stream.write(bytes("abcd"))).isFalse());
    // The second chunk is acknowledged inside the sink's call, which the first acknowledgement makes.
    var prompt = scene.writable(scene.<ByteBuffer>promptSink(), StreamOptions.bytes().withMark(4));
    assertThat(
            scene.turn(
                () -> {
                  prompt.cork();
                  assertThat(prompt.write(bytes("abcd"))).isFalse();
                  prompt.uncork();
                }))
        .containsExactly("sync sink abcd", "tick drain");
  }

  @Test
  void aWriteThatIsAcknowledgedInsideSaysTrueAtAnyLength() {
    var prompt = scene.writable(scene.<ByteBuffer>promptSink(), StreamOptions.bytes().withMark(4));
    assertThat(scene.turn(() -> assertThat(prompt.write(bytes("abcdefgh"))).isTrue()))
        .containsExactly("sync sink abcdefgh");
  }

  @Test
  void noDrainComesAfterEnd() {
    scene.turn(
        () -> {
          assertThat(stream.write(bytes("abcd"))).isFalse();
          stream.end();
          assertThat(stream.writableNeedDrain()).isFalse();
        });
    assertThat(scene.turn(sink::ok)).containsExactly("tick finish", "tick 2 close");
  }

  @Test
  void aMarkOfZeroSaysFalseWhileAnyByteWaits() {
    var zero = scene.writable(sink, StreamOptions.bytes().withMark(0));
    scene.turn(
        () -> {
          assertThat(zero.write(bytes("a"))).isFalse();
          assertThat(zero.writableNeedDrain()).isTrue();
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync drain");
  }

  @Test
  void anEmptyChunkReachesTheSink() {
    assertThat(scene.turn(() -> assertThat(stream.write(bytes(""))).isTrue())).containsExactly("sync sink ");
  }

  @Test
  void anObjectCountsOne() {
    var objects = scene.writable(new HeldSink<String>(scene), StreamOptions.objects().withMark(2));
    scene.turn(
        () -> {
          assertThat(objects.write("a long one")).isTrue();
          assertThat(objects.write("b")).isFalse();
          assertThat(objects.writableLength()).isEqualTo(2);
        });
  }
}
