package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.Streams.FinishedOptions;
import highwater.Streams.PipelineOptions;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Live streams, `finished` and `pipeline` that a handle stops.
class CancelledStreamTest {
  @AutoClose private final Scene scene = new Scene();
  private final CancelHandle handle = new CancelHandle();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final HeldSink<String> sink = new HeldSink<>(scene);
  private final ReadableStream<String> from = scene.make(() -> scene.watch("r", ReadableStream.from(source)));
  private final WritableStream<String> to = scene.make(() -> scene.watch("w", WritableStream.to(sink)));

  private void cancelWith(LiveStream stream) {
    scene.turn(() -> assertThat(Streams.cancelWith(handle, stream)).isSameAs(stream));
  }

  @Test
  void aCancelOnTheStrandDestroysInsideIt() {
    cancelWith(from);
    var reason = new IllegalStateException("closed");
    assertThat(
            scene.turn(
                () -> {
                  handle.cancel(reason);
                  scene.log("destroyed " + from.destroyed());
                }))
        .containsExactly("sync destroyed true", "tick r error ABORT_ERR", "tick r close");
    assertThat(from.errored())
        .hasMessageContaining("was cancelled: closed")
        .hasCause(reason)
        .isInstanceOf(StreamException.class);
  }

  @Test
  void aCancelFromAnotherThreadBecomesATurn() throws Exception {
    cancelWith(to);
    var thread = Thread.ofPlatform().start(() -> handle.cancel("enough"));
    thread.join();
    assertThat(to.destroyed()).isFalse();
    assertThat(scene.runReady()).containsExactly("turn w error ABORT_ERR", "turn w close");
  }

  @Test
  void aHandleThatIsCancelledDestroysAtOnce() {
    handle.cancel("early");
    assertThat(
            scene.turn(
                () -> {
                  Streams.cancelWith(handle, from);
                  scene.log("destroyed " + from.destroyed());
                }))
        .startsWith("sync destroyed true");
  }

  @Test
  void theListenerIsTakenOffWhenTheStreamCloses() {
    cancelWith(from);
    cancelWith(to);
    var other = new CancelHandle();
    scene.turn(() -> Streams.cancelWith(other, to));
    assertThat(handle.listeners()).isEqualTo(2);
    scene.turn(() -> from.destroy());
    assertThat(handle.listeners()).isOne();
    scene.turn(() -> to.end());
    assertThat(List.of(handle.listeners(), other.listeners())).containsOnly(0);
    assertThat(scene.make(to::writableFinished)).isTrue();
    cancelWith(to);
    assertThat(handle.listeners()).isZero();
  }

  @Test
  void theListenerIsTakenOffAStreamThatIsOverAndDoesNotDestroyItself() {
    var quiet = scene.writable(sink, StreamOptions.objects().withAutoDestroy(false).withEmitClose(false));
    cancelWith(quiet);
    scene.turn(() -> quiet.end());
    assertThat(handle.listeners()).isZero();
    assertThat(quiet.destroyed()).isFalse();
  }

  @Test
  void severalHandlesMayStopOneStream() {
    var other = new CancelHandle();
    cancelWith(from);
    scene.turn(() -> Streams.cancelWith(other, from));
    scene.turn(() -> other.cancel("other"));
    assertThat(from.errored()).hasMessageContaining("other");
    assertThat(handle.listeners()).isZero();
  }

  @Test
  void itIsGivenOnTheStrand() {
    assertThatThrownBy(() -> Streams.cancelWith(handle, from)).isInstanceOf(WrongThreadException.class);
    assertThat(handle.listeners()).isZero();
  }

  // ---------------------------------------------------------------- finished

  private void watchEnd(FinishedOptions options) {
    scene.turn(() -> Streams.finished(to, options.cancelledBy(handle), scene.told("over")));
  }

  @Test
  void aCancelEndsTheWaitForAnEndAndLeavesTheStreamAlone() {
    watchEnd(FinishedOptions.of(to));
    assertThat(scene.turn(() -> handle.cancel("enough"))).containsExactly("sync over ABORT_ERR");
    assertThat(to.destroyed()).isFalse();
    assertThat(scene.turn(() -> to.end())).containsExactly("tick w finish", "tick 2 w close");
  }

  @Test
  void aWaitWhoseHandleIsCancelledAlreadyIsToldInATick() {
    handle.cancel("early");
    assertThat(
            scene.turn(
                () -> {
                  Streams.finished(to, FinishedOptions.of(to).cancelledBy(handle), scene.told("over"));
                  scene.log("asked");
                }))
        .containsExactly("sync asked", "tick over ABORT_ERR");
  }

  @Test
  void aCancelFromAnotherThreadEndsTheWaitInATurn() throws Exception {
    watchEnd(FinishedOptions.of(to));
    var thread = Thread.ofPlatform().start(() -> handle.cancel("enough"));
    thread.join();
    assertThat(scene.runReady()).containsExactly("turn over ABORT_ERR");
  }

  @Test
  void aWaitThatIsOverOrRemovedLeavesNothingAtTheHandle() {
    watchEnd(FinishedOptions.of(to));
    var second = new Registration[1];
    scene.turn(
        () -> second[0] = Streams.finished(from, FinishedOptions.of(from).cancelledBy(handle), scene.told("r over")));
    assertThat(handle.listeners()).isEqualTo(2);
    scene.turn(() -> second[0].remove());
    scene.turn(() -> to.end());
    assertThat(handle.listeners()).isZero();
    assertThat(scene.turn(() -> handle.cancel("late"))).isEmpty();
  }

