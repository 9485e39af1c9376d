package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Two sides with one life (docs/semantics.md, X1, X2, D7).
class DuplexTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final HeldSink<String> sink = new HeldSink<>(scene);

  private DuplexStream<String, String> duplex(StreamOptions options) {
    return scene.duplex(source, sink, options);
  }

  @Test
  void theSidesMoveOnTheirOwn() {
    var stream = duplex(StreamOptions.objects());
    scene.turn(
        () -> {
          assertThat(stream.write("in")).isTrue();
          source.feed().push("out");
          assertThat(stream.read()).isEqualTo("out");
          assertThat(stream.writableLength()).isEqualTo(1);
          assertThat(stream.readableLength()).isZero();
        });
  }

  @Test
  void itDestroysItselfWhenBothSidesAreOver() {
    var stream = duplex(StreamOptions.objects());
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish");
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  stream.resume();
                }))
        .containsExactly("tick resume", "tick 2 end", "tick 3 close");
  }

  @Test
  void finishIsTheLaterOfTheTwoAsWell() {
    var stream = duplex(StreamOptions.objects());
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  stream.resume();
                }))
        .containsExactly("tick resume", "tick 2 end");
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish", "tick 2 close");
  }

  @Test
  void anErrorOfOneSideEndsBoth() {
    var stream = duplex(StreamOptions.objects());
    scene.turn(() -> assertThat(stream.write("a")).isTrue());
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("reset"))))
        .containsExactly("tick error reset", "tick close");
    scene.turn(
        () -> {
          assertThat(stream.readable()).isFalse();
          assertThat(stream.readableAborted()).isTrue();
          assertThat(stream.writableAborted()).isTrue();
        });
  }

  @Test
  void withoutHalfOpenTheWritableEndsATickAfterTheReadable() {
    var stream = duplex(StreamOptions.objects().withAllowHalfOpen(false));
    scene.turn(() -> assertThat(stream.allowHalfOpen()).isFalse());
    assertThat(
            scene.turn(
                () -> {
                  source.feed().end();
                  stream.resume();
                }))
        .containsExactly("tick resume", "tick 2 end", "tick 4 finish", "tick 5 close");
  }

  @Test
  void nothingEndsTheReadableWhenTheWritableFinishes() {
    var stream = duplex(StreamOptions.objects().withAllowHalfOpen(false));
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick finish");
    scene.turn(() -> assertThat(stream.readable()).isTrue());
  }

  private final class Closing implements Source<String>, Sink<String> {
    private final String name;
    private final @Nullable RuntimeException thrown;
    private final @Nullable RuntimeException failure;

    Closing(String name, @Nullable RuntimeException thrown, @Nullable RuntimeException failure) {
      this.name = name;
      this.thrown = thrown;
      this.failure = failure;
    }

    @Override
    public void read(Feed<String> feed) {}

    @Override
    public void write(String chunk, Done done) {
      done.ok();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      scene.log(name + " hook");
      if (thrown != null) throw thrown;
      if (failure != null) done.fail(failure);
      else done.ok();
    }
  }

  private DuplexStream<String, String> closing(Closing source, Closing sink) {
    return scene.make(() -> scene.watch(DuplexStream.<String, String>of(source, sink, StreamOptions.objects())));
  }

  @Test
  void sourceAndSinkAreBothDestroyed() {
    var stream = closing(new Closing("source", null, null), new Closing("sink", null, null));
    assertThat(scene.turn(() -> stream.destroy())).containsExactly("sync source hook", "sync sink hook", "tick close");
  }

  @Test
  void theSinkIsDestroyedEvenIfTheSourceFailsTo() {
    var stream =
        closing(new Closing("source", null, new IllegalStateException("stuck")), new Closing("sink", null, null));
    assertThat(scene.turn(() -> stream.destroy()))
        .containsExactly("sync source hook", "sync sink hook", "tick error stuck", "tick close");
  }

  @Test
  void theSinkIsDestroyedEvenIfTheSourceThrows() {
    var stream =
        closing(new Closing("source", new IllegalStateException("stuck"), null), new Closing("sink", null, null));
    assertThat(scene.turn(() -> stream.destroy()))
        .containsExactly("sync source hook", "sync sink hook", "tick error stuck", "tick close");
  }

  @Test
  void whatBothFailWithIsKept() {
    var later = new IllegalStateException("sink stuck");
    var stream =
        closing(
            new Closing("source", null, new IllegalStateException("source stuck")), new Closing("sink", later, null));
    assertThat(scene.turn(() -> stream.destroy()))
        .containsExactly("sync source hook", "sync sink hook", "tick error source stuck", "tick close");
    assertThat(stream.errored()).hasSuppressedException(later);
  }

  @Test
  void aSourceThatAcknowledgesTwiceDestroysTheSinkOnce() {
    var twice =
        new Source<String>() {
          @Override
          public void read(Feed<String> feed) {}

          @Override
          public void destroy(@Nullable Throwable error, Done done) {
            done.ok();
            done.ok();
          }
        };
    var stream =
        scene.make(
            () ->
                scene.watch(
                    DuplexStream.<String, String>of(twice, new Closing("sink", null, null), StreamOptions.objects())));
    assertThat(scene.turn(() -> stream.destroy())).containsExactly("sync sink hook", "tick close");
  }
}
