package highwater;

import static highwater.Scene.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A chunk's position and limit belong to its receiver: each of several has a view of its own (docs/semantics.md, X5).
///
/// Every receiver here moves the position to the limit, so that a shared one would find nothing.
class ChunkSharingTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<ByteBuffer> source = new AskedSource<>(scene);
  private final ReadableStream<ByteBuffer> stream = scene.readable(source, StreamOptions.bytes());

  @Test
  void eachListenerHasItsOwnView() {
    scene.turn(
        () -> {
          stream.onData(chunk -> scene.log("one " + Scene.take(chunk)));
          stream.onData(chunk -> scene.log("two " + Scene.take(chunk)));
          stream.onData(chunk -> scene.log("three " + Scene.take(chunk)));
        });
    assertThat(scene.turn(() -> source.feed().push(bytes("abc"))))
        .containsSubsequence("sync one abc", "sync two abc", "sync three abc");
  }

  @Test
  void aListenerBesideARead() {
    scene.turn(
        () -> {
          source.feed().push(bytes("abc"));
          stream.pause();
          scene.logData(stream);
        });
    assertThat(scene.turn(() -> scene.log("read " + Scene.take(stream.read()))))
        .containsExactly("sync data abc", "sync read abc");
  }

  @Test
  void eachPipeHasItsOwnView() {
    scene.turn(
        () -> {
          stream.pipe(scene.watch("w", WritableStream.to(scene.<ByteBuffer>promptSink(), StreamOptions.bytes())));
          stream.pipe(scene.watch("x", WritableStream.to(scene.<ByteBuffer>promptSink(), StreamOptions.bytes())));
          scene.logData(stream);
        });
    assertThat(scene.turn(() -> source.feed().push(bytes("abc"))))
        .containsSubsequence("sync sink abc", "sync sink abc", "sync data abc");
  }

  @Test
  void aViewThatWaitsInAQueueIsNotMovedByAnother() {
    var held = new HeldSink<ByteBuffer>(scene);
    scene.turn(
        () -> {
          var slow = scene.watch("w", WritableStream.to(held, StreamOptions.bytes()));
          var _ = slow.write(bytes("x"));
          stream.pipe(slow);
          scene.logData(stream);
        });
    scene.turn(() -> source.feed().push(bytes("abc")));
    assertThat(scene.turn(held::ok)).containsExactly("sync sink abc");
  }

  @Test
  void aSingleReceiverHasTheChunkItself() {
    var chunk = bytes("abc");
    var received = new ArrayList<ByteBuffer>();
    scene.turn(() -> stream.onData(received::add));
    scene.turn(() -> source.feed().push(chunk));
    assertThat(received).singleElement().isSameAs(chunk);
  }

  @Test
  void aViewKeepsTheByteOrder() {
    var orders = new ArrayList<ByteOrder>();
    scene.turn(
        () -> {
          stream.onData(chunk -> orders.add(chunk.order()));
          stream.onData(chunk -> orders.add(chunk.order()));
        });
    scene.turn(() -> source.feed().push(bytes("abc").order(ByteOrder.LITTLE_ENDIAN)));
    assertThat(orders).containsExactly(ByteOrder.LITTLE_ENDIAN, ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void aTransformMayPushItsChunkTwice() {
    var twice =
        scene.<ByteBuffer, ByteBuffer>transform(
            (chunk, out, done) -> {
              out.push(chunk);
              out.push(chunk);
              done.ok();
            },
            StreamOptions.bytes());
    scene.turn(() -> scene.logData(twice));
    assertThat(scene.turn(() -> assertThat(twice.write(bytes("abc").position(1))).isTrue()))
        .containsExactly("sync data bc", "sync data bc");
  }

  @Test
  void aTransformMayPushItsChunkTwiceToAReaderWhoWaits() {
    var twice =
        scene.<ByteBuffer, ByteBuffer>transform(
            (chunk, out, done) -> {
              out.push(chunk);
              out.push(chunk);
              done.ok();
            },
            StreamOptions.bytes());
    scene.turn(
        () -> {
          assertThat(twice.write(bytes("abc"))).isTrue();
          assertThat(twice.readableLength()).isEqualTo(6);
          assertThat(Scene.take(twice.read(4))).isEqualTo("abca");
          assertThat(Scene.take(Objects.requireNonNull(twice.read()))).isEqualTo("bc");
        });
  }

  @Test
  void objectsAreSharedAsTheyAre() {
    var objects = scene.make(() -> ReadableStream.<Object>fed(StreamOptions.objects()));
    var received = new ArrayList<Object>();
    scene.turn(
        () -> {
          scene.add(objects.stream());
          objects.stream().onData(received::add);
          objects.stream().onData(received::add);
        });
    var object = new Object();
    scene.turn(() -> objects.feed().push(object));
    assertThat(received).containsExactly(object, object);
  }
}
