package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Chunks held back, and given to the sink as one batch (docs/semantics.md, W10).
class WritableCorkTest {
  @AutoClose private final Scene scene = new Scene();
  private final BatchSink sink = new BatchSink(scene);
  private final WritableStream<String> stream = scene.writable(sink, StreamOptions.objects());

  private static final class BatchSink extends HeldSink<String> {
    BatchSink(Scene scene) {
      super(scene);
    }

    @Override
    public void writeBatch(List<String> chunks, Done done) {
      scene.log("batch " + chunks);
      owed.add(done);
    }
  }

  private void write(WritableStream<String> stream, String... chunks) {
    for (var chunk : chunks) {
      var _ = stream.write(chunk, scene.told(chunk + " written"));
    }
  }

  @Test
  void corkedChunksWaitForTheLastUncork() {
    assertThat(
            scene.turn(
                () -> {
                  stream.cork();
                  stream.cork();
                  write(stream, "a", "b");
                  assertThat(stream.writableCorked()).isEqualTo(2);
                  stream.uncork();
                  scene.log("one is left");
                  stream.uncork();
                  assertThat(stream.writableCorked()).isZero();
                }))
        .containsExactly("sync one is left", "sync batch [a, b]");
  }

  @Test
  void anUncorkTooManyDoesNothing() {
    scene.turn(
        () -> {
          stream.uncork();
          stream.cork();
          assertThat(stream.writableCorked()).isEqualTo(1);
        });
  }

  @Test
  void oneAcknowledgementAnswersTheBatchAndTellsEveryCallbackInOrder() {
    scene.turn(
        () -> {
          stream.cork();
          write(stream, "a", "b", "c");
          stream.uncork();
          assertThat(stream.writableLength()).isEqualTo(3);
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync a written", "sync b written", "sync c written");
    scene.turn(() -> assertThat(stream.writableLength()).isZero());
  }

  @Test
  void aSingleWaitingChunkIsNoBatch() {
    assertThat(
            scene.turn(
                () -> {
                  stream.cork();
                  write(stream, "a");
                  stream.uncork();
                }))
        .containsExactly("sync sink a");
  }

  @Test
  void whatWaitsBehindAChunkBecomesOneBatch() {
    assertThat(scene.turn(() -> write(stream, "a", "b", "c"))).containsExactly("sync sink a");
    assertThat(scene.turn(sink::ok)).containsExactly("sync batch [b, c]", "sync a written");
  }

  @Test
  void uncorkDuringAWriteWaitsForItsAcknowledgement() {
    assertThat(
            scene.turn(
                () -> {
                  write(stream, "a");
                  stream.cork();
                  write(stream, "b", "c");
                  stream.uncork();
                }))
        .containsExactly("sync sink a");
    assertThat(scene.turn(sink::ok)).containsExactly("sync batch [b, c]", "sync a written");
  }

  @Test
  void aCorkedStreamStaysQuietAfterAnAcknowledgement() {
    scene.turn(
        () -> {
          write(stream, "a");
          stream.cork();
          write(stream, "b");
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync a written");
    assertThat(scene.turn(stream::uncork)).containsExactly("sync sink b");
  }

  @Test
  void endDropsEveryCork() {
    assertThat(
            scene.turn(
                () -> {
                  stream.cork();
                  stream.cork();
                  write(stream, "a");
                  stream.end("b");
                  assertThat(stream.writableCorked()).isZero();
                }))
        .containsExactly("sync batch [a, b]");
    assertThat(scene.turn(sink::ok)).containsExactly("sync a written", "tick finish", "tick 2 close");
  }

  @Test
  void aFailedBatchFailsEveryChunkOfItAndAllBehindIt() {
    scene.turn(
        () -> {
          stream.cork();
          write(stream, "a", "b");
          stream.uncork();
          write(stream, "c");
        });
    assertThat(scene.turn(() -> sink.fail(new IllegalStateException("full"))))
        .containsExactly(
            "sync a written full", "sync b written full", "sync c written full", "tick error full", "tick close");
  }

  @Test
  void aSinkThatTakesNoBatchesGetsTheChunksOneByOne() {
    var single = new HeldSink<String>(scene);
    var plain = scene.writable(single, StreamOptions.objects());
    assertThat(
            scene.turn(
                () -> {
                  plain.cork();
                  write(plain, "a", "b", "c");
                  plain.uncork();
                }))
        .containsExactly("sync sink a");
    assertThat(scene.turn(single::ok)).containsExactly("sync sink b", "sync a written");
    assertThat(scene.turn(single::ok)).containsExactly("sync sink c", "sync b written");
    assertThat(scene.turn(single::ok)).containsExactly("sync c written");
    scene.turn(() -> assertThat(plain.writableLength()).isZero());
  }

  @Test
  void aSinkThatTakesNoBatchesIsAskedOnce() {
    var asked = new ArrayList<Integer>();
    var single =
        new HeldSink<String>(scene) {
          @Override
          public void writeBatch(List<String> chunks, Done done) throws Exception {
            asked.add(chunks.size());
            super.writeBatch(chunks, done);
          }
        };
    var plain = scene.writable(single, StreamOptions.objects());
    scene.turn(() -> write(plain, "a", "b", "c", "d"));
    for (int i = 0; i < 4; i++) scene.turn(single::ok);
    assertThat(asked).containsExactly(3);
  }

  @Test
  void aSinkAroundAnotherLosesNoBatch() {
    var inner = new HeldSink<String>(scene);
    var outer =
        new Sink<String>() {
          @Override
          public void write(String chunk, Done done) {
            inner.write(chunk, done);
          }

          @Override
          public void writeBatch(List<String> chunks, Done done) throws Exception {
            inner.writeBatch(chunks, acknowledgedThrough(done));
          }
        };
    var around = scene.writable(outer, StreamOptions.objects());
    scene.turn(
        () -> {
          around.cork();
          write(around, "a", "b");
          around.uncork();
        });
    assertThat(around.errored())
        .isInstanceOfSatisfying(
            StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_METHOD_NOT_IMPLEMENTED))
        .hasMessageContaining("2 chunks")
        .hasMessageContaining("pass the stream's own on");
  }

  private static Done acknowledgedThrough(Done done) {
    return new Done() {
      @Override
      public void ok() {
        done.ok();
      }

      @Override
      public void fail(Throwable error) {
        done.fail(error);
      }
    };
  }

  @Test
  void aDestroyedStreamKeepsItsCorkedChunksFromTheSink() {
    assertThat(
            scene.turn(
                () -> {
                  stream.cork();
                  write(stream, "a");
                  stream.destroy();
                  stream.uncork();
                }))
        .containsExactly("tick a written ERR_STREAM_DESTROYED", "tick close");
  }
}
