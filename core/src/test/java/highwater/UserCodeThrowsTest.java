package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.strand.Strand;
import highwater.strand.UncaughtException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A throw in user code fails the stream it came from and is never lost (docs/semantics.md, D10, S7).
class UserCodeThrowsTest {
  @AutoClose private final Scene scene = new Scene();
  private final IllegalStateException boom = new IllegalStateException("boom");

  private WritableStream<String> writable(Sink<String> sink) {
    return scene.writable(sink, StreamOptions.objects());
  }

  private <T> void refuse(T ignored, Done done) {
    throw boom;
  }

  @Test
  void aSourceThatThrowsFailsItsStream() {
    var stream =
        scene.<String>readable(
            _ -> {
              throw boom;
            },
            StreamOptions.objects());
    assertThat(scene.turn(() -> assertThat(stream.read()).isNull())).containsExactly("tick error boom", "tick close");
    assertThat(stream.errored()).isSameAs(boom);
  }

  @Test
  void aSourceThatThrowsOwesNothing() {
    scene.turn(
        () -> {
          var stream =
              ReadableStream.<String>from(
                  _ -> {
                    throw boom;
                  },
                  StreamOptions.objects().withAutoDestroy(false));
          stream.onError(_ -> {});
          stream.read();
        });
    assertThat(scene.hasWork()).isFalse();
  }

  @Test
  void anAnswerToAStreamThatFailedMeanwhileOwesNothing() {
    var source = new AskedSource<String>(scene);
    var sink = new HeldSink<String>(scene);
    scene.turn(
        () -> {
          var stream = DuplexStream.<String, String>of(source, sink, StreamOptions.objects().withAutoDestroy(false));
          stream.onError(_ -> {});
          stream.read();
          assertThat(stream.write("a")).isTrue();
          sink.fail(boom);
        });
    assertThat(scene.hasWork()).isTrue();
    scene.turn(() -> assertThat(source.feed().push("late")).isFalse());
    assertThat(scene.hasWork()).isFalse();
  }

  @Test
  void aSourceThatThrowsAtItsStartThrowsWhereTheStreamIsMade() {
    var source =
        new Source<String>() {
          @Override
          public void read(Feed<String> feed) {}

          @Override
          public void start(Feed<String> feed) {
            throw boom;
          }
        };
    scene.turn(() -> assertThatThrownBy(() -> ReadableStream.from(source)).isSameAs(boom));
    assertThat(scene.hasWork()).isFalse();
  }

  @Test
  void aSinkThatThrowsFailsTheWriteAndItsStream() {
    var stream = writable(this::refuse);
    assertThat(
            scene.turn(
                () -> {
                  assertThat(stream.write("a", scene.told("a written"))).isFalse();
                  assertThat(stream.write("b", scene.told("b written"))).isFalse();
                }))
        .containsExactly("tick a written boom", "tick b written boom", "tick 2 error boom", "tick 2 close");
    scene.turn(() -> assertThat(stream.writableLength()).isZero());
  }

  @Test
  void aSinkThatThrowsAfterItsAcknowledgementFailsItsStreamToo() {
    var stream =
        writable(
            (_, done) -> {
              done.ok();
              throw boom;
            });
    assertThat(scene.turn(() -> assertThat(stream.write("a")).isFalse())).contains("tick error boom", "tick close");
  }

  @Test
  void aSinkThatThrowsInABatchFailsEveryChunkOfIt() {
    var sink =
        new HeldSink<String>(scene) {
          @Override
          public void writeBatch(List<String> chunks, Done done) {
            throw boom;
          }
        };
    var stream = writable(sink);
    assertThat(
            scene.turn(
                () -> {
                  stream.cork();
                  var _ = stream.write("a", scene.told("a written"));
                  var _ = stream.write("b", scene.told("b written"));
                  stream.uncork();
                }))
        .containsExactly("tick a written boom", "tick b written boom", "tick 2 error boom", "tick 2 close");
  }

