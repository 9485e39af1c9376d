package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// One chunk at the transformer, and the next only when the output has room (docs/semantics.md, T1 to T8).
class TransformTest {
  @AutoClose private final Scene scene = new Scene();
  private final HeldTransformer transformer = new HeldTransformer(scene);
  private final TransformStream<String, String> stream =
      scene.transform(transformer, StreamOptions.objects().withReadableMark(2).withWritableMark(3));

  /// Pushes nothing and acknowledges only when the test says so.
  private static final class HeldTransformer implements Transformer<String, String> {
    private final Scene scene;
    final ArrayDeque<Done> owed = new ArrayDeque<>();

    HeldTransformer(Scene scene) {
      this.scene = scene;
    }

    @Override
    public void transform(String chunk, Feed<String> out, Done done) {
      scene.log("transform " + chunk);
      owed.add(done);
    }

    @Override
    public void flush(Feed<String> out, Done done) {
      scene.log("flush");
      out.push("rest");
      owed.add(done);
    }
  }

  private void write(TransformStream<String, String> stream, String... chunks) {
    for (var chunk : chunks) {
      var _ = stream.write(chunk, scene.told(chunk + " written"));
    }
  }

  @Test
  void oneChunkIsAtTheTransformerAtATime() {
    assertThat(scene.turn(() -> write(stream, "a", "b"))).containsExactly("sync transform a");
    assertThat(scene.turn(() -> transformer.owed.remove().ok())).containsExactly("sync transform b", "sync a written");
  }

  @Test
  void anAcknowledgementIsPassedOnAtOnceWhileTheOutputHasRoom() {
    var pass = scene.transform(new PassThrough<String>(), StreamOptions.objects().withReadableMark(3));
    assertThat(scene.turn(() -> write(pass, "a", "b"))).containsExactly("tick a written", "tick b written");
    scene.turn(() -> assertThat(pass.readableLength()).isEqualTo(2));
  }

  @Test
  void aFullOutputKeepsTheWriterWaitingUntilItIsRead() {
    var pass = scene.transform(new PassThrough<String>(), StreamOptions.objects().withReadableMark(2));
    assertThat(scene.turn(() -> write(pass, "a", "b", "c", "d"))).containsExactly("tick a written");
    scene.turn(
        () -> {
          assertThat(pass.readableLength()).isEqualTo(2);
          assertThat(pass.writableLength()).isEqualTo(3);
        });
    assertThat(scene.turn(() -> assertThat(pass.read()).isEqualTo("a"))).containsExactly("sync b written");
    scene.turn(
        () -> {
          assertThat(pass.readableLength()).isEqualTo(2);
          assertThat(pass.writableLength()).isEqualTo(2);
        });
  }

  @Test
  void aChunkThatGivesNothingIsAcknowledgedEvenIfTheOutputIsFull() {
    scene.turn(
        () -> {
          stream.unshift("x");
          stream.unshift("y");
          write(stream, "a");
        });
    assertThat(scene.turn(() -> transformer.owed.remove().ok())).containsExactly("sync a written");
  }

  @Test
  void oneChunkMayBecomeMany() {
    var many =
        scene.<String, String>transform(
            (chunk, out, done) -> {
              for (int i = 0; i < 5; i++) scene.log("push " + out.push(chunk + i));
              done.ok();
            },
            StreamOptions.objects().withReadableMark(2));
    assertThat(scene.turn(() -> write(many, "a")))
        .containsExactly("sync push true", "sync push false", "sync push false", "sync push false", "sync push false");
    scene.turn(() -> assertThat(many.readableLength()).isEqualTo(5));
  }

  @Test
  void flushPushesTheRestBeforeTheEnd() {
    scene.turn(() -> scene.logData(stream));
    assertThat(scene.turn(() -> stream.end())).containsExactly("sync flush", "sync data rest");
    assertThat(scene.turn(() -> transformer.owed.remove().ok()))
        .containsExactly("tick end", "tick finish", "tick 2 close");
  }

