package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Duplexes made of other streams: of two, of many, and a readable piped through one.
class CouplingTest {
  private static final IllegalStateException BOOM = new IllegalStateException("boom");

  @AutoClose private final Scene scene = new Scene();

  // ---------------------------------------------------------------- a pair

  private final AskedSource<String> source = new AskedSource<>(scene);
  private final HeldSink<String> sink = new HeldSink<>(scene);
  private final ReadableStream<String> readable =
      scene.make(() -> scene.watch("readable", ReadableStream.from(source, StreamOptions.objects())));
  private final WritableStream<String> writable =
      scene.make(() -> scene.watch("writable", WritableStream.to(sink, StreamOptions.objects().withMark(2))));
  private final DuplexStream<String, String> pair =
      scene.make(() -> scene.watch("pair", DuplexStream.from(writable, readable)));

  private static List<String> events(List<String> log) {
    return log.stream()
        .filter(line -> line.matches(".* (error|end|finish|close)( .*)?"))
        .map(line -> line.replaceAll("^(sync|turn|tick( \\d+)?) ", ""))
        .toList();
  }

  @Test
  void whatIsWrittenGoesToTheWritableAndWaitsForItsDrain() {
    assertThat(
            scene.turn(
                () -> {
                  assertThat(pair.write("a")).isTrue();
                  assertThat(pair.write("b")).isTrue();
                  assertThat(writable.writableNeedDrain()).isTrue();
                  assertThat(pair.write("c")).isTrue();
                }))
        .containsExactly("sync sink a");
    scene.turn(() -> assertThat(pair.writableLength()).as("b at the full writable, and c").isEqualTo(2));
    assertThat(scene.turn(sink::ok)).contains("sync sink b");
    assertThat(scene.turn(sink::ok)).contains("sync writable drain", "sync sink c");
  }

  @Test
  void whatIsReadComesFromTheReadable() {
    scene.turn(() -> scene.logData(pair));
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("tick data a");
    assertThat(events(scene.turn(() -> source.feed().end())))
        .containsExactly("readable end", "readable close", "pair end");
  }

  @Test
  void itFinishesWhenTheWritableHasAndClosesWhenBothSidesAreOver() {
    scene.turn(() -> scene.logData(pair));
    scene.turn(() -> pair.end("a"));
    assertThat(events(scene.turn(sink::ok))).containsExactly("writable finish", "writable close", "pair finish");
    assertThat(events(scene.turn(() -> source.feed().end())))
        .containsExactly("readable end", "readable close", "pair end", "pair close");
  }

  @Test
  void anErrorOfTheReadableDestroysAll() {
    assertThat(events(scene.turn(() -> source.feed().fail(BOOM))))
        .containsExactly(
            "readable error boom",
            "readable close",
            "writable error boom",
            "writable close",
            "pair error boom",
            "pair close");
  }

  @Test
  void anErrorOfTheWritableDestroysAll() {
    scene.turn(
        () -> {
          var _ = pair.write("a");
        });
    assertThat(events(scene.turn(() -> sink.fail(BOOM))))
        .containsExactly(
            "writable error boom",
            "writable close",
            "readable error boom",
            "readable close",
            "pair error boom",
            "pair close");
  }

  @Test
  void anEarlyCloseOfOneDestroysAll() {
    var log = events(scene.turn(readable::destroy));
    assertThat(log)
        .contains(
            "readable close", "writable error ERR_STREAM_PREMATURE_CLOSE", "pair error ERR_STREAM_PREMATURE_CLOSE");
  }

  @Test
  void destroyingItDestroysBothAndWaitsForThem() {
    assertThat(events(scene.turn(() -> pair.destroy(BOOM))))
        .containsExactly(
            "writable error boom",
            "writable close",
            "readable error boom",
            "readable close",
            "pair error boom",
            "pair close");
  }

  @Test
  void destroyingItWithoutAnErrorAbortsBothAndIsQuiet() {
    assertThat(events(scene.turn(pair::destroy)))
        .containsExactly(
            "writable error ABORT_ERR", "writable close", "readable error ABORT_ERR", "readable close", "pair close");
  }

  @Test
  void aDuplexAsBothHalvesStaysWritableAfterItsEnd() {
    var inner = new AskedSource<String>(scene);
    var held = new HeldSink<String>(scene);
    var socket = scene.make(() -> scene.watch("socket", DuplexStream.of(inner, held, StreamOptions.objects())));
    var both = scene.make(() -> scene.watch("both", DuplexStream.from(socket, socket)));
    scene.turn(() -> scene.logData(both));
    scene.turn(() -> inner.feed().end());
    scene.turn(() -> assertThat(socket.destroyed()).isFalse());
    scene.turn(() -> both.end("late"));
    assertThat(events(scene.turn(held::ok))).contains("socket finish", "both finish", "both close");
  }

