package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// `data`, `readable`, `pause` and `resume` (docs/semantics.md, R4, R9, R11).
class ReadableFlowTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final ReadableStream<String> stream = scene.readable(source, StreamOptions.objects());

  private void assertFlowing(Flowing expected) {
    scene.turn(() -> assertThat(stream.readableFlowing()).isEqualTo(expected));
  }

  @Test
  void aDataListenerStartsTheFlowInATick() {
    scene.turn(() -> source.feed().push("a"));
    assertThat(
            scene.turn(
                () -> {
                  scene.logData(stream);
                  assertThat(stream.readableFlowing()).isEqualTo(Flowing.FLOWING);
                  assertThat(stream.readableDidRead()).isFalse();
                }))
        .containsExactly("tick resume", "tick data a");
    scene.turn(() -> assertThat(stream.readableDidRead()).isTrue());
  }

  @Test
  void aFlowingStreamEmitsInsideThePush() {
    scene.turn(() -> scene.logData(stream));
    assertThat(
            scene.turn(
                () -> {
                  assertThat(source.feed().push("a")).isTrue();
                  scene.log("pushed");
                }))
        .containsExactly("sync data a", "sync pushed", "tick asked");
    scene.turn(() -> assertThat(stream.readableLength()).isZero());
  }

  @Test
  void whatASourcePushesInsideItsCallIsStoredFirst() {
    source.then(
        feed -> {
          feed.push("a");
          scene.log("pushed");
        });
    assertThat(scene.turn(() -> scene.logData(stream)))
        .containsSubsequence("tick asked", "tick pushed", "tick resume", "tick data a");
  }

  @Test
  void pauseIsAtOnceAndResumeIsATick() {
    scene.turn(() -> scene.logData(stream));
    assertThat(
            scene.turn(
                () -> {
                  stream.pause();
                  assertThat(stream.isPaused()).isTrue();
                  source.feed().push("a");
                }))
        .containsExactly("sync pause", "tick asked");
    assertThat(scene.turn(() -> stream.resume())).containsExactly("tick resume", "tick data a");
    scene.turn(() -> assertThat(stream.isPaused()).isFalse());
  }

  @Test
  void pauseIsToldOnce() {
    assertThat(
            scene.turn(
                () -> {
                  stream.pause();
                  stream.pause();
                }))
        .containsExactly("sync pause");
  }

  @Test
  void pauseInsideAListenerStopsAfterThatChunk() {
    scene.turn(
        () -> {
          source.feed().push("a");
          source.feed().push("b");
        });
    assertThat(
            scene.turn(
                () ->
                    stream.onData(
                        chunk -> {
                          scene.log("data " + chunk);
                          stream.pause();
                        })))
        .containsExactly("tick resume", "tick data a", "tick pause");
    scene.turn(() -> assertThat(stream.readableLength()).isEqualTo(1));
  }

  @Test
  void aPausedStreamStaysPausedWhenAListenerComes() {
    scene.turn(() -> stream.pause());
    scene.turn(() -> source.feed().push("a"));
    assertThat(scene.turn(() -> scene.logData(stream))).isEmpty();
    assertFlowing(Flowing.PAUSED);
  }

  @Test
  void readableIsATickAfterThePush() {
    scene.turn(() -> stream.onReadable(() -> scene.log("readable")));
    assertThat(
            scene.turn(
                () -> {
                  source.feed().push("a");
                  source.feed().push("b");
                }))
        .containsExactly("tick readable", "tick asked");
  }

  @Test
  void readableComesOnceUntilSomebodyReads() {
    scene.turn(() -> stream.onReadable(() -> scene.log("readable")));
    scene.turn(() -> source.feed().push("a"));
    scene.turn(() -> assertThat(stream.read()).isEqualTo("a"));
    scene.turn(() -> assertThat(stream.read()).isNull());
    assertThat(scene.turn(() -> source.feed().push("b"))).contains("tick readable");
  }

  @Test
  void aReadableListenerWinsOverData() {
    scene.turn(
        () -> {
          scene.logData(stream);
          stream.onReadable(() -> scene.log("readable"));
          stream.resume();
          assertThat(stream.readableFlowing()).isEqualTo(Flowing.PAUSED);
        });
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("tick readable").doesNotContain("sync data a");
    assertThat(scene.turn(() -> stream.read())).contains("sync data a");
  }

  @Test
  void withoutItsReadableListenerTheFlowGoesOnToData() {
    var readable = scene.make(() -> stream.onReadable(() -> scene.log("readable")));
    scene.turn(() -> scene.logData(stream));
    assertThat(scene.turn(readable::remove)).contains("tick 2 resume");
    assertFlowing(Flowing.FLOWING);
  }

  @Test
  void withoutAnyListenerTheStreamIsUndecidedAgain() {
    var readable = scene.make(() -> stream.onReadable(() -> {}));
    assertFlowing(Flowing.PAUSED);
    scene.turn(readable::remove);
    assertFlowing(Flowing.UNDECIDED);
  }

  @Test
  void aReadableListenerThatIsReplacedAtOnceChangesNothing() {
    var first = scene.make(() -> stream.onReadable(() -> {}));
    scene.turn(
        () -> {
          first.remove();
          stream.onReadable(() -> scene.log("readable"));
        });
    assertFlowing(Flowing.PAUSED);
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("tick readable");
  }

  @Test
  void theFlowGoesOnWithoutItsLastDataListenerAndTheDataIsLost() {
    var data = scene.make(() -> scene.logData(stream));
    scene.turn(data::remove);
    scene.turn(() -> source.feed().push("a"));
    scene.turn(
        () -> {
          assertThat(stream.readableFlowing()).isEqualTo(Flowing.FLOWING);
          assertThat(stream.readableLength()).isZero();
        });
  }

  @Test
  void resumeWithoutListenersReadsEverythingAway() {
    source.then(feed -> feed.push("a")).then(Feed::end);
    assertThat(scene.turn(() -> stream.resume())).contains("tick resume", "tick 2 end", "tick 3 close");
  }

  @Test
  void everyListenerGetsEveryChunk() {
    scene.turn(
        () -> {
          stream.onData(chunk -> scene.log("one " + chunk));
          stream.onData(chunk -> scene.log("two " + chunk));
        });
    assertThat(scene.turn(() -> source.feed().push("a"))).containsSubsequence("sync one a", "sync two a");
  }

  @Test
  void aListenerThatWasRemovedHearsNoMore() {
    var data = scene.make(() -> scene.logData(stream));
    scene.turn(() -> stream.onData(chunk -> scene.log("other " + chunk)));
    scene.turn(data::remove);
    assertThat(scene.turn(() -> source.feed().push("a"))).containsExactly("sync other a", "tick asked");
    scene.turn(data::remove);
  }

  @Test
  void aListenerAddedInAnEmissionHearsTheNextOne() {
    scene.turn(
        () ->
            stream.onData(
                chunk -> {
                  scene.log("one " + chunk);
                  if (chunk.equals("a")) stream.onData(later -> scene.log("two " + later));
                }));
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("sync one a").doesNotContain("sync two a");
    assertThat(scene.turn(() -> source.feed().push("b"))).containsSubsequence("sync one b", "sync two b");
  }
}
