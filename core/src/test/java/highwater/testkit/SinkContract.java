package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Sink;
import highwater.StreamOptions;
import highwater.WritableStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Sink] keeps: it takes every chunk in order, acknowledges each call once, takes buffers of every kind and
/// leaves their bytes alone, and can be destroyed in any state.
///
/// A test extends it and brings the sink, chunks to write, and a look at what arrived.
/// {@snippet class=highwater.examples.TestKitTest region=sink}
public abstract class SinkContract<T> extends Contract {
  /// For those who extend it.
  protected SinkContract() {}

  /// Makes a new sink, onto nothing; called on the strand.
  protected abstract Sink<T> sink() throws Exception;

  /// Chunks to write to it: several, of different lengths where they are bytes.
  protected abstract List<T> chunks() throws Exception;

  /// What arrived behind the sink that was made last, in order, once it has finished. Bytes may be cut otherwise.
  protected abstract List<T> received() throws Exception;

  /// Throws where what lies behind the sink made last looks whole, though it was destroyed before it had finished;
  /// nothing by default.
  protected void assertNotWhole() throws Exception {}

  /// How the stream is set up: objects, unless this says `StreamOptions.bytes()`.
  protected StreamOptions options() {
    return StreamOptions.objects();
  }

  private record Opened<T>(WritableStream<T> stream, Frozen given) {
    boolean isClosed() {
      return stream.closed();
    }
  }

  private Opened<T> open(StreamOptions options) {
    var given = new Frozen();
    var stream = time().make(() -> WritableStream.to(Watched.sink(made(), rules(), given), options));
    time().turn(() -> stream.onError(_ -> {}));
    return new Opened<>(stream, given);
  }

  private Sink<T> made() {
    try {
      return sink();
    } catch (Exception e) {
      throw new AssertionError("sink() failed", e);
    }
  }

  private void writeWhole(Opened<T> opened, List<T> chunks, String how) throws Exception {
    time().turn(() -> writeFrom(opened.stream, chunks, 0));
    awaitWhole(opened, how);
    assertSame(Content.of(received()), chunks, "what arrived, " + how);
  }

  private void awaitWhole(Opened<T> opened, String how) {
    await("the finish of the sink, " + how, opened::isClosed);
    assertThat(opened.stream.errored()).as("its error, %s", how).isNull();
    assertThat(time().make(opened.stream::writableFinished)).as("it has finished, %s", how).isTrue();
    assertThat(opened.given.areUnchanged()).as("what it was given is left as it was, %s", how).isTrue();
  }

  /// Writes until it says false, and goes on at the drain.
  private void writeFrom(WritableStream<T> stream, List<T> chunks, int from) {
    for (int i = from; i < chunks.size(); i++) {
      if (stream.write(viewOf(chunks.get(i)))) continue;
      int next = i + 1;
      var drained = new boolean[1];
      stream.onDrain(
          () -> {
            if (drained[0]) return;
            drained[0] = true;
            writeFrom(stream, chunks, next);
          });
      return;
    }
    stream.end();
  }

  @SuppressWarnings("unchecked") // A ByteBuffer for a ByteBuffer.
  private T viewOf(T chunk) {
    return chunk instanceof ByteBuffer buffer ? (T) buffer.duplicate() : chunk;
  }

  @Test
  void itTakesEveryChunkInOrder() throws Exception {
    writeWhole(open(options()), Content.copies(chunks()), "written one after another");
  }

  @Test
  void itTakesThemHoweverTheyAreCut() throws Exception {
    long seed = seed();
    for (var cut : Content.cuts(chunks(), seed)) {
      writeWhole(open(options().withMark(1)), cut, "in " + cut.size() + " pieces, -Dseed=" + seed);
    }
  }

  @Test
  void itTakesBuffersOfEveryKind() throws Exception {
    writeWhole(open(options()), Content.ofEveryKind(chunks()), "direct, read-only, and parts of larger ones");
  }

  @Test
  void itTakesThemAllAtOnce() throws Exception {
    var opened = open(options());
    var chunks = Content.copies(chunks());
    time()
        .turn(
            () -> {
              opened.stream.cork();
              for (var chunk : chunks) {
                var _ = opened.stream.write(viewOf(chunk));
              }
              opened.stream.end();
            });
    awaitWhole(opened, "corked");
    assertSame(Content.of(received()), chunks, "what arrived, corked");
  }

  @Test
  void itFinishesWithoutAChunk() throws Exception {
    writeWhole(open(options()), List.of(), "with nothing written");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itCanBeDestroyedAfterAnyChunk(boolean failing) throws Exception {
    for (int n = 0; n <= Math.min(STATES, chunks().size()); n++) {
      @Nullable Boom error = failing ? new Boom("after chunk " + n) : null;
      var opened = open(options());
      var written = Content.copies(chunks()).subList(0, n);
      for (var chunk : written) {
        var acknowledged = new boolean[1];
        time().turn(() -> acknowledged[0] = opened.stream.write(chunk, _ -> acknowledged[0] = true));
        await("the acknowledgement of a chunk", () -> acknowledged[0]);
      }
      destroy(opened, error, "after " + n + " chunks");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itCanBeDestroyedWithChunksAtItAndBehind(boolean failing) throws Exception {
    @Nullable Boom error = failing ? new Boom("with chunks at the sink") : null;
    var opened = open(options());
    var chunks = Content.copies(chunks());
    time()
        .turn(
            () -> {
              for (var chunk : chunks) {
                var _ = opened.stream.write(chunk);
              }
              opened.stream.destroy(error);
            });
    await("the close of a sink destroyed with chunks at it", opened::isClosed);
    assertErrorAfterDestroy(opened.stream, error, "a sink destroyed with chunks at it");
    assertNotWhole();
    assertReleased();
  }

  private void destroy(Opened<T> opened, @Nullable Boom error, String when) throws Exception {
    time().turn(() -> opened.stream.destroy(error));
    await("the close of a sink destroyed " + when, opened::isClosed);
    assertErrorAfterDestroy(opened.stream, error, "a sink destroyed " + when);
    assertThat(opened.given.areUnchanged()).as("what it was given is left as it was").isTrue();
    assertNotWhole();
    assertReleased();
  }

  @Test
  void itCanBeDestroyedUnusedAfterALongTime() throws Exception {
    var opened = open(options());
    time().pass(Duration.ofHours(1));
    destroy(opened, null, "unused");
  }
}
