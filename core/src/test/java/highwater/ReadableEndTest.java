package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The end: pushed, read past, emitted (docs/semantics.md, R8 to R10).
class ReadableEndTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final ReadableStream<String> stream = scene.readable(source, StreamOptions.objects());

  @Test
  void anUnreadStreamNeverEnds() {
    assertThat(scene.turn(() -> source.feed().end())).isEmpty();
    scene.turn(() -> assertThat(stream.readableEnded()).isFalse());
    assertThat(scene.turn(() -> assertThat(stream.read()).isNull())).containsExactly("tick end", "tick 2 close");
    scene.turn(() -> assertThat(stream.readableEnded()).isTrue());
  }

  @Test
  void listeningToReadableDoesNotEndIt() {
    scene.turn(() -> source.feed().end("a"));
    assertThat(scene.turn(() -> stream.onReadable(() -> scene.log("readable")))).containsExactly("tick readable");
    assertThat(scene.turn(() -> stream.read())).containsExactly("tick end", "tick 2 close");
  }

  @Test
  void theEndComesATickAfterTheReadThatEmptiesIt() {
    scene.turn(
        () -> {
          source.feed().push("a");
          source.feed().end();
        });
    assertThat(scene.turn(() -> assertThat(stream.read()).isEqualTo("a"))).containsExactly("tick end", "tick 2 close");
  }

  @Test
  void anExactSizedReadNeedsOneMoreRead() {
    var bytes = new AskedSource<ByteBuffer>(scene);
    var of = scene.readable(bytes, StreamOptions.bytes());
    scene.turn(
        () -> {
          bytes.feed().push(Scene.bytes("ab"));
          bytes.feed().end();
        });
    assertThat(scene.turn(() -> assertThat(Scene.take(of.read(2))).isEqualTo("ab"))).isEmpty();
    assertThat(scene.turn(() -> assertThat(of.read(2)).isNull())).containsExactly("tick end", "tick 2 close");
  }

  @Test
  void theEndPushedFromOutsideIsReadableAtOnce() {
    scene.turn(() -> stream.onReadable(() -> scene.log("readable")));
    assertThat(scene.turn(() -> source.feed().end())).containsExactly("sync readable");
  }

  @Test
  void theEndPushedInsideTheSourceIsReadableInATick() {
    source.then(Feed::end);
    assertThat(scene.turn(() -> stream.onReadable(() -> scene.log("readable"))))
        .containsExactly("tick asked", "tick 2 readable");
  }

  @Test
  void aFlowingStreamEndsAfterItsLastChunk() {
    scene.turn(() -> scene.logData(stream));
    assertThat(
            scene.turn(
                () -> {
                  source.feed().push("a");
                  source.feed().end();
                }))
        .containsExactly("sync data a", "tick end", "tick 2 close");
  }

  @Test
  void endWithALastChunkIsBoth() {
    scene.turn(() -> scene.logData(stream));
    assertThat(scene.turn(() -> source.feed().end("last")))
        .containsExactly("sync data last", "tick end", "tick 2 close");
  }

  @Test
  void aSecondEndChangesNothing() {
    scene.turn(() -> scene.logData(stream));
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  source.feed().end();
                }))
        .containsExactly("tick end", "tick 2 close");
  }

  @Test
  void anUnshiftBeforeTheTickHoldsTheEndBack() {
    scene.turn(() -> source.feed().end());
    assertThat(
            scene.turn(
                () -> {
                  assertThat(stream.read()).isNull();
                  stream.unshift("a");
                }))
        .isEmpty();
    assertThat(scene.turn(() -> assertThat(stream.read()).isEqualTo("a"))).containsExactly("tick end", "tick 2 close");
  }

  @Test
  void aStreamThatEndedIsNotReadable() {
    scene.turn(() -> assertThat(stream.readable()).isTrue());
    scene.turn(
        () -> {
          source.feed().end();
          stream.resume();
        });
    scene.turn(
        () -> {
          assertThat(stream.readable()).isFalse();
          assertThat(stream.readableAborted()).isFalse();
        });
  }

  @Test
  void aStreamDestroyedBeforeItsEndIsAborted() {
    scene.turn(() -> stream.destroy());
    scene.turn(
        () -> {
          assertThat(stream.readableAborted()).isTrue();
          assertThat(stream.readable()).isFalse();
        });
  }
}
