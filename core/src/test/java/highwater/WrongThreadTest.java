package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What may come from any thread, and what may not (docs/semantics.md, S3, S4).
class WrongThreadTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final HeldSink<String> sink = new HeldSink<>(scene);
  private final DuplexStream<String, String> stream =
      scene.duplex(source, sink, StreamOptions.objects().named("orders"));

  private static void elsewhere(Runnable body) {
    var thrown = new AtomicReference<@Nullable Throwable>();
    var thread =
        Thread.ofPlatform().name("elsewhere").uncaughtExceptionHandler((_, error) -> thrown.set(error)).start(body);
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
    if (thrown.get() instanceof RuntimeException error) throw error;
    if (thrown.get() instanceof Error error) throw error;
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(
            () ->
                elsewhere(
                    () -> {
                      try {
                        call.call();
                      } catch (RuntimeException | Error error) {
                        throw error;
                      } catch (Throwable other) {
                        throw new AssertionError(other);
                      }
                    }))
        .isInstanceOf(WrongThreadException.class)
        .hasMessageContaining("orders")
        .hasMessageContaining("elsewhere")
        .hasMessageContaining("strand.post");
  }

  @Test
  void everyVerbIsRefusedAndSaysWhatToUseInstead() {
    List<ThrowingCallable> calls =
        List.of(
            () -> {
              var _ = stream.write("a");
            },
            () -> stream.end(),
            () -> stream.cork(),
            () -> stream.uncork(),
            () -> stream.read(),
            () -> stream.read(1),
            () -> stream.unshift("a"),
            () -> stream.pause(),
            () -> stream.resume(),
            () -> stream.pipe(stream),
            () -> stream.unpipe(),
            () -> source.feed().push("a"),
            () -> source.feed().end());
    calls.forEach(WrongThreadTest::assertRefused);
  }

  @Test
  void everyListenerIsRefused() {
    List<ThrowingCallable> calls =
        List.of(
            () -> stream.onData(_ -> {}),
            () -> stream.onReadable(() -> {}),
            () -> stream.onError(_ -> {}),
            () -> stream.onClose(() -> {}),
            () -> Streams.finished(stream, _ -> {}));
    calls.forEach(WrongThreadTest::assertRefused);
    var registration = scene.make(() -> stream.onEnd(() -> {}));
    assertRefused(registration::remove);
  }

  @Test
  void everyQuestionAboutASideIsRefused() {
    assertRefused(() -> stream.readableLength());
    assertRefused(() -> stream.writableLength());
  }

  @Test
  void aRefusedCallChangesNothing() {
    assertRefused(
        () -> {
          var _ = stream.write("a");
        });
    scene.turn(() -> assertThat(stream.writableLength()).isZero());
    assertThat(stream.errored()).isNull();
  }

  @Test
  void aStreamIsMadeOnAStrand() {
    assertThatThrownBy(() -> elsewhere(() -> ReadableStream.<String>from(_ -> {})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Strand.run");
  }

  @Test
  void anAcknowledgementFromElsewhereBecomesATurn() {
    scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isTrue());
    elsewhere(sink::ok);
    scene.turn(() -> assertThat(stream.writableLength()).isEqualTo(1));
    assertThat(scene.runReady()).containsExactly("turn written");
  }

  @Test
  void aFailureFromElsewhereBecomesATurn() {
    scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isTrue());
    elsewhere(() -> sink.fail(new IllegalStateException("reset")));
    assertThat(scene.runReady()).containsExactly("turn written reset", "turn error reset", "turn close");
  }

  @Test
  void aSecondAcknowledgementFromElsewhereFailsTheStream() {
    scene.turn(() -> assertThat(stream.write("a")).isTrue());
    var done = sink.owed.element();
    elsewhere(
        () -> {
          done.ok();
          done.ok();
        });
    assertThat(scene.runReady()).containsExactly("turn error ERR_MULTIPLE_CALLBACK", "turn close");
  }

  @Test
  void destroyFromElsewhereBecomesATurn() {
    elsewhere(() -> stream.destroy(new IllegalStateException("enough")));
    assertThat(stream.destroyed()).isFalse();
    assertThat(scene.runReady()).containsExactly("turn error enough", "turn close");
  }

  @Test
  void aFeedFailsFromElsewhereInATurn() {
    elsewhere(() -> source.feed().fail(new IllegalStateException("gone")));
    assertThat(scene.runReady()).containsExactly("turn error gone", "turn close");
  }

  /// Acknowledges every hook from another thread.
  private static final class Elsewhere implements Sink<String>, Constructing {
    @Override
    public void construct(Done done) {
      elsewhere(done::ok);
    }

    @Override
    public void write(String chunk, Done done) {
      elsewhere(done::ok);
    }

    @Override
    public void finish(Done done) {
      elsewhere(done::ok);
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      elsewhere(done::ok);
    }
  }

  @Test
  void everyHookMayBeAcknowledgedFromElsewhere() {
    scene.turn(
        () -> {
          var through =
              TransformStream.<String, String>from(
                  new Transformer<>() {
                    @Override
                    public void transform(String chunk, Feed<String> out, Done done) {
                      out.push(chunk);
                      elsewhere(done::ok);
                    }

                    @Override
                    public void flush(Feed<String> out, Done done) {
                      elsewhere(done::ok);
                    }
                  });
          scene.watch("t", through).pipe(scene.watch("w", WritableStream.to(new Elsewhere())));
          through.end("a");
        });
    assertThat(scene.runReady()).contains("turn t end", "turn t close", "turn w finish", "turn w close");
  }
}
