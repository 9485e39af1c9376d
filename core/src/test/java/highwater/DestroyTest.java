package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Stopping early, and what is told to whom (docs/semantics.md, D1, D3 to D9).
class DestroyTest {
  @AutoClose private final Scene scene = new Scene();
  private final ClosingSink sink = new ClosingSink(scene);
  private final WritableStream<String> stream = scene.writable(sink, StreamOptions.objects());

  /// A held sink whose destroy hook waits until the test lets it go.
  private static final class ClosingSink extends HeldSink<String> {
    private @Nullable Done closing;

    ClosingSink(Scene scene) {
      super(scene);
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      scene.log("hook " + (error == null ? "without error" : Scene.nameOf(error)));
      if (closing == null) closing = done;
      else done.ok();
    }

    Done closing() {
      if (closing == null) throw new AssertionError("the hook was not called");
      return closing;
    }
  }

  @AfterEach
  void letTheHookGo() {
    scene.turn(
        () -> {
          stream.destroy();
          sink.closing().ok();
        });
  }

  @Test
  void theHookIsCalledInsideDestroyAndCloseIsATickAfterItsAcknowledgement() {
    assertThat(
            scene.turn(
                () -> {
                  stream.destroy();
                  assertThat(stream.destroyed()).isTrue();
                  assertThat(stream.closed()).isFalse();
                }))
        .containsExactly("sync hook without error");
    assertThat(
            scene.turn(
                () -> {
                  sink.closing().ok();
                  assertThat(stream.closed()).isTrue();
                }))
        .containsExactly("tick close");
  }

  @Test
  void theErrorIsEmittedInTheTickOfClose() {
    var error = new IllegalStateException("enough");
    assertThat(
            scene.turn(
                () -> {
                  stream.destroy(error);
                  assertThat(stream.errored()).isSameAs(error);
                }))
        .containsExactly("sync hook enough");
    assertThat(scene.turn(() -> sink.closing().ok())).containsExactly("tick error enough", "tick close");
  }

  @Test
  void theFirstDestroyWins() {
    assertThat(
            scene.turn(
                () -> {
                  stream.destroy(new IllegalStateException("first"));
                  stream.destroy(new IllegalStateException("second"));
                }))
        .containsExactly("sync hook first");
    assertThat(scene.turn(() -> sink.closing().ok())).containsExactly("tick error first", "tick close");
  }

  @Test
  void destroyWithoutAnErrorOfUnfinishedWorkIsQuiet() {
    scene.turn(
        () -> {
          var _ = stream.write("a");
          stream.destroy();
        });
    assertThat(scene.turn(() -> sink.closing().ok())).containsExactly("tick close");
    scene.turn(
        () -> {
          assertThat(stream.writableAborted()).isTrue();
          assertThat(stream.errored()).isNull();
        });
  }

  @Test
  void aHookThatFailsMakesTheError() {
    scene.turn(() -> stream.destroy());
    assertThat(scene.turn(() -> sink.closing().fail(new IllegalStateException("stuck"))))
        .containsExactly("tick error stuck", "tick close");
  }

  @Test
  void aHookThatFailsIsAddedToTheErrorAndNeverReplacesIt() {
    var error = new IllegalStateException("full");
    var stuck = new IllegalStateException("stuck");
    scene.turn(() -> stream.destroy(error));
    assertThat(scene.turn(() -> sink.closing().fail(stuck))).containsExactly("tick error full", "tick close");
    assertThat(stream.errored()).isSameAs(error).hasSuppressedException(stuck);
  }

  @Test
  void aHookThatSucceedsDoesNotDropTheError() {
    scene.turn(() -> stream.destroy(new IllegalStateException("full")));
    assertThat(scene.turn(() -> sink.closing().ok())).containsExactly("tick error full", "tick close");
  }

  @Test
  void aSecondAcknowledgementOfTheHookChangesNothing() {
    scene.turn(() -> stream.destroy());
    assertThat(
            scene.turn(
                () -> {
                  sink.closing().ok();
                  sink.closing().fail(new IllegalStateException("late"));
                }))
        .containsExactly("tick close");
  }

