package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.Transformer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Transformer] keeps: its output does not depend on how its input is cut, nor on how fast it is read; it
/// acknowledges each call once, leaves its input and what it handed on alone, and can be destroyed in any state.
///
/// A test extends it and brings the transformer, an input and what comes of it.
/// {@snippet class=highwater.examples.TestKitTest region=transformer}
public abstract class TransformerContract<I, O> extends Contract {
  /// For those who extend it.
  protected TransformerContract() {}

  /// Makes a new transformer; called on the strand.
  protected abstract Transformer<I, O> transformer() throws Exception;

  /// Something to transform.
  protected abstract List<I> input() throws Exception;

  /// What comes of it, in order. Bytes may come cut otherwise.
  protected abstract List<O> output() throws Exception;

  /// What comes of no input at all: nothing by default; null where it must fail.
  protected @Nullable List<O> outputOfNothing() throws Exception {
    return List.of();
  }

  /// Whether an input of bytes may be cut anywhere; false where each chunk is a message.
  protected boolean mayBeCut() {
    return true;
  }

  /// How the stream is set up: objects on both sides, unless this says otherwise.
  protected StreamOptions options() {
    return StreamOptions.objects();
  }

  private record Opened<I, O>(TransformStream<I, O> stream, Content received, Frozen input, Frozen output) {
    boolean isClosed() {
      return stream.closed();
    }
  }

  private Opened<I, O> open(StreamOptions options) {
    var input = new Frozen();
    var output = new Frozen();
    var stream = time().make(() -> TransformStream.from(Watched.transformer(made(), rules(), input, output), options));
    time().turn(() -> stream.onError(_ -> {}));
    return new Opened<>(stream, new Content(), input, output);
  }

  private Transformer<I, O> made() {
    try {
      return transformer();
    } catch (Exception e) {
      throw new AssertionError("transformer() failed", e);
    }
  }

  private void run(StreamOptions options, List<I> input, List<O> expected, boolean slowly, String how) {
    var opened = open(options);
    read(opened, slowly);
    time()
        .turn(
            () -> {
              for (var chunk : input) write(opened, chunk);
              opened.stream.end();
            });
    assertWhole(opened, expected, how);
  }

  private void read(Opened<I, O> opened, boolean slowly) {
    time()
        .turn(
            () ->
                opened.stream.onData(
                    chunk -> {
                      opened.received.add(chunk);
                      if (slowly) pauseASecond(opened.stream);
                    }));
  }

  private void write(Opened<I, O> opened, I chunk) {
    var _ = opened.stream.write(viewOf(chunk));
  }

  private void assertWhole(Opened<I, O> opened, List<O> expected, String how) {
    await("the end of the transformer, " + how, opened::isClosed);
    assertThat(opened.stream.errored()).as("its error, %s", how).isNull();
    assertThat(time().make(opened.stream::readableEnded)).as("it has ended, %s", how).isTrue();
    assertThat(opened.input.areUnchanged()).as("its input is left as it was, %s", how).isTrue();
    assertThat(opened.output.areUnchanged()).as("what it handed on is left as it was, %s", how).isTrue();
    assertSame(opened.received, expected, "what it made, " + how);
  }

  private void pauseASecond(TransformStream<I, O> stream) {
    stream.pause();
    time().strand().after(Duration.ofSeconds(1).toNanos(), stream::resume);
  }

  @SuppressWarnings("unchecked") // A ByteBuffer for a ByteBuffer.
  private I viewOf(I chunk) {
    return chunk instanceof ByteBuffer buffer ? (I) buffer.duplicate() : chunk;
  }

  @Test
  void itMakesItsOutput() throws Exception {
    run(options(), Content.copies(input()), output(), false, "as it is written");
  }

  @Test
  void itMakesTheSameHoweverItsInputIsCut() throws Exception {
    if (!mayBeCut()) return;
    long seed = seed();
    for (var cut : Content.cuts(input(), seed)) {
      run(options(), cut, output(), false, "in " + cut.size() + " pieces, -Dseed=" + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100})
  void itMakesTheSameForASlowReader(long mark) throws Exception {
    run(options().withMark(mark), Content.copies(input()), output(), true, "slowly, with a mark of " + mark);
  }

  @Test
  void itTakesBuffersOfEveryKind() throws Exception {
    run(options(), Content.ofEveryKind(input()), output(), false, "direct, read-only, and parts of larger ones");
  }

  @Test
  void itEndsWithoutAnInput() throws Exception {
    var expected = outputOfNothing();
    if (expected != null) {
      run(options(), List.of(), expected, false, "without an input");
      return;
    }
    var opened = open(options());
    time()
        .turn(
            () -> {
              opened.stream.resume();
              opened.stream.end();
            });
    await("the failure of the transformer without an input", opened::isClosed);
    assertThat(opened.stream.errored()).as("its error without an input").isNotNull();
  }

  @Test
  void twoOfThemDoNotDisturbEachOther() throws Exception {
    var both = List.of(open(options()), open(options()));
    for (var opened : both) read(opened, false);
    for (var chunk : input()) {
      for (var opened : both) time().turn(() -> write(opened, chunk));
    }
    for (var opened : both) time().turn(() -> opened.stream.end());
    for (var opened : both) assertWhole(opened, output(), "beside another");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itCanBeDestroyedAfterAnyChunk(boolean failing) throws Exception {
    for (int n = 0; n <= Math.min(STATES, input().size()); n++) {
      @Nullable Boom error = failing ? new Boom("after chunk " + n) : null;
      var opened = open(options());
      var chunks = Content.copies(input()).subList(0, n);
      boolean ends = n == input().size();
      time()
          .turn(
              () -> {
                for (var chunk : chunks) write(opened, chunk);
                if (ends) opened.stream.end();
              });
      time().turn(() -> opened.stream.destroy(error));
      var when = "a transformer destroyed after " + n + " chunks";
      await("the close of " + when, opened::isClosed);
      assertErrorAfterDestroy(opened.stream, error, when);
      assertReleased();
    }
  }
}