  @Test
  void flushWaitsForTheLastAcknowledgement() {
    scene.turn(() -> stream.end("a"));
    assertThat(scene.turn(() -> transformer.owed.remove().ok())).containsExactly("sync flush");
    scene.turn(() -> transformer.owed.remove().ok());
  }

  @Test
  void withoutAFlushTheEndFollowsTheLastChunk() {
    var pass = scene.transform(new PassThrough<String>(), StreamOptions.objects());
    scene.turn(() -> scene.logData(pass));
    assertThat(scene.turn(() -> pass.end("a")))
        .containsExactly("sync data a", "tick end", "tick finish", "tick 2 close");
  }

  @Test
  void finishNeedsNoReaderWhileTheOutputFits() {
    var pass = scene.transform(new PassThrough<String>(), StreamOptions.objects());
    assertThat(scene.turn(() -> pass.end("a"))).containsExactly("tick finish");
    scene.turn(() -> assertThat(pass.readableEnded()).isFalse());
  }

  @Test
  void aFailedTransformFailsBothSides() {
    scene.turn(() -> write(stream, "a", "b"));
    assertThat(scene.turn(() -> transformer.owed.remove().fail(new IllegalStateException("bad"))))
        .containsExactly("sync a written bad", "sync b written bad", "tick error bad", "tick close");
  }

  @Test
  void aFailedFlushFailsBothSides() {
    scene.turn(() -> stream.end(scene.told("ended")));
    assertThat(scene.turn(() -> transformer.owed.remove().fail(new IllegalStateException("bad"))))
        .containsExactly("sync ended bad", "tick error bad", "tick close");
  }

  @Test
  void aSecondAcknowledgementFailsTheStream() {
    scene.turn(() -> write(stream, "a"));
    var done = transformer.owed.remove();
    assertThat(
            scene.turn(
                () -> {
                  done.ok();
                  done.ok();
                }))
        .containsExactly("sync a written", "tick error ERR_MULTIPLE_CALLBACK", "tick close");
    assertThat(stream.errored()).hasMessageContaining("one transform");
  }

  @Test
  void aSecondAcknowledgementOfTheFlushFailsTheStream() {
    scene.turn(() -> stream.end());
    var done = transformer.owed.remove();
    assertThat(
            scene.turn(
                () -> {
                  done.ok();
                  done.ok();
                }))
        .containsExactly("tick finish", "tick error ERR_MULTIPLE_CALLBACK", "tick close");
  }

  @Test
  void moreInputAfterAnEarlyEndFailsTheStreamAndTheWriteSucceeds() {
    var early =
        scene.<String, String>transform(
            (chunk, out, done) -> {
              out.push(chunk);
              out.end();
              done.ok();
            },
            StreamOptions.objects());
    assertThat(scene.turn(() -> write(early, "a", "b")))
        .containsExactly(
            "tick a written", "tick 2 error ERR_STREAM_PUSH_AFTER_EOF", "tick 2 close", "tick 2 b written");
  }

  @Test
  void aTransformWithAReadableMarkOfZeroKeepsItsWritableMark() {
    var zero = scene.transform(new PassThrough<String>(), StreamOptions.objects().withReadableMark(0));
    scene.turn(
        () -> {
          assertThat(zero.readableHighWaterMark()).isZero();
          assertThat(zero.writableHighWaterMark()).isEqualTo(16);
          assertThat(zero.write("a")).isTrue();
        });
  }

  @Test
  void anUnreadTransformHoldsNoStrand() {
    var pass = scene.transform(new PassThrough<String>(), StreamOptions.objects().withMark(1));
    scene.turn(() -> write(pass, "a", "b"));
    scene.turn(
        () -> {
          pass.destroy();
          stream.destroy();
        });
    assertThat(scene.hasWork()).isFalse();
  }
}
