package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Writables of functions and collectors.
class SinksTest {
  @AutoClose private final Scene scene = new Scene();

  @Test
  void aConsumerGetsEachChunk() {
    var seen = new ArrayList<String>();
    var stream = scene.make(() -> scene.watch(WritableStream.<String>toConsumer(seen::add)));
    assertThat(
            scene.turn(
                () -> {
                  var _ = stream.write("a");
                  stream.end("b");
                }))
        .contains("tick 2 finish");
    assertThat(seen).containsExactly("a", "b");
  }

  @Test
  void aConsumerOfBytesCountsBytes() {
    var stream =
        scene.make(() -> scene.watch(WritableStream.<ByteBuffer>toConsumer(ByteBuffer::get, StreamOptions.bytes())));
    scene.turn(() -> assertThat(stream.writableHighWaterMark()).isEqualTo(StreamOptions.BYTE_MARK));
    assertThat(scene.turn(() -> stream.end(Scene.bytes("a")))).contains("tick finish");
  }

  @Test
  void aConsumerThatThrowsFailsItsStreamWithThat() {
    var boom = new IllegalStateException("boom");
    var stream =
        scene.make(
            () ->
                scene.watch(
                    WritableStream.<String>toConsumer(
                        _ -> {
                          throw boom;
                        })));
    scene.turn(() -> stream.end("a"));
    scene.turn(() -> assertThat(stream.errored()).isSameAs(boom));
  }

  @Test
  void anAsynchronousFunctionGetsTheNextChunkWhenTheStageHasCompleted() {
    var stages = new ArrayList<CompletableFuture<String>>();
    var stream =
        scene.make(
            () ->
                scene.watch(
                    WritableStream.<String>toAsync(
                        chunk -> {
                          scene.log("call " + chunk);
                          stages.add(new CompletableFuture<>());
                          return stages.getLast();
                        })));
    assertThat(
            scene.turn(
                () -> {
                  var _ = stream.write("a");
                  stream.end("b");
                }))
        .containsExactly("sync call a");
    assertThat(scene.turn(() -> stages.get(0).complete("ignored"))).containsExactly("sync call b");
    assertThat(scene.turn(() -> stages.get(1).complete(null))).contains("tick finish");
  }

  @Test
  void aFailedStageFailsTheStreamWithTheErrorItself() {
    var boom = new IllegalStateException("boom");
    var stream =
        scene.make(
            () ->
                scene.watch(
                    WritableStream.<String>toAsync(
                        _ -> CompletableFuture.failedFuture(boom).thenApply(value -> value))));
    scene.turn(() -> stream.end("a"));
    scene.turn(() -> assertThat(stream.errored()).isSameAs(boom));
  }

  @Test
  @Timeout(10)
  void aStageCompletedElsewhereIsATurn() throws InterruptedException {
    var stage = new CompletableFuture<String>();
    var stream = scene.make(() -> scene.watch(WritableStream.<String>toAsync(_ -> stage)));
    scene.turn(() -> stream.end("a"));
    Thread.ofPlatform().start(() -> stage.complete("done")).join();
    assertThat(scene.runReady()).contains("turn finish");
  }

  @Test
  void aNullStageIsRefused() {
    var stream = scene.make(() -> scene.watch(WritableStream.<String>toAsync(_ -> null)));
    scene.turn(() -> stream.end("a"));
    scene.turn(() -> assertThat(stream.errored()).hasMessageContaining("given to toAsync returned null"));
    var batches = scene.make(() -> scene.watch(WritableStream.<String>toBatches(_ -> null)));
    scene.turn(() -> batches.end("a"));
    scene.turn(() -> assertThat(batches.errored()).hasMessageContaining("given to toBatches returned null"));
  }

  @Test
  void aBatchFunctionGetsAllThatWaits() {
    var batches = new ArrayList<List<String>>();
    var stages = new ArrayList<CompletableFuture<String>>();
    var stream =
        scene.make(
            () ->
                scene.watch(
                    WritableStream.<String>toBatches(
                        batch -> {
                          batches.add(batch);
                          stages.add(new CompletableFuture<>());
                          return stages.getLast();
                        })));
    scene.turn(
        () -> {
          for (var chunk : List.of("a", "b", "c")) assertThat(stream.write(chunk)).isTrue();
          stream.end();
        });
    assertThat(batches).containsExactly(List.of("a"));
    scene.turn(() -> stages.get(0).complete(null));
    assertThat(batches).containsExactly(List.of("a"), List.of("b", "c"));
    assertThat(scene.turn(() -> stages.get(1).complete(null))).contains("tick finish");
  }

  @Test
  void aCollectorsValueIsThereBeforeFinish() {
    var collecting = scene.make(SinksTest::collecting);
    scene.make(() -> scene.watch(collecting.stream()));
    assertThat(
            scene.turn(
                () -> {
                  var _ = collecting.result().thenAccept(text -> scene.log("value " + text));
                  var _ = collecting.stream().write("a");
                  collecting.stream().end("b");
                }))
        .containsSubsequence("sync value a+b", "tick finish");
  }

  private static WritableStream.Collecting<String, String> collecting() {
    return WritableStream.toCollector(Collectors.joining("+"));
  }

  @Test
  void anErrorOfTheStreamFailsTheValue() {
    var boom = new IllegalStateException("boom");
    var collecting = scene.make(SinksTest::collecting);
    scene.make(() -> scene.watch(collecting.stream()));
    scene.turn(() -> collecting.stream().destroy(boom));
    assertThat(collecting.result().toCompletableFuture()).isCompletedExceptionally();
    assertThat(collecting.result().toCompletableFuture().exceptionNow()).isSameAs(boom);
  }

  @Test
  void aStreamDestroyedEarlyNeverLooksComplete() {
    var collecting = scene.make(SinksTest::collecting);
    scene.make(() -> scene.watch(collecting.stream()));
    scene.turn(
        () -> {
          var _ = collecting.stream().write("a");
          collecting.stream().destroy();
        });
    assertThat(Scene.nameOf(collecting.result().toCompletableFuture().exceptionNow()))
        .isEqualTo("ERR_STREAM_PREMATURE_CLOSE");
  }

  @Test
  void aCollectorThatThrowsFailsBoth() {
    var boom = new IllegalStateException("boom");
    var collecting =
        scene.make(
            () ->
                WritableStream.<String, List<String>, String>toCollector(
                    Collector.of(
                        ArrayList::new,
                        (_, _) -> {
                          throw boom;
                        },
                        (a, _) -> a,
                        list -> "" + list)));
    scene.make(() -> scene.watch(collecting.stream()));
    scene.turn(() -> collecting.stream().end("a"));
    assertThat(collecting.result().toCompletableFuture().exceptionNow()).isSameAs(boom);
  }
}
