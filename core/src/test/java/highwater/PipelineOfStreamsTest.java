package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Streams whose fates are tied (docs/semantics.md, L1 to L7).
class PipelineOfStreamsTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final HeldSink<String> sink = new HeldSink<>(scene);
  private final ReadableStream<String> from =
      scene.make(() -> scene.watch("r", ReadableStream.from(source, StreamOptions.objects())));
  private final TransformStream<String, String> through =
      scene.make(() -> scene.watch("t", TransformStream.from(new PassThrough<String>())));
  private final WritableStream<String> to =
      scene.make(() -> scene.watch("w", WritableStream.to(sink, StreamOptions.objects())));

  private void connect(LiveStream... streams) {
    scene.turn(() -> Streams.pipeline(List.of(streams), scene.told("over")));
  }

  @Test
  void itTellsSuccessATickAfterTheLastStreamIsOver() {
    connect(from, through, to);
    assertThat(scene.turn(() -> source.feed().end("a"))).contains("sync sink a", "tick r end");
    assertThat(scene.turn(sink::ok))
        .endsWith("tick 2 w close", "tick 3 over")
        .containsOnlyOnce("tick 3 over")
        .doesNotContain("tick error");
  }

  @Test
  void anErrorOfTheSourceDestroysAllAndIsToldAfterTheLastClose() {
    var error = new IllegalStateException("gone");
    connect(from, through, to);
    var happened = scene.turn(() -> source.feed().fail(error));
    assertThat(happened).endsWith("tick 3 over gone").contains("tick 2 t close", "tick 2 w close");
    assertThat(List.of(from.destroyed(), through.destroyed(), to.destroyed())).containsOnly(true);
    assertThat(List.of(from.closed(), through.closed(), to.closed())).containsOnly(true);
    assertThat(to.errored()).isSameAs(error);
  }

  @Test
  void anErrorOfTheTargetDestroysAllAndIsToldAfterTheLastClose() {
    connect(from, through, to);
    scene.turn(() -> source.feed().push("a"));
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full"))))
        .containsSubsequence("tick w error full", "tick 2 r close", "tick 2 t close", "tick 3 over full");
    assertThat(from.errored()).hasMessage("full");
    assertThat(through.errored()).hasMessage("full");
  }

  @Test
  void theOthersAreDestroyedFromFirstToLast() {
    connect(from, through, to);
    scene.turn(() -> source.feed().push("a"));
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full"))))
        .containsSubsequence("tick 2 r error full", "tick 2 r close", "tick 2 t error full", "tick 2 t close");
  }

  @Test
  void theFirstErrorWins() {
    connect(from, through, to);
    assertThat(
            scene.turn(
                () -> {
                  through.destroy(new IllegalStateException("first"));
                  to.destroy(new IllegalStateException("second"));
                }))
        .endsWith("tick 3 over first")
        .contains("tick w error second");
  }

  @Test
  void aStreamThatClosesEarlyIsPremature() {
    connect(from, through, to);
    assertThat(scene.turn(() -> through.destroy())).endsWith("tick 3 over ERR_STREAM_PREMATURE_CLOSE");
    assertThat(from.closed()).isTrue();
    assertThat(to.closed()).isTrue();
  }

  @Test
  void aRealErrorReplacesAPrematureClose() {
    connect(from, through, to);
    assertThat(
            scene.turn(
                () -> {
                  through.destroy();
                  from.destroy(new IllegalStateException("real"));
                }))
        .endsWith("tick 3 over real");
  }

  @Test
  void itWaitsForASlowClose() {
    var holding =
        new HeldSink<String>(scene) {
          @Override
          public void destroy(@Nullable Throwable error, Done done) {
            owed.add(done);
          }
        };
    var slow = scene.make(() -> scene.watch("s", WritableStream.to(holding, StreamOptions.objects())));
    connect(from, slow);
    assertThat(scene.turn(() -> source.feed().fail(new IllegalStateException("gone"))))
        .noneMatch(line -> line.contains("over"));
    assertThat(scene.turn(holding::ok))
        .containsExactly("tick s unpipe", "tick s error gone", "tick s close", "tick 2 over gone");
    scene.turn(
        () -> {
          through.destroy();
          to.destroy();
        });
  }

  /// A pass-through whose destroy hook waits until the test lets it go.
  private static final class SlowToClose implements Transformer<String, String> {
    private @Nullable Done closing;

    @Override
    public void transform(String chunk, Feed<String> out, Done done) {
      out.push(chunk);
      done.ok();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      closing = done;
    }

    Done closing() {
      if (closing == null) throw new AssertionError("the hook was not called");
      return closing;
    }
  }

  @Test
  void successWaitsForAStreamBetweenThatIsStillClosing() {
    var slow = new SlowToClose();
    var between = scene.make(() -> scene.watch("s", TransformStream.from(slow)));
    connect(from, between, to);
    scene.turn(() -> source.feed().end());
    assertThat(to.closed()).isTrue();
    assertThat(scene.turn(() -> slow.closing().ok())).containsExactly("tick s close", "tick 2 over");
  }

  @Test
  void aStreamBetweenThatFailsToCloseFailsThePipeline() {
    var slow = new SlowToClose();
    var between = scene.make(() -> scene.watch("s", TransformStream.from(slow)));
    connect(from, between, to);
    scene.turn(() -> source.feed().end());
    assertThat(scene.turn(() -> slow.closing().fail(new IllegalStateException("stuck"))))
        .containsExactly("tick s error stuck", "tick s close", "tick 2 over stuck");
  }

  @Test
  void aLastStreamThatStaysReadableIsNotDestroyed() {
    connect(from, through);
    assertThat(scene.turn(() -> source.feed().end("a"))).contains("tick 3 over");
    scene.turn(
        () -> {
          assertThat(through.destroyed()).isFalse();
          assertThat(through.read()).isEqualTo("a");
        });
  }

  @Test
  void itSlowsTheSourceToThePaceOfTheTarget() {
    var narrow = scene.make(() -> scene.watch("n", WritableStream.to(sink, StreamOptions.objects().withMark(1))));
    connect(from, narrow);
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("sync r pause");
    scene.turn(() -> source.feed().push("b"));
    assertThat(scene.turn(sink::ok)).contains("tick sink b");
  }

  @Test
  void aDestroyedStreamCannotBePipedTo() {
    scene.turn(() -> to.destroy());
    scene.turn(
        () ->
            assertThatThrownBy(() -> Streams.pipeline(List.of(from, to), scene.told("over")))
                .isInstanceOfSatisfying(
                    StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_STREAM_UNABLE_TO_PIPE))
                .hasMessageContaining("open a new stream"));
  }

  @Test
  void oneStreamIsNoPipeline() {
    scene.turn(
        () ->
            assertThatThrownBy(() -> Streams.pipeline(List.of(from), scene.told("over")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a pipeline of 1 streams"));
  }

  @Test
  void onlyDuplexesStandBetween() {
    scene.turn(
        () -> {
          assertThatThrownBy(() -> Streams.pipeline(List.of(to, from), scene.told("over")))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("expected: a readable into a writable");
        });
  }

  @Test
  void aSourceThatHasEndedAlreadyEndsTheNext() {
    var open =
        scene.make(() -> scene.watch("o", ReadableStream.from(source, StreamOptions.objects().withAutoDestroy(false))));
    scene.turn(
        () -> {
          source.feed().end();
          open.resume();
        });
    assertThat(scene.turn(() -> Streams.pipeline(List.of(open, to), scene.told("over"))))
        .contains("tick 2 w finish")
        .endsWith("tick 4 over");
  }
}
