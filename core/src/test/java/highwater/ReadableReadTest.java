package highwater;

import static highwater.Scene.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// `read()`, `read(n)` and `unshift` (docs/semantics.md, R6, R12, R15).
class ReadableReadTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<ByteBuffer> source = new AskedSource<>(scene);
  private final ReadableStream<ByteBuffer> stream = scene.readable(source, StreamOptions.bytes().withMark(8));

  private void push(String... chunks) {
    scene.turn(
        () -> {
          for (var chunk : chunks) source.feed().push(bytes(chunk));
        });
  }

  private static String taken(ReadableStream<ByteBuffer> stream, int size) {
    return Scene.take(stream.read(size));
  }

  @Test
  void readGivesTheFirstChunkAndNoMore() {
    push("ab", "cd");
    scene.turn(
        () -> {
          assertThat(Scene.take(stream.read())).isEqualTo("ab");
          assertThat(stream.readableLength()).isEqualTo(2);
          assertThat(Scene.take(stream.read())).isEqualTo("cd");
          assertThat(stream.read()).isNull();
        });
  }

  @Test
  void aSizedReadGivesExactlyThatOrNothing() {
    push("abc");
    scene.turn(
        () -> {
          assertThat(stream.read(4)).isNull();
          assertThat(taken(stream, 2)).isEqualTo("ab");
          assertThat(taken(stream, 1)).isEqualTo("c");
        });
  }

  @Test
  void aSizedReadSpansChunksAndLeavesTheRest() {
    push("ab", "cd", "efg");
    scene.turn(
        () -> {
          assertThat(taken(stream, 5)).isEqualTo("abcde");
          assertThat(stream.readableLength()).isEqualTo(2);
          assertThat(Scene.take(stream.read())).isEqualTo("fg");
        });
  }

  @Test
  void aSizedReadWithinAChunkCopiesNothing() {
    var chunk = bytes("abcdef");
    scene.turn(
        () -> {
          source.feed().push(chunk);
          var part = Objects.requireNonNull(stream.read(2));
          chunk.put(1, (byte) 'X');
          assertThat(Scene.take(part)).isEqualTo("aX");
        });
  }

  @Test
  void aSliceKeepsTheByteOrder() {
    scene.turn(
        () -> {
          source.feed().push(bytes("abcdef").order(ByteOrder.LITTLE_ENDIAN));
          assertThat(Objects.requireNonNull(stream.read(2)).order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        });
  }

  @Test
  void directAndReadOnlyChunksAreCutAndJoined() {
    scene.turn(
        () -> {
          source.feed().push(ByteBuffer.allocateDirect(3).put(bytes("abc")).flip());
          source.feed().push(bytes("def").asReadOnlyBuffer());
          assertThat(taken(stream, 2)).isEqualTo("ab");
          assertThat(taken(stream, 3)).isEqualTo("cde");
          assertThat(taken(stream, 1)).isEqualTo("f");
        });
  }

  @Test
  void atTheEndASizedReadGivesWhatIsLeft() {
    push("abc");
    scene.turn(
        () -> {
          source.feed().end();
          assertThat(taken(stream, 8)).isEqualTo("abc");
          assertThat(stream.read(8)).isNull();
        });
  }

  @Test
  void askingForMoreThanTheMarkRaisesItToTheNextPowerOfTwoForGood() {
    scene.turn(
        () -> {
          assertThat(stream.read(8)).isNull();
          assertThat(stream.readableHighWaterMark()).isEqualTo(8);
          assertThat(stream.read(9)).isNull();
          assertThat(stream.readableHighWaterMark()).isEqualTo(16);
          assertThat(stream.read(1)).isNull();
          assertThat(stream.readableHighWaterMark()).isEqualTo(16);
        });
  }

  @Test
  void askingForMoreThanAGibibyteIsRefused() {
    scene.turn(
        () ->
            assertThatThrownBy(() -> stream.read((1 << 30) + 1))
                .isInstanceOfSatisfying(
                    StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_OUT_OF_RANGE))
                .hasMessageContaining("1073741825")
                .hasMessageContaining("1 GiB"));
  }

  @Test
  void askingForLessThanNothingIsRefused() {
    scene.turn(
        () ->
            assertThatThrownBy(() -> stream.read(-1))
                .isInstanceOfSatisfying(
                    StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_OUT_OF_RANGE)));
  }

  @Test
  void readOfNothingAsksAndGivesNothing() {
    source.then(feed -> feed.push(bytes("abcdefgh")));
    assertThat(scene.turn(() -> assertThat(stream.read(0)).isNull())).containsExactly("sync asked");
    scene.turn(() -> assertThat(stream.readableLength()).isEqualTo(8));
  }

  @Test
  void aReadIsAlsoEmittedToDataListeners() {
    push("ab");
    scene.turn(() -> stream.pause());
    assertThat(
            scene.turn(
                () -> {
                  scene.logData(stream);
                  assertThat(Scene.take(stream.read())).isEqualTo("ab");
                }))
        .containsExactly("sync data ab");
  }

  @Test
  void anObjectIsReadAtATimeWhateverTheSize() {
    var objects = new AskedSource<String>(scene);
    var of = scene.readable(objects, StreamOptions.objects());
    scene.turn(
        () -> {
          objects.feed().push("a");
          objects.feed().push("b");
          assertThat(of.read(2)).isEqualTo("a");
          assertThat(of.read()).isEqualTo("b");
        });
  }

  @Test
  void unshiftPutsAChunkBackInFront() {
    push("cd");
    scene.turn(
        () -> {
          stream.unshift(bytes("ab"));
          assertThat(taken(stream, 3)).isEqualTo("abc");
        });
  }

  @Test
  void unshiftIsAllowedOnceTheEndIsPushed() {
    push("ab");
    scene.turn(
        () -> {
          source.feed().end();
          var chunk = Objects.requireNonNull(stream.read());
          stream.unshift(chunk);
          assertThat(taken(stream, 2)).isEqualTo("ab");
        });
  }

  @Test
  void unshiftAnswersNoQuestion() {
    assertThat(
            scene.turn(
                () -> {
                  assertThat(stream.read()).isNull();
                  stream.unshift(bytes("a"));
                  assertThat(Scene.take(stream.read())).isEqualTo("a");
                }))
        .containsExactly("sync asked");
  }

  @Test
  void unshiftAfterTheEndEventFailsTheStream() {
    var open = scene.readable(source, StreamOptions.bytes().withAutoDestroy(false));
    scene.turn(
        () -> {
          source.feed().end();
          open.resume();
        });
    assertThat(scene.turn(() -> open.unshift(bytes("a"))))
        .containsExactly("sync error ERR_STREAM_UNSHIFT_AFTER_END_EVENT");
  }

  @Test
  void aDestroyedStreamStillGivesWhatItHolds() {
    push("ab");
    scene.turn(
        () -> {
          stream.destroy();
          assertThat(Scene.take(stream.read())).isEqualTo("ab");
          assertThat(stream.read()).isNull();
        });
  }
}