  @Test
  void withCleanupTheListenersAreTakenOffSoALateErrorIsUncaught() {
    var quiet = scene.make(() -> scene.add(WritableStream.to(sink, StreamOptions.objects().withAutoDestroy(false))));
    scene.turn(() -> Streams.finished(quiet, FinishedOptions.of(quiet).withCleanup(), scene.told("over")));
    assertThat(scene.turn(() -> quiet.end())).containsExactly("tick over");
    scene.turn(() -> quiet.destroy(new IllegalStateException("late")));
    assertThat(scene.uncaught()).singleElement().satisfies(error -> assertThat(error).hasMessage("late"));
  }

  // ---------------------------------------------------------------- pipeline

  private void connect(PipelineOptions options) {
    scene.turn(() -> Streams.pipeline(List.of(from, to), options.cancelledBy(handle), scene.told("over")));
  }

  @Test
  void aCancelDestroysEveryStreamAndIsToldAfterTheLastClose() {
    connect(PipelineOptions.standard());
    scene.turn(() -> source.feed().push("a"));
    var happened = scene.turn(() -> handle.cancel("enough"));
    assertThat(happened)
        .containsSubsequence("tick r error ABORT_ERR", "tick w error ABORT_ERR")
        .last()
        .asString()
        .endsWith("over ABORT_ERR");
    assertThat(List.of(from.closed(), to.closed())).containsOnly(true);
    assertThat(to.errored()).hasCauseInstanceOf(StreamException.class).hasMessageContaining("enough");
    sink.ok();
  }

  @Test
  void aCancelIsTheErrorWhateverFailsAfterIt() {
    connect(PipelineOptions.standard());
    assertThat(
            scene.turn(
                () -> {
                  handle.cancel("enough");
                  from.destroy(new IllegalStateException("real"));
                }))
        .last()
        .asString()
        .endsWith("over ABORT_ERR");
  }

  @Test
  void aPipelineWhoseHandleIsCancelledAlreadyIsDestroyedInATick() {
    handle.cancel("early");
    assertThat(
            scene.turn(
                () -> {
                  Streams.pipeline(
                      List.of(from, to), PipelineOptions.standard().cancelledBy(handle), scene.told("over"));
                  scene.log("destroyed " + from.destroyed());
                }))
        .contains("sync destroyed false")
        .last()
        .asString()
        .endsWith("over ABORT_ERR");
    assertThat(from.closed()).isTrue();
  }

  @Test
  void aPipelineThatIsOverLeavesNothingAtTheHandle() {
    connect(PipelineOptions.standard());
    assertThat(handle.listeners()).isOne();
    assertThat(scene.turn(() -> source.feed().end())).last().asString().endsWith("over");
    assertThat(handle.listeners()).isZero();
  }

  @Test
  void theLastStreamCanBeLeftOpenForAnother() {
    connect(PipelineOptions.standard().leavingTheLastOpen());
    scene.turn(() -> source.feed().end("a"));
    assertThat(sink.owed).hasSize(1);
    assertThat(List.of(from.closed(), scene.make(to::writableEnded), to.destroyed()))
        .containsExactly(true, false, false);
    scene.turn(sink::ok);
    var second = scene.make(() -> scene.watch("s", ReadableStream.<String>fed(StreamOptions.objects()).stream()));
    scene.turn(() -> Streams.pipeline(List.of(second, to), scene.told("second over")));
    assertThat(scene.turn(() -> second.destroy(new IllegalStateException("gone"))))
        .last()
        .asString()
        .endsWith("second over gone");
    assertThat(to.errored()).hasMessage("gone");
  }

  @Test
  void aLastStreamThatIsLeftOpenIsNeitherEndedNorDestroyedByAFailureOrACancel() {
    connect(PipelineOptions.standard().leavingTheLastOpen());
    assertThat(scene.turn(() -> source.feed().fail(new IllegalStateException("gone"))))
        .last()
        .asString()
        .endsWith("over gone");
    assertThat(List.of(to.destroyed(), scene.make(to::writableEnded))).containsOnly(false);
    var second = scene.make(() -> scene.watch("s", ReadableStream.<String>fed(StreamOptions.objects()).stream()));
    scene.turn(
        () ->
            Streams.pipeline(
                List.of(second, to),
                PipelineOptions.standard().leavingTheLastOpen().cancelledBy(handle),
                scene.told("second over")));
    assertThat(scene.turn(() -> handle.cancel("enough"))).last().asString().endsWith("second over ABORT_ERR");
    assertThat(second.closed()).isTrue();
    assertThat(List.of(to.destroyed(), scene.make(to::writableEnded))).containsOnly(false);
  }

  @Test
  void aLastStreamThatIsLeftOpenStillFailsItsPipeline() {
    connect(PipelineOptions.standard().leavingTheLastOpen());
    scene.turn(() -> source.feed().push("a"));
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full")))).last().asString().endsWith("over full");
    assertThat(from.closed()).isTrue();
  }

  @Test
  void aLastStreamThatIsLeftOpenAndEndsEarlyIsPremature() {
    connect(PipelineOptions.standard().leavingTheLastOpen());
    assertThat(scene.turn(() -> to.end())).last().asString().endsWith("over ERR_STREAM_PREMATURE_CLOSE");
    assertThat(from.closed()).isTrue();
  }
}
