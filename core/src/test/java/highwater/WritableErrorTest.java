package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What a failed acknowledgement does, and in which order everybody hears of it (docs/semantics.md, W8, D6).
class WritableErrorTest {
  @AutoClose private final Scene scene = new Scene();
  private final HeldSink<String> sink = new HeldSink<>(scene);
  private final WritableStream<String> stream = scene.writable(sink, StreamOptions.objects());

  @Test
  void theFailedWriteHearsFirstThenTheQueuedOnesThenTheEndThenTheStream() {
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("a written"));
          var _ = stream.write("b", scene.told("b written"));
          var _ = stream.write("c");
          stream.end(scene.told("ended"));
        });
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full"))))
        .containsExactly(
            "sync a written full", "sync b written full", "sync ended full", "tick error full", "tick close");
    scene.turn(() -> assertThat(stream.writableLength()).isZero());
  }

  @Test
  void aFailureInsideTheSinksCallIsToldATickLater() {
    var failing =
        scene.<String>writable((_, done) -> done.fail(new IllegalStateException("full")), StreamOptions.objects());
    assertThat(
            scene.turn(
                () -> {
                  assertThat(failing.write("a", scene.told("written"))).isFalse();
                  assertThat(failing.errored()).hasMessage("full");
                  assertThat(failing.destroyed()).isFalse();
                }))
        .containsExactly("tick written full", "tick 2 error full", "tick 2 close");
  }

  @Test
  void theUsersErrorTravelsAsTheSameObject() {
    var error = new Exception("mine");
    scene.turn(() -> assertThat(stream.write("a")).isTrue());
    scene.turn(() -> sink.fail(error));
    assertThat(stream.errored()).isSameAs(error);
  }

  @Test
  void aFailedStreamIsAbortedAndNotWritable() {
    scene.turn(() -> assertThat(stream.write("a")).isTrue());
    scene.turn(() -> assertThat(stream.writableAborted()).isFalse());
    scene.turn(() -> sink.fail(new IllegalStateException("full")));
    scene.turn(
        () -> {
          assertThat(stream.writableAborted()).isTrue();
          assertThat(stream.writable()).isFalse();
          assertThat(stream.destroyed()).isTrue();
          assertThat(stream.closed()).isTrue();
        });
  }

  @Test
  void withoutSelfDestructionTheErrorIsToldAndTheStreamStaysOpen() {
    var open = scene.writable(sink, StreamOptions.objects().withAutoDestroy(false));
    scene.turn(() -> assertThat(open.write("a", scene.told("written"))).isTrue());
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full"))))
        .containsExactly("sync written full", "sync error full");
    scene.turn(
        () -> {
          assertThat(open.destroyed()).isFalse();
          assertThat(open.errored()).hasMessage("full");
        });
  }

  @Test
  void withoutSelfDestructionOnlyTheFirstErrorIsTold() {
    var open = scene.writable(sink, StreamOptions.objects().withAutoDestroy(false));
    scene.turn(() -> open.end("a"));
    assertThat(scene.turn(() -> assertThat(open.write("b")).isFalse()))
        .containsExactly("tick error ERR_STREAM_WRITE_AFTER_END");
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full")))).isEmpty();
  }
}
