package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// `end()`, the sink's last step and `finish` (docs/semantics.md, W1, W2, W11 to W14).
class WritableEndTest {
  @AutoClose private final Scene scene = new Scene();
  private final FinalSink sink = new FinalSink(scene);
  private final WritableStream<String> stream = scene.writable(sink, StreamOptions.objects());

  /// A held sink with a last step, which is held too.
  private static final class FinalSink extends HeldSink<String> {
    FinalSink(Scene scene) {
      super(scene);
    }

    @Override
    public void finish(Done done) {
      scene.log("last step");
      owed.add(done);
    }
  }

  @Test
  void finishIsATickAfterTheEndOfAnEmptyStream() {
    var plain = scene.writable(new HeldSink<String>(scene), StreamOptions.objects());
    assertThat(
            scene.turn(
                () -> {
                  plain.end(scene.told("ended"));
                  assertThat(plain.writableEnded()).isTrue();
                  assertThat(plain.writableFinished()).isFalse();
                  assertThat(plain.writable()).isFalse();
                }))
        .containsExactly("tick ended", "tick finish", "tick 2 close");
    scene.turn(() -> assertThat(plain.writableFinished()).isTrue());
  }

  @Test
  void endWithAChunkWritesIt() {
    assertThat(scene.turn(() -> stream.end("last"))).containsExactly("sync sink last");
    assertThat(scene.turn(sink::ok)).containsExactly("sync last step");
    assertThat(scene.turn(sink::ok)).containsExactly("tick finish", "tick 2 close");
  }

  @Test
  void theLastStepWaitsForEveryChunk() {
    scene.turn(
        () -> {
          var _ = stream.write("a");
          var _ = stream.write("b");
          stream.end();
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync sink b");
    assertThat(scene.turn(sink::ok)).containsExactly("sync last step");
  }

  @Test
  void theLastStepIsTakenOnce() {
    assertThat(
            scene.turn(
                () -> {
                  stream.end();
                  stream.end();
                }))
        .containsExactly("sync last step");
  }

  @Test
  void finishIsATickAfterTheLastStepAndAfterTheCallbacksOfEnd() {
    scene.turn(
        () -> {
          stream.end(scene.told("ended"));
          stream.end(scene.told("ended again"));
        });
    assertThat(scene.turn(sink::ok)).containsExactly("tick ended", "tick ended again", "tick finish", "tick 2 close");
  }

  @Test
  void finishComesAfterTheCallbacksOfTheWrites() {
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("written"));
          stream.end(scene.told("ended"));
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync written", "sync last step");
    assertThat(scene.turn(sink::ok)).containsExactly("tick ended", "tick finish", "tick 2 close");
  }

  @Test
  void aFailingLastStepFailsTheEndAndTheStream() {
    scene.turn(() -> stream.end(scene.told("ended")));
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("no space"))))
        .containsExactly("sync ended no space", "tick error no space", "tick close");
    scene.turn(() -> assertThat(stream.writableFinished()).isFalse());
  }

  @Test
  void aSecondAcknowledgementOfTheLastStepFailsTheStream() {
    scene.turn(() -> stream.end());
    var done = sink.owed.element();
    assertThat(
            scene.turn(
                () -> {
                  done.ok();
                  done.ok();
                }))
        .containsExactly("tick finish", "tick error ERR_MULTIPLE_CALLBACK", "tick close");
  }

  @Test
  void aWriteAfterEndIsRefusedAndFailsTheStream() {
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("a written"));
          stream.end();
        });
    assertThat(scene.turn(() -> assertThat(stream.write("b", scene.told("b written"))).isFalse()))
        .containsExactly(
            "tick b written ERR_STREAM_WRITE_AFTER_END", "tick error ERR_STREAM_WRITE_AFTER_END", "tick close");
    assertThat(stream.errored())
        .hasMessageContaining("after end()")
        .hasMessageContaining("buffered=1")
        .hasMessageContaining("mark=16");
    assertThat(scene.turn(sink::ok)).containsExactly("sync a written");
  }

  @Test
  void endWithAChunkAfterEndIsAWriteAfterEnd() {
    scene.turn(() -> stream.end());
    assertThat(scene.turn(() -> stream.end("more", scene.told("ended"))))
        .containsExactly(
            "tick error ERR_STREAM_WRITE_AFTER_END", "tick close", "tick ended ERR_STREAM_WRITE_AFTER_END");
  }

  @Test
  void endAfterFinishTellsItsCallbackAlone() {
    var plain = scene.writable(new HeldSink<String>(scene), StreamOptions.objects());
    scene.turn(() -> plain.end());
    assertThat(
            scene.turn(
                () -> {
                  plain.end(scene.told("ended"));
                  plain.end();
                }))
        .containsExactly("tick ended ERR_STREAM_ALREADY_FINISHED");
  }

  @Test
  void theFirstEndAfterADestroyIsNeverAnsweredAndTheSecondIs() {
    scene.turn(() -> stream.destroy());
    assertThat(
            scene.turn(
                () -> {
                  stream.end(scene.told("ended"));
                  stream.end(scene.told("ended again"));
                }))
        .containsExactly("tick ended again ERR_STREAM_DESTROYED");
  }

  @Test
  void endAfterAnErrorTellsItsCallbackAlone() {
    scene.turn(() -> stream.destroy(new IllegalStateException("gone")));
    assertThat(scene.turn(() -> stream.end(scene.told("ended")))).containsExactly("tick ended ERR_STREAM_DESTROYED");
    var open = scene.writable(sink, StreamOptions.objects().withAutoDestroy(false));
    scene.turn(() -> assertThat(open.write("a")).isTrue());
    scene.turn(() -> sink.fail(new IllegalStateException("gone")));
    assertThat(scene.turn(() -> open.end(scene.told("ended")))).containsExactly("tick ended gone");
  }

  @Test
  void aWriteAfterDestroyTellsItsCallbackAlone() {
    scene.turn(() -> stream.destroy());
    assertThat(scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isFalse()))
        .containsExactly("tick written ERR_STREAM_DESTROYED");
  }

  @Test
  void aNullChunkIsThrownBackAndChangesNothing() {
    scene.turn(
        () -> {
          assertThatThrownBy(
                  () -> {
                    var _ = stream.write(null);
                  })
              .isInstanceOfSatisfying(
                  StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_STREAM_NULL_VALUES))
              .hasMessageContaining("end()");
          assertThat(stream.writableLength()).isZero();
          assertThat(stream.writable()).isTrue();
        });
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void aChunkThatIsNoBufferIsThrownBackByAStreamOfBytes() {
    var bytes = scene.writable(new HeldSink<ByteBuffer>(scene), StreamOptions.bytes());
    scene.turn(
        () -> {
          assertThatThrownBy(
                  () -> {
                    var _ = ((WritableStream) bytes).write("text");
                  })
              .isInstanceOfSatisfying(
                  StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_INVALID_ARG_TYPE))
              .hasMessageContaining("java.lang.String")
              .hasMessageContaining("StreamOptions.objects()");
          assertThat(bytes.writable()).isTrue();
        });
  }

  @Test
  void finishSaysThatEveryWriteSucceeded() {
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("written"));
          stream.end(scene.told("ended"));
        });
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full"))))
        .containsExactly("sync written full", "sync ended full", "tick error full", "tick close");
  }
}
