package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Chunks taken one by one.
class ChunkReaderTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<String> source = new AskedSource<>(scene);
  private final ReadableStream<String> stream =
      scene.make(() -> scene.watch(ReadableStream.from(source, StreamOptions.objects())));
  private final ChunkReader<String> reader = scene.make(stream::chunks);

  private void ask() {
    ask(reader);
  }

  private void ask(ChunkReader<String> asked) {
    var _ =
        asked
            .next()
            .whenComplete((chunk, error) -> scene.log(error == null ? "got " + chunk : "got " + Scene.nameOf(error)));
  }

  private void push(String... chunks) {
    scene.turn(
        () -> {
          for (var chunk : chunks) source.feed().push(chunk);
        });
  }

  @Test
  void nothingIsReadBeforeTheFirstQuestion() {
    assertThat(scene.turn(() -> stream.chunks())).isEmpty();
    scene.turn(() -> assertThat(stream.readableFlowing()).isEqualTo(Flowing.UNDECIDED));
    scene.turn(this::ask);
    scene.turn(() -> assertThat(stream.readableFlowing()).isEqualTo(Flowing.PAUSED));
  }

  @Test
  void anAnswerIsNeverInsideTheQuestion() {
    push("a");
    assertThat(
            scene.turn(
                () -> {
                  ask();
                  scene.log("asked it");
                }))
        .containsSubsequence("sync asked it", "tick got a");
  }

  @Test
  void aQuestionWaitsForAChunk() {
    assertThat(scene.turn(this::ask)).containsExactly("sync asked");
    assertThat(scene.turn(() -> source.feed().push("a"))).contains("late got a");
  }

  @Test
  void severalQuestionsAreAnsweredInOrder() {
    scene.turn(
        () -> {
          ask();
          ask();
          ask();
        });
    assertThat(
            scene.turn(
                () -> {
                  source.feed().push("a");
                  source.feed().push("b");
                  source.feed().end();
                }))
        .filteredOn(line -> line.contains("got"))
        .extracting(line -> line.replaceAll(".*got", "got"))
        .containsExactly("got a", "got b", "got null");
  }

  @Test
  void theEndIsToldAtTheClose() {
    scene.turn(this::ask);
    assertThat(scene.turn(() -> source.feed().end())).containsExactly("late end", "late close", "late got null");
    assertThat(scene.turn(this::ask)).containsExactly("tick got null");
  }

  @Test
  void anErrorDropsWhatIsBufferedAndStaysTheAnswer() {
    push("a", "b");
    scene.turn(this::ask);
    assertThat(
            scene.turn(
                () -> {
                  stream.destroy(new IllegalStateException("boom"));
                  ask();
                }))
        .containsExactly("tick error boom", "tick close", "late got boom");
    assertThat(scene.turn(this::ask)).containsExactly("tick got boom");
  }

  @Test
  void destroyWithoutAnErrorIsAPrematureClose() {
    assertThat(
            scene.turn(
                () -> {
                  stream.destroy();
                  ask();
                }))
        .containsExactly("tick close", "late got ERR_STREAM_PREMATURE_CLOSE");
  }

  @Test
  void closingEarlyDestroysTheStream() {
    push("a");
    scene.turn(this::ask);
    assertThat(
            scene.turn(
                () -> {
                  reader.close();
                  assertThat(stream.destroyed()).isTrue();
                }))
        .containsExactly("tick error ABORT_ERR", "tick close");
    assertThat(scene.turn(this::ask)).containsExactly("tick got null");
  }

  @Test
  void closingBeforeTheFirstQuestionDestroysTheStreamToo() {
    assertThat(scene.turn(reader::close)).containsExactly("tick error ABORT_ERR", "tick close");
  }

  @Test
  void theErrorOfAnEarlyCloseIsNotUncaught() {
    var other = scene.make(() -> scene.add(ReadableStream.of("a", "b")));
    var chunks = scene.make(other::chunks);
    scene.turn(() -> ask(chunks));
    assertThat(scene.turn(chunks::close)).isEmpty();
    assertThat(scene.uncaught()).isEmpty();
  }

  @Test
  void anOpenQuestionFailsWhenItIsClosed() {
    scene.turn(this::ask);
    assertThat(scene.turn(reader::close)).contains("tick got ABORT_ERR");
  }

  @Test
  void aReaderThatLeavesTheStreamLeavesItUsable() {
    push("a", "b");
    var leaving = scene.make(() -> stream.chunks(false));
    assertThat(scene.turn(() -> ask(leaving))).contains("tick got a");
    scene.turn(leaving::close);
    scene.turn(() -> assertThat(stream.read()).isEqualTo("b"));
    assertThat(scene.turn(() -> scene.logData(stream))).contains("tick resume");
  }

  @Test
  void anErrorDestroysEvenThen() {
    var leaving = scene.make(() -> stream.chunks(false));
    scene.turn(() -> ask(leaving));
    scene.turn(() -> source.feed().fail(new IllegalStateException("boom")));
    scene.turn(() -> assertThat(stream.closed()).isTrue());
  }

  @Test
  void theEndOfAStreamWithoutSelfDestructionLeavesIt() {
    var options = StreamOptions.objects().withAutoDestroy(false);
    var staying = scene.make(() -> scene.add(ReadableStream.<String>from(Feed::end, options)));
    var chunks = scene.make(staying::chunks);
    assertThat(scene.turn(() -> ask(chunks))).anyMatch(line -> line.endsWith("got null"));
    scene.turn(() -> assertThat(staying.destroyed()).isFalse());
  }

  @Test
  void aDataListenerSeesWhatIsTaken() {
    scene.turn(() -> scene.logData(stream));
    push("a");
    scene.turn(stream::pause);
    push("b");
    assertThat(scene.turn(this::ask)).contains("sync data b", "tick got b");
  }

  @Test
  void manyChunksNeedNoStack() {
    var many = scene.make(() -> scene.add(ReadableStream.fromStream(Stream.iterate(0, i -> i + 1).limit(100_000))));
    var chunks = scene.make(many::chunks);
    var taken = new int[1];
    scene.turn(() -> count(chunks, taken));
    scene.runReady();
    assertThat(taken[0]).isEqualTo(100_000);
  }

  private void count(ChunkReader<Integer> chunks, int[] taken) {
    var _ =
        chunks
            .next()
            .thenAccept(
                chunk -> {
                  if (chunk == null) return;
                  taken[0]++;
                  count(chunks, taken);
                });
  }
}