  @Test
  void chunksThatWaitAreFailedBeforeClose() {
    scene.turn(
        () -> {
          stream.cork();
          var _ = stream.write("a", scene.told("a written"));
          var _ = stream.write("b", scene.told("b written"));
        });
    scene.turn(() -> stream.destroy());
    var open = scene.writable(new HeldSink<String>(scene), StreamOptions.objects());
    assertThat(
            scene.turn(
                () -> {
                  open.cork();
                  var _ = open.write("c", scene.told("c written"));
                  open.destroy(new IllegalStateException("enough"));
                }))
        .containsExactly("tick c written enough", "tick error enough", "tick close");
    scene.turn(() -> assertThat(stream.writableLength()).isZero());
  }

  @Test
  void whileAChunkIsAtTheSinkTheOthersAreFailedOnlyWhenItIsAcknowledged() {
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("a written"));
          var _ = stream.write("b", scene.told("b written"));
        });
    scene.turn(() -> stream.destroy());
    assertThat(scene.turn(() -> sink.closing().ok())).containsExactly("tick close");
    assertThat(scene.turn(sink::ok)).containsExactly("sync a written", "sync b written ERR_STREAM_DESTROYED");
  }

  @Test
  void endsThatWaitAreFailed() {
    scene.turn(
        () -> {
          var _ = stream.write("a");
          stream.end(scene.told("ended"));
          stream.destroy(new IllegalStateException("enough"));
        });
    scene.turn(() -> sink.closing().ok());
    assertThat(scene.turn(sink::ok)).containsExactly("sync ended enough");
  }

  @Test
  void nothingIsEmittedAfterADestroyButErrorAndClose() {
    var source = new AskedSource<String>(scene);
    var readable = scene.readable(source, StreamOptions.objects());
    scene.turn(() -> scene.logData(readable));
    assertThat(
            scene.turn(
                () -> {
                  readable.destroy();
                  source.feed().push("a");
                  source.feed().end();
                  readable.pause();
                  readable.resume();
                }))
        .containsExactly("tick close");
  }

  @Test
  void aStreamWithoutCloseEventStillCloses() {
    var quiet = scene.writable(new HeldSink<String>(scene), StreamOptions.objects().withEmitClose(false));
    assertThat(scene.turn(() -> quiet.destroy(new IllegalStateException("enough"))))
        .containsExactly("tick error enough");
    assertThat(quiet.closed()).isTrue();
  }

  @Test
  void aStreamThatIsOverDestroysItself() {
    var plain = scene.writable(new HeldSink<String>(scene), StreamOptions.objects());
    assertThat(scene.turn(() -> plain.end())).containsExactly("tick finish", "tick 2 close");
    assertThat(plain.destroyed()).isTrue();
    assertThat(plain.errored()).isNull();
  }

  @Test
  void withoutSelfDestructionAStreamThatIsOverStaysAsItIs() {
    var plain = scene.writable(new HeldSink<String>(scene), StreamOptions.objects().withAutoDestroy(false));
    assertThat(scene.turn(() -> plain.end())).containsExactly("tick finish");
    assertThat(plain.destroyed()).isFalse();
    assertThat(scene.turn(() -> plain.destroy())).containsExactly("tick close");
  }

  @Test
  void aStreamThatIsOverWithoutBeingDestroyedHoldsNoStrand() {
    scene.turn(
        () -> {
          var plain = WritableStream.to(new HeldSink<String>(scene), StreamOptions.objects().withAutoDestroy(false));
          plain.end();
        });
    letTheHookGo();
    assertThat(scene.hasWork()).isFalse();
  }

  @Test
  void anErrorThatNobodyListensToIsUncaught() {
    var error = new IllegalStateException("unheard");
    assertThat(
            scene.turn(
                () -> {
                  var alone = WritableStream.to(scene.<String>promptSink());
                  alone.destroy(error);
                }))
        .containsExactly("tick uncaught unheard");
    assertThat(scene.uncaught()).containsExactly(error);
  }
}
