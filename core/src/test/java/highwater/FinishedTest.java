package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Streams.FinishedOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Waiting for the end of a stream (docs/semantics.md, F1 to F6).
class FinishedTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final HeldSink<String> sink = new HeldSink<>(scene);

  private WritableStream<String> writable(StreamOptions options) {
    return scene.make(() -> scene.watch(WritableStream.to(sink, options)));
  }

  private ReadableStream<String> readable(StreamOptions options) {
    return scene.readable(source, options);
  }

  @Test
  void aWritableIsOverAtItsClose() {
    var stream = writable(StreamOptions.objects());
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish", "tick 2 close", "tick 2 over");
  }

  @Test
  void aReadableIsOverAtItsClose() {
    var stream = readable(StreamOptions.objects());
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  stream.resume();
                }))
        .containsExactly("tick resume", "tick 2 end", "tick 3 close", "tick 3 over");
  }

  @Test
  void itDoesNotReadSoAnUnreadStreamIsNeverOver() {
    var stream = readable(StreamOptions.objects());
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(scene.turn(() -> source.feed().end())).isEmpty();
  }

  @Test
  void withoutACloseItIsOverAtTheLaterOfEndAndFinish() {
    var stream = scene.duplex(source, sink, StreamOptions.objects().withEmitClose(false));
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish");
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  stream.resume();
                }))
        .containsExactly("tick resume", "tick 2 end", "tick 2 over");
  }

  @Test
  void anErrorIsTold() {
    var stream = writable(StreamOptions.objects());
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(scene.turn(() -> stream.destroy(new IllegalStateException("gone"))))
        .containsExactly("tick error gone", "tick over gone", "tick close");
  }

  @Test
  void anEarlyCloseIsPremature() {
    var stream = writable(StreamOptions.objects());
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(scene.turn(() -> stream.destroy()))
        .containsExactly("tick close", "tick over ERR_STREAM_PREMATURE_CLOSE");
  }

  @Test
  void itIsToldOnce() {
    var stream = writable(StreamOptions.objects().withAutoDestroy(false));
    scene.turn(() -> Streams.finished(stream, scene.told("over")));
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish", "tick over");
    assertThat(scene.turn(() -> stream.destroy())).containsExactly("tick close");
  }

  @Test
  void ofAStreamThatIsOverItIsToldInATick() {
    var stream = writable(StreamOptions.objects());
    scene.turn(() -> stream.end());
    assertThat(
            scene.turn(
                () -> {
                  Streams.finished(stream, scene.told("over"));
                  scene.log("returned");
                }))
        .containsExactly("sync returned", "tick over");
  }

  @Test
  void ofAStreamThatFailedItIsToldTheErrorInATick() {
    var stream = writable(StreamOptions.objects());
    scene.turn(() -> stream.destroy(new IllegalStateException("gone")));
    assertThat(scene.turn(() -> Streams.finished(stream, scene.told("over")))).containsExactly("tick over gone");
  }

  @Test
  void ofAStreamThatClosedEarlyItIsToldSoInATick() {
    var stream = readable(StreamOptions.objects());
    scene.turn(() -> stream.destroy());
    assertThat(scene.turn(() -> Streams.finished(stream, scene.told("over"))))
        .containsExactly("tick over ERR_STREAM_PREMATURE_CLOSE");
  }

  @Test
  void oneSideOfADuplexCanBeWaitedForAlone() {
    var stream = scene.duplex(source, sink, StreamOptions.objects());
    scene.turn(
        () -> {
          Streams.finished(stream, new FinishedOptions(true, false, true), scene.told("read"));
          Streams.finished(stream, new FinishedOptions(false, true, true), scene.told("written"));
        });
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish", "tick written");
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  stream.resume();
                }))
        .containsExactly("tick resume", "tick 2 end", "tick 2 read", "tick 3 close");
  }

  @Test
  void withoutErrorsTheErrorIsToldAtTheClose() {
    var stream = writable(StreamOptions.objects());
    scene.turn(() -> Streams.finished(stream, new FinishedOptions(false, true, false), scene.told("over")));
    assertThat(scene.turn(() -> stream.destroy(new IllegalStateException("gone"))))
        .containsExactly("tick error gone", "tick close", "tick over gone");
  }

  @Test
  void itsListenersStaySoALateErrorIsHeard() {
    var sink =
        new Sink<String>() {
          @Override
          public void write(String chunk, Done done) {}

          @Override
          public void destroy(@Nullable Throwable error, Done done) {
            done.fail(new IllegalStateException("late"));
          }
        };
    scene.turn(
        () -> {
          var stream = scene.add(WritableStream.to(sink, StreamOptions.objects().withEmitClose(false)));
          Streams.finished(stream, scene.told("over"));
          stream.end();
        });
    assertThat(scene.uncaught()).isEmpty();
  }

  @Test
  void aRemovedWatchIsForgotten() {
    var stream = writable(StreamOptions.objects());
    var watch = scene.make(() -> Streams.finished(stream, scene.told("over")));
    scene.turn(watch::remove);
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish", "tick 2 close");
  }
}