  @Test
  void aLastStepThatThrowsFailsTheEndAndItsStream() {
    var sink =
        new HeldSink<String>(scene) {
          @Override
          public void finish(Done done) {
            throw boom;
          }
        };
    var stream = writable(sink);
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick error boom", "tick close");
  }

  @Test
  void aLastStepThatThrowsAfterItsAcknowledgementIsUncaught() {
    var sink =
        new HeldSink<String>(scene) {
          @Override
          public void finish(Done done) {
            done.ok();
            throw boom;
          }
        };
    var stream = writable(sink);
    assertThat(scene.turn(() -> stream.end()))
        .containsExactly("sync uncaught boom", "tick finish", "tick error boom", "tick close");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void aSinkThatThrowsAndAcknowledgesLaterKeepsItsFirstReason() {
    var stream =
        writable(
            (_, done) -> {
              scene.strand().nextTick(done::ok);
              throw boom;
            });
    assertThat(scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isFalse()))
        .containsExactly("tick written boom", "tick 2 error boom", "tick 2 close");
  }

  @Test
  void aDestroyHookThatThrowsMakesTheError() {
    var sink =
        new HeldSink<String>(scene) {
          @Override
          public void destroy(@Nullable Throwable error, Done done) {
            throw boom;
          }
        };
    var stream = writable(sink);
    assertThat(scene.turn(() -> stream.destroy())).containsExactly("tick error boom", "tick close");
    assertThat(stream.closed()).isTrue();
  }

  /// Acknowledges its destroy, then throws.
  private final class ThrowsLate extends HeldSink<String> implements Source<String> {
    ThrowsLate() {
      super(UserCodeThrowsTest.this.scene);
    }

