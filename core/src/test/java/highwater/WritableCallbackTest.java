package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// One chunk at the sink, and how a write's callback is told (docs/semantics.md, W5, W6).
class WritableCallbackTest {
  @AutoClose private final Scene scene = new Scene();
  private final HeldSink<String> sink = new HeldSink<>(scene);
  private final WritableStream<String> stream = scene.writable(sink, StreamOptions.objects());

  @Test
  void theFirstChunkGoesToTheSinkInsideTheWrite() {
    assertThat(
            scene.turn(
                () -> {
                  var _ = stream.write("a");
                  scene.log("written");
                }))
        .containsExactly("sync sink a", "sync written");
  }

  @Test
  void theNextChunkWaitsForTheAcknowledgement() {
    assertThat(
            scene.turn(
                () -> {
                  var _ = stream.write("a");
                  var _ = stream.write("b");
                }))
        .containsExactly("sync sink a");
    assertThat(scene.turn(sink::ok)).containsExactly("sync sink b");
  }

  @Test
  void theCallbackOfALaterAcknowledgementComesInsideIt() {
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("a written"));
          var _ = stream.write("b", scene.told("b written"));
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync sink b", "sync a written");
    assertThat(scene.turn(sink::ok)).containsExactly("sync b written");
  }

  @Test
  void theCallbackOfAnAcknowledgementInsideTheSinkIsATick() {
    var prompt = scene.writable(scene.<String>promptSink(), StreamOptions.objects());
    assertThat(
            scene.turn(
                () -> {
                  var _ = prompt.write("a", scene.told("a written"));
                  var _ = prompt.write("b", scene.told("b written"));
                  scene.log("returned");
                }))
        .containsExactly("sync sink a", "sync sink b", "sync returned", "tick a written", "tick b written");
  }

  @Test
  void promptWritesWithOneCallbackShareATick() {
    var prompt = scene.writable(scene.<String>promptSink(), StreamOptions.objects());
    Consumer<@Nullable Throwable> callback = scene.told("written");
    assertThat(
            scene.turn(
                () -> {
                  var _ = prompt.write("a", callback);
                  scene.strand().nextTick(() -> scene.log("another tick"));
                  var _ = prompt.write("b", callback);
                }))
        .containsExactly("sync sink a", "sync sink b", "tick written", "tick written", "tick another tick");
  }

  @Test
  void aQueueOfPromptChunksIsALoopAndNoRecursion() {
    int count = 100_000;
    var prompt = scene.writable(scene.<String>promptSink(), StreamOptions.objects());
    scene.turn(
        () -> {
          prompt.cork();
          for (int i = 0; i < count; i++) {
            var _ = prompt.write("x");
          }
        });
    assertThat(scene.turn(prompt::uncork)).hasSize(count + 1).endsWith("tick drain");
  }

  @Test
  void aSecondAcknowledgementFailsTheStream() {
    scene.turn(() -> assertThat(stream.write("a")).isTrue());
    var done = sink.owed.element();
    assertThat(
            scene.turn(
                () -> {
                  done.ok();
                  done.ok();
                }))
        .containsExactly("tick error ERR_MULTIPLE_CALLBACK", "tick close");
    assertThat(stream.errored()).hasMessageContaining("a second acknowledgement of one write");
  }

  @Test
  void doneEndsAnAsynchronousCallAndUnwrapsItsException() {
    scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isTrue());
    var error = new IllegalStateException("no such table");
    assertThat(scene.turn(() -> sink.owed.remove().accept(null, new CompletionException(error))))
        .containsExactly("sync written no such table", "tick error no such table", "tick close");
    assertThat(stream.errored()).isSameAs(error);
  }

  @Test
  void doneWithAValueIsASuccess() {
    scene.turn(() -> assertThat(stream.write("a", scene.told("written"))).isTrue());
    assertThat(scene.turn(() -> sink.owed.remove().accept(1L, null))).containsExactly("sync written");
  }
}