  @Test
  void itTakesTheModesOfItsHalves() {
    scene.turn(
        () -> {
          var bytes = ReadableStream.from(feed -> feed.push(Scene.bytes("x")), StreamOptions.bytes());
          var mixed =
              scene.add(DuplexStream.from(scene.add(WritableStream.to(new HeldSink<String>(scene))), scene.add(bytes)));
          mixed.onError(_ -> {});
          assertThat(mixed.readableObjectMode()).isFalse();
          assertThat(mixed.writableObjectMode()).isTrue();
        });
  }

  // ---------------------------------------------------------------- compose

  private TransformStream<Integer, Integer> adding(String name, int number) {
    return scene.make(
        () ->
            scene.watch(
                name,
                TransformStream.<Integer, Integer>from(
                    (chunk, out, done) -> {
                      if (chunk == 666) throw BOOM;
                      out.push(chunk + number);
                      done.ok();
                    })));
  }

  private final TransformStream<Integer, Integer> first = adding("first", 1);
  private final TransformStream<Integer, Integer> second = adding("second", 10);
  private final TransformStream<Integer, Integer> third = adding("third", 100);

  private DuplexStream<Integer, Integer> composed() {
    return scene.make(() -> scene.watch("all", Streams.compose(first, second, third)));
  }

  @Test
  void composedStreamsAreOneDuplex() {
    var all = composed();
    scene.turn(() -> scene.logData(all));
    var log =
        scene.turn(
            () -> {
              assertThat(all.write(1)).isTrue();
              all.end(2);
            });
    assertThat(log).anyMatch(line -> line.endsWith("data 112")).anyMatch(line -> line.endsWith("data 113"));
    assertThat(events(log))
        .containsSubsequence("all end", "all finish", "all close")
        .doesNotContain("first error ABORT_ERR");
    scene.turn(
        () -> {
          for (var part : List.of(first, second, third)) assertThat(part.closed()).isTrue();
        });
  }

  @Test
  void aComposedStreamStandsInAPipeline() {
    var seen = new ArrayList<Integer>();
    scene.turn(
        () -> {
          var source = ReadableStream.fromIterable(IntStream.range(0, 200).boxed().toList());
          var target = WritableStream.<Integer>toConsumer(seen::add);
          Streams.pipeline(List.of(source, composed(), target), scene.told("over"));
        });
    assertThat(seen).isEqualTo(IntStream.range(111, 311).boxed().toList());
    scene.turn(() -> assertThat(third.closed()).isTrue());
  }

  @Test
  void anErrorOfAnyPartDestroysAll() {
    var all = composed();
    scene.turn(() -> scene.logData(all));
    var log =
        events(
            scene.turn(
                () -> {
                  var _ = all.write(665);
                }));
    assertThat(log)
        .contains("first error boom", "second error boom", "third error boom")
        .endsWith("all error boom", "all close");
  }

  @Test
  void anEarlyCloseOfAPartDestroysAll() {
    var all = composed();
    assertThat(events(scene.turn(second::destroy))).endsWith("all error ERR_STREAM_PREMATURE_CLOSE", "all close");
    scene.turn(
        () -> {
          for (var part : List.of(first, second, third, all)) assertThat(part.closed()).isTrue();
        });
  }

  @Test
  void destroyingTheWholeDestroysEveryPart() {
    var all = composed();
    assertThat(events(scene.turn(() -> all.destroy(BOOM))))
        .contains("first error boom", "second error boom", "third error boom")
        .endsWith("all error boom", "all close");
  }

  @Test
  void destroyingTheWholeWithoutAnErrorIsQuiet() {
    var all = composed();
    assertThat(events(scene.turn(all::destroy)))
        .contains("first error ABORT_ERR")
        .endsWith("all close")
        .doesNotContain("all error ABORT_ERR");
  }

  @Test
  void composedStreamsPassPressureOn() {
    var all = composed();
    scene.turn(
        () -> {
          int taken = 0;
          while (all.write(taken)) taken++;
          assertThat(taken).isLessThan(1_000);
        });
  }