    @Override
    public void read(Feed<String> feed) {}

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      done.ok();
      throw boom;
    }
  }

  @Test
  void aDestroyHookThatThrowsAfterItsAcknowledgementIsUncaught() {
    var stream = writable(new ThrowsLate());
    assertThat(scene.turn(() -> stream.destroy())).containsExactly("sync uncaught boom", "tick close");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void soAreBothHooksOfADuplex() {
    var stream =
        scene.make(() -> scene.watch(DuplexStream.of(new ThrowsLate(), new ThrowsLate(), StreamOptions.objects())));
    assertThat(scene.turn(() -> stream.destroy()))
        .containsExactly("sync uncaught boom", "sync uncaught boom", "tick close");
    assertThat(scene.uncaught()).containsExactly(boom, boom);
  }

  @Test
  void aConstructThatThrowsFailsItsStream() {
    final class Unopenable extends HeldSink<String> implements Constructing {
      Unopenable() {
        super(UserCodeThrowsTest.this.scene);
      }

      @Override
      public void construct(Done done) {
        throw boom;
      }
    }
    assertThat(scene.turn(() -> writable(new Unopenable()))).containsExactly("tick 3 error boom", "tick 3 close");
  }

  @Test
  void aTransformerThatThrowsFailsItsStream() {
    var stream = scene.<String, String>transform((_, _, _) -> throwBoom(), StreamOptions.objects());
    assertThat(scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isFalse()))
        .containsExactly("tick written boom", "tick 2 error boom", "tick 2 close");
  }

  private void throwBoom() {
    throw boom;
  }

  @Test
  void aFlushThatThrowsFailsItsStream() {
    var transformer =
        new Transformer<String, String>() {
          @Override
          public void transform(String chunk, Feed<String> out, Done done) {
            done.ok();
          }

          @Override
          public void flush(Feed<String> out, Done done) {
            throw boom;
          }
        };
    var stream = scene.transform(transformer, StreamOptions.objects());
    assertThat(scene.turn(() -> stream.end())).containsExactly("tick error boom", "tick close");
  }

  @Test
  void aListenerThatThrowsFailsItsStreamAndIsUncaught() {
    var source = new AskedSource<String>(scene);
    var stream = scene.readable(source, StreamOptions.objects());
    scene.turn(() -> stream.onData(_ -> throwBoom()));
    assertThat(scene.turn(() -> source.feed().push("a")))
        .containsExactly("sync uncaught boom", "tick error boom", "tick close");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void aListenerThatThrowsKeepsNothingFromTheOthers() {
    var source = new AskedSource<String>(scene);
    var stream = scene.readable(source, StreamOptions.objects());
    scene.turn(
        () -> {
          stream.onData(_ -> throwBoom());
          scene.logData(stream);
        });
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("sync data a");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void aThrowInAListenerOfAnyEventIsUncaught() {
    List<Consumer<WritableStream<String>>> listeners =
        List.of(
            stream -> stream.onDrain(this::throwBoom),
            stream -> stream.onFinish(this::throwBoom),
            stream -> stream.onClose(this::throwBoom));
    for (var listener : listeners) {
      scene.turn(
          () -> {
            var stream =
                scene.watch(WritableStream.to(scene.<String>promptSink(), StreamOptions.objects().withMark(1)));
            listener.accept(stream);
            stream.cork();
            var _ = stream.write("a");
            stream.uncork();
            scene.strand().nextTick(() -> stream.end());
          });
      assertThat(scene.uncaught()).containsExactly(boom);
    }
  }

  @Test
  void aWriteCallbackThatThrowsFailsItsStreamAndIsUncaught() {
    var sink = new HeldSink<String>(scene);
    var stream = writable(sink);
    scene.turn(() -> assertThat(stream.write("a", _ -> throwBoom())).isTrue());
    assertThat(scene.turn(sink::ok)).containsExactly("sync uncaught boom", "tick error boom", "tick close");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void anEndCallbackThatThrowsFailsItsStreamAndIsUncaught() {
    var stream = writable(new HeldSink<String>(scene));
    assertThat(scene.turn(() -> stream.end(_ -> throwBoom()))).contains("tick uncaught boom", "tick 2 error boom");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void aCallbackOfFinishedOrPipelineThatThrowsIsUncaught() {
    var source = new AskedSource<String>(scene);
    var stream = writable(new HeldSink<String>(scene));
    scene.turn(() -> Streams.finished(stream, _ -> throwBoom()));
    scene.turn(() -> stream.end());
    assertThat(scene.uncaught()).containsExactly(boom);
    scene.turn(
        () ->
            Streams.pipeline(
                List.of(
                    scene.add(ReadableStream.from(source)), scene.add(WritableStream.to(scene.<String>promptSink()))),
                _ -> throwBoom()));
    scene.turn(() -> source.feed().end());
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void aTickThatThrowsIsUncaught() {
    assertThat(scene.turn(() -> scene.strand().nextTick(this::throwBoom))).containsExactly("tick uncaught boom");
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void anUncaughtErrorEndsTheRunAndIsThrownAsItIs() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var fed = ReadableStream.<String>fed(StreamOptions.objects());
                      fed.stream().onData(_ -> throwBoom());
                      fed.feed().push("a");
                    }))
        .isSameAs(boom);
  }

  @Test
  void aCheckedErrorWithoutAListenerIsThrownInAnUncaughtException() {
    var error = new Exception("checked");
    assertThatThrownBy(() -> Strand.run(() -> WritableStream.to((_, done) -> done.ok()).destroy(error)))
        .isInstanceOf(UncaughtException.class)
        .hasCause(error);
  }

  @Test
  void anErrorThatIsListenedToEndsNothing() {
    Strand.run(
        () -> {
          var stream = WritableStream.to((_, done) -> done.ok());
          stream.onError(_ -> {});
          stream.destroy(boom);
        });
  }

  @Test
  void aVirtualMachineErrorFailsTheStreamAndIsThrownAgain() {
    var error = new OutOfMemoryError("test");
    var stream =
        writable(
            (_, _) -> {
              throw error;
            });
    scene.turn(() -> assertThatThrownBy(() -> stream.end("a")).isSameAs(error));
    assertThat(stream.errored()).isSameAs(error);
  }
}
