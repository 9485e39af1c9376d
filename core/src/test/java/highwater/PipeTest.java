package highwater;

import static highwater.Scene.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.strand.HandTurned;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// One stream into another (docs/semantics.md, P1 to P8).
class PipeTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final ReadableStream<String> from =
      scene.make(() -> scene.watch("r", ReadableStream.from(source, StreamOptions.objects().withMark(2))));
  private final Target one = new Target("w");
  private final Target two = new Target("x");

  /// A writable of mark 1 whose acknowledgements are held.
  private final class Target {
    final HeldSink<String> sink;
    final WritableStream<String> stream;

    Target(String name) {
      sink =
          new HeldSink<>(scene) {
            @Override
            public void write(String chunk, Done done) {
              scene.log(name + " sink " + chunk);
              owed.add(done);
            }
          };
      stream = scene.make(() -> scene.watch(name, WritableStream.to(sink, StreamOptions.objects().withMark(1))));
    }
  }

  @Test
  void pipeIsToldAtOnceAndTheFlowStartsInATick() {
    assertThat(scene.turn(() -> assertThat(from.pipe(one.stream)).isSameAs(one.stream)))
        .containsExactly("sync w pipe", "tick asked", "tick r resume");
  }

  @Test
  void aFalseWritePausesTheSourceAndDrainResumesIt() {
    scene.turn(() -> from.pipe(one.stream));
    assertThat(scene.turn(() -> source.feed().push("a")))
        .containsExactly("sync w sink a", "sync r pause", "tick asked");
    scene.turn(() -> source.feed().push("b"));
    assertThat(scene.turn(one.sink::ok))
        .containsExactly("sync w drain", "tick r resume", "tick w sink b", "tick r pause");
  }

  @Test
  void aFullTargetIsNotWrittenToUntilItDrains() {
    scene.turn(() -> assertThat(one.stream.write("x")).isFalse());
    assertThat(scene.turn(() -> from.pipe(one.stream)))
        .containsExactly("sync w pipe", "sync r pause", "tick asked", "tick r resume");
    scene.turn(() -> source.feed().push("a"));
    assertThat(scene.turn(one.sink::ok)).contains("sync w drain", "tick w sink a");
  }

  @Test
  void theSlowestTargetPacesAll() {
    scene.turn(
        () -> {
          from.pipe(one.stream);
          from.pipe(two.stream);
        });
    assertThat(scene.turn(() -> source.feed().push("a"))).containsSubsequence("sync w sink a", "sync x sink a");
    scene.turn(() -> source.feed().push("b"));
    assertThat(scene.turn(one.sink::ok)).containsExactly("sync w drain");
    assertThat(scene.turn(two.sink::ok)).containsSubsequence("sync x drain", "tick w sink b", "tick x sink b");
  }

  @Test
  void theEndOfTheSourceEndsTheTarget() {
    scene.turn(() -> from.pipe(one.stream));
    assertThat(scene.turn(() -> source.feed().end()))
        .contains("tick r end", "tick 2 w finish")
        .containsSubsequence("tick 2 w finish", "tick 2 w unpipe");
    assertThat(one.stream.closed()).isTrue();
  }

  @Test
  void theEndCanLeaveTheTargetOpen() {
    scene.turn(() -> from.pipe(one.stream, false));
    assertThat(scene.turn(() -> source.feed().end())).contains("tick r end", "tick w unpipe");
    scene.turn(() -> assertThat(one.stream.writable()).isTrue());
  }

  @Test
  void aSourceThatHasEndedEndsTheTargetInATick() {
    var open =
        scene.make(() -> scene.watch("s", ReadableStream.from(source, StreamOptions.objects().withAutoDestroy(false))));
    scene.turn(
        () -> {
          source.feed().end();
          open.resume();
        });
    assertThat(scene.turn(() -> open.pipe(one.stream))).contains("tick 2 w finish");
  }

  @Test
  void unpipeStopsTheFlowAndTellsTheTarget() {
    scene.turn(() -> from.pipe(one.stream));
    assertThat(scene.turn(() -> from.unpipe(one.stream))).containsExactly("sync r pause", "sync w unpipe");
    assertThat(scene.turn(() -> source.feed().push("a"))).doesNotContain("sync w sink a");
    scene.turn(() -> assertThat(from.readableFlowing()).isEqualTo(Flowing.PAUSED));
  }

  @Test
  void unpipeOfOneTargetLeavesTheOther() {
    scene.turn(
        () -> {
          from.pipe(one.stream);
          from.pipe(two.stream);
        });
    assertThat(scene.turn(() -> from.unpipe(one.stream))).containsExactly("sync w unpipe");
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("sync x sink a").doesNotContain("sync w sink a");
  }

  @Test
  void unpipeWithoutATargetTakesAllOff() {
    scene.turn(
        () -> {
          from.pipe(one.stream);
          from.pipe(two.stream);
        });
    assertThat(scene.turn(() -> from.unpipe())).containsExactly("sync r pause", "sync w unpipe", "sync x unpipe");
    assertThat(scene.turn(() -> source.feed().push("a"))).noneMatch(line -> line.contains("sink"));
  }

  @Test
  void unpipeOfAStrangerDoesNothing() {
    scene.turn(() -> from.pipe(one.stream));
    assertThat(scene.turn(() -> from.unpipe(two.stream))).isEmpty();
  }

  @Test
  void unpipeOfTheSlowTargetLetsTheFastOneGoOn() {
    scene.turn(
        () -> {
          from.pipe(one.stream);
          from.pipe(two.stream);
        });
    scene.turn(() -> source.feed().push("a"));
    scene.turn(() -> source.feed().push("b"));
    scene.turn(one.sink::ok);
    assertThat(scene.turn(() -> from.unpipe(two.stream))).contains("sync x unpipe", "tick w sink b");
  }

  @Test
  void anErrorOfOneTargetUnpipesItAndNeitherHurtsTheSourceNorStarvesTheOther() {
    scene.turn(
        () -> {
          from.pipe(one.stream);
          from.pipe(two.stream);
        });
    scene.turn(() -> source.feed().push("a"));
    scene.turn(() -> source.feed().push("b"));
    scene.turn(two.sink::ok);
    assertThat(scene.turn(() -> one.sink.fail(new IllegalStateException("full"))))
        .containsSubsequence("tick w unpipe", "tick w error full", "tick w close")
        .contains("tick 2 x sink b");
    scene.turn(() -> assertThat(from.readable()).isTrue());
  }

  @Test
  void aTargetThatFailsInsideTheWriteStarvesNobody() {
    var failing =
        scene.make(
            () ->
                scene.watch(
                    "f",
                    WritableStream.<String>to(
                        (_, done) -> done.fail(new IllegalStateException("full")), StreamOptions.objects())));
    scene.turn(
        () -> {
          from.pipe(failing);
          from.pipe(two.stream);
        });
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("sync x sink a", "tick 2 f error full");
    scene.turn(() -> source.feed().push("b"));
    assertThat(scene.turn(two.sink::ok)).contains("tick x sink b");
  }

  @Test
  void anErrorOfATargetThatNobodyListensToIsUncaught() {
    var error = new IllegalStateException("unheard");
    scene.turn(
        () -> {
          var alone = scene.add(WritableStream.to(scene.<String>promptSink(), StreamOptions.objects()));
          from.pipe(alone);
          alone.destroy(error);
        });
    assertThat(scene.uncaught()).containsExactly(error);
  }

  @Test
  void anErrorOfTheSourceDoesNothingToTheTarget() {
    scene.turn(() -> from.pipe(one.stream));
    assertThat(scene.turn(() -> from.destroy(new IllegalStateException("gone"))))
        .containsExactly("tick r error gone", "tick r close");
    scene.turn(
        () -> {
          assertThat(one.stream.writable()).isTrue();
          assertThat(one.stream.destroyed()).isFalse();
        });
  }

  @Test
  void aTargetThatClosesIsUnpiped() {
    scene.turn(() -> from.pipe(one.stream));
    assertThat(scene.turn(() -> one.stream.destroy())).containsExactly("tick w close", "tick r pause", "tick w unpipe");
  }

  @Test
  void aTargetPipedTwiceGetsEverythingTwice() {
    var wide =
        scene.make(() -> scene.watch("y", WritableStream.to(scene.<String>promptSink(), StreamOptions.objects())));
    scene.turn(
        () -> {
          from.pipe(wide);
          from.pipe(wide);
        });
    assertThat(scene.turn(() -> source.feed().push("a"))).containsSubsequence("sync sink a", "sync sink a");
    assertThat(scene.turn(() -> from.unpipe(wide))).containsExactly("sync y unpipe");
    assertThat(scene.turn(() -> source.feed().push("b")).stream().filter("sync sink b"::equals)).hasSize(1);
  }

  @Test
  void aChainOfPipesCarriesBytesToTheEnd() {
    var bytes = new AskedSource<ByteBuffer>(scene);
    for (var part : new String[] {"ab", "cd", "ef"}) bytes.then(feed -> feed.push(bytes(part)));
    bytes.then(Feed::end);
    var options = StreamOptions.bytes().withMark(1);
    assertThat(
            scene.turn(
                () -> {
                  var reader = scene.watch("a", ReadableStream.from(bytes, options));
                  reader
                      .pipe(scene.watch("b", TransformStream.<ByteBuffer>passThrough(options)))
                      .pipe(scene.watch("c", WritableStream.to(scene.<ByteBuffer>promptSink(), options)));
                }))
        .filteredOn(line -> line.contains("sink"))
        .extracting(line -> line.substring(line.length() - 2))
        .containsExactly("ab", "cd", "ef");
  }

  @Test
  void streamsOfTwoStrandsAreNotPiped() {
    var foreign = new AtomicReference<WritableStream<String>>();
    try (var other = new HandTurned()) {
      other.turn(() -> foreign.set(WritableStream.to(scene.promptSink())));
      scene.turn(
          () ->
              assertThatThrownBy(() -> from.pipe(foreign.get()))
                  .isInstanceOfAny(IllegalStateException.class, WrongThreadException.class)
                  .hasMessageContaining("strand"));
      other.turn(() -> foreign.get().destroy());
    }
  }
}