  @Test
  void oneStreamComposesToo() {
    var one = scene.make(() -> scene.watch("one", Streams.<Integer, Integer>compose(first)));
    scene.turn(() -> scene.logData(one));
    var log = scene.turn(() -> one.end(1));
    assertThat(log).anyMatch(line -> line.endsWith("data 2"));
    assertThat(events(log)).containsSubsequence("one end", "one finish", "one close");
    assertThatThrownBy(() -> Streams.compose()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDestroyedStreamCannotBeComposed() {
    scene.turn(second::destroy);
    assertThatThrownBy(this::composed).hasMessageContaining("destroyed already");
    scene.uncaught();
    scene.turn(first::destroy);
    scene.turn(third::destroy);
  }

  // ---------------------------------------------------------------- through

  @Test
  void aReadableThroughADuplexEndsWithWhatComesOut() {
    var result = scene.make(() -> scene.watch("result", ReadableStream.of(1, 2).through(first)));
    scene.turn(() -> scene.add(result));
    var seen = new ArrayList<Integer>();
    var log = scene.turn(() -> result.onData(seen::add));
    assertThat(seen).containsExactly(2, 3);
    assertThat(events(log)).containsSubsequence("first end", "result end", "result close");
  }

  @Test
  void anErrorOfTheSourceReachesTheResult() {
    var feed = new AskedSource<Integer>(scene);
    var from = scene.make(() -> scene.watch("from", ReadableStream.from(feed)));
    scene.make(() -> scene.watch("result", from.through(first)));
    assertThat(events(scene.turn(() -> feed.feed().fail(BOOM))))
        .containsExactly(
            "from error boom", "from close", "first error boom", "first close", "result error boom", "result close");
  }

  @Test
  void destroyingTheResultDestroysTheSourceAndTheDuplex() {
    var from = scene.make(() -> scene.watch("from", ReadableStream.from(new AskedSource<Integer>(scene))));
    var result = scene.make(() -> scene.watch("result", from.through(first)));
    assertThat(events(scene.turn(result::destroy)))
        .contains("from error ABORT_ERR", "first error ABORT_ERR")
        .endsWith("result close");
  }

  // ---------------------------------------------------------------- two peers

  private final Streams.DuplexPair<String, String> peers =
      scene.make(() -> Streams.duplexPair(StreamOptions.objects().withMark(4)));
  private final DuplexStream<String, String> left = scene.make(() -> scene.watch("left", peers.left()));
  private final DuplexStream<String, String> right = scene.make(() -> scene.watch("right", peers.right()));

  @Test
  void aWriteIsAcknowledgedWhenThePeerAsksForMore() {
    assertThat(
            scene.turn(
                () -> {
                  var _ = left.write("a", scene.told("written"));
                }))
        .as("below its mark it asks ahead")
        .containsExactly("tick written");
  }

  @Test
  void aWriteToAFullPeerIsAcknowledgedWhenThatHasReadIt() {
    var narrow = scene.make(() -> Streams.<String, String>duplexPair(StreamOptions.objects().withMark(1)));
    var left = scene.add(narrow.left());
    var right = scene.add(narrow.right());
    assertThat(
            scene.turn(
                () -> {
                  var _ = left.write("a", scene.told("written"));
                }))
        .isEmpty();
    assertThat(scene.turn(() -> assertThat(right.read()).isEqualTo("a"))).contains("sync written");
  }

  @Test
  void onlyOneChunkIsAtThePeer() {
    scene.turn(
        () -> {
          for (var chunk : List.of("a", "b", "c")) assertThat(left.write(chunk)).isTrue();
          assertThat(left.write("d")).isFalse();
          assertThat(right.readableLength()).isEqualTo(1);
        });
    assertThat(scene.turn(() -> scene.logData(right))).filteredOn(line -> line.contains("data")).hasSize(4);
    scene.turn(() -> assertThat(left.writableLength()).isZero());
  }

  @Test
  void theEndOfOneIsTheEndOfTheOtherAndFinishesWhenItIsRead() {
    assertThat(events(scene.turn(left::end))).isEmpty();
    assertThat(events(scene.turn(() -> scene.logData(right)))).containsExactly("right end", "left finish");
    scene.turn(() -> scene.logData(left));
    assertThat(events(scene.turn(() -> right.end("b"))))
        .containsExactlyInAnyOrder("left end", "left close", "right finish", "right close");
  }

  @Test
  void theErrorOfOneIsAPrematureCloseOfTheOther() {
    scene.turn(() -> Streams.finished(right, scene.told("right over")));
    assertThat(scene.turn(() -> left.destroy(BOOM)))
        .containsSubsequence("tick left error boom", "tick 2 right close")
        .anyMatch(line -> line.endsWith("right over ERR_STREAM_PREMATURE_CLOSE"));
  }

  @Test
  void destroyingOneNeverLooksLikeAnEndToTheOther() {
    scene.turn(
        () -> {
          var _ = left.write("a");
        });
    scene.turn(() -> scene.logData(right));
    assertThat(events(scene.turn(left::destroy))).containsExactly("left close", "right close");
  }

  @Test
  void anEmptyBufferIsAcknowledgedWithoutReachingThePeer() {
    var bytes = scene.make(() -> Streams.<ByteBuffer, ByteBuffer>duplexPair(StreamOptions.bytes()));
    scene.turn(() -> scene.add(bytes.left()));
    assertThat(
            scene.turn(
                () -> {
                  var _ = bytes.left().write(Scene.bytes(""), scene.told("written"));
                }))
        .containsExactly("tick written");
  }

  @Test
  void peersAreReadBothWays() {
    scene.turn(
        () -> {
          scene.logData(left);
          scene.logData(right);
        });
    assertThat(
            scene.turn(
                () -> {
                  var _ = left.write("to right");
                  var _ = right.write("to left");
                }))
        .contains("sync data to right", "sync data to left");
  }
}
