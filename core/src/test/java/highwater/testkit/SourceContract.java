package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.ReadableStream;
import highwater.Source;
import highwater.StreamOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Source] keeps: it gives its content and ends, answers every question, heeds a false push, leaves alone
/// what it handed on, and can be destroyed in any state, acknowledging once.
///
/// A test extends it and brings the source and its content. {@snippet class=highwater.examples.TestKitTest
/// region=source}
public abstract class SourceContract<T> extends Contract {
  /// For those who extend it.
  protected SourceContract() {}

  /// Makes a new source that gives [#content()]; called on the strand.
  protected abstract Source<T> source() throws Exception;

  /// What each source gives, in order. Bytes may come cut otherwise.
  protected abstract List<T> content() throws Exception;

  /// How the stream is set up: objects, unless this says `StreamOptions.bytes()`.
  protected StreamOptions options() {
    return StreamOptions.objects();
  }

  /// Whether it stops when `push` says false; false for a source whose own source cannot be stopped.
  protected boolean heedsFalse() {
    return true;
  }

  private record Opened<T>(ReadableStream<T> stream, Content received, Frozen given, AtomicBoolean ended) {
    boolean isClosed() {
      return stream.closed();
    }
  }

  private Opened<T> open(StreamOptions options) {
    var given = new Frozen();
    var stream = time().make(() -> ReadableStream.from(Watched.source(made(), rules(), given, heedsFalse()), options));
    var opened = new Opened<>(stream, new Content(), given, new AtomicBoolean());
    time().turn(() -> stream.onEnd(() -> opened.ended.set(true)));
    return opened;
  }

  private Source<T> made() {
    try {
      return source();
    } catch (Exception e) {
      throw new AssertionError("source() failed", e);
    }
  }

  private void awaitWhole(Opened<T> opened, String how) throws Exception {
    await("the end of the source, " + how, () -> opened.ended.get() && opened.isClosed());
    assertThat(opened.stream.errored()).as("its error, %s", how).isNull();
    assertThat(opened.given.areUnchanged()).as("what it handed on is left as it was").isTrue();
    assertSame(opened.received, content(), "what it gave, " + how);
  }

  private void flow(Opened<T> opened) {
    time().turn(() -> opened.stream.onData(opened.received::add));
  }

  @Test
  void itGivesItsContentAndEnds() throws Exception {
    var opened = open(options());
    flow(opened);
    awaitWhole(opened, "flowing");
  }

  /// A mark of 0 reads nothing ahead, one of 1 is reached by every push.
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100})
  void itGivesTheSameWhateverTheMark(long mark) throws Exception {
    var opened = open(options().withMark(mark));
    flow(opened);
    awaitWhole(opened, "with a mark of " + mark);
  }

  @Test
  void itWaitsForASlowReader() throws Exception {
    var opened = open(options().withMark(1));
    time()
        .turn(
            () ->
                opened.stream.onData(
                    chunk -> {
                      opened.received.add(chunk);
                      opened.stream.pause();
                      time().strand().after(Duration.ofSeconds(1).toNanos(), opened.stream::resume);
                    }));
    awaitWhole(opened, "read one chunk a second");
  }

  @Test
  void itIsNotAskedAndHoldsNothingWhileNobodyReads() {
    var opened = open(options());
    time().pass(Duration.ofHours(1));
    time().turn(opened.stream::destroy);
    await("the close of a source that nobody read", opened::isClosed);
  }

  @Test
  void twoOfThemDoNotDisturbEachOther() throws Exception {
    var one = open(options().withMark(1));
    var other = open(options().withMark(1));
    flow(one);
    flow(other);
    awaitWhole(one, "beside another");
    awaitWhole(other, "beside another");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itCanBeDestroyedAfterAnyChunk(boolean failing) throws Exception {
    for (int n = 0; n <= Math.min(STATES, content().size()); n++) {
      var opened = open(options().withMark(1));
      @Nullable Boom error = failing ? new Boom("after chunk " + n) : null;
      destroyAfter(n, opened, error);
      var when = "a source destroyed after " + n + " chunks";
      await("the close of " + when, opened::isClosed);
      assertErrorAfterDestroy(opened.stream, error, when);
      assertReleased();
    }
  }

  private void destroyAfter(int chunks, Opened<T> opened, @Nullable Boom error) {
    var left = new int[] {chunks};
    time()
        .turn(
            () -> {
              opened.stream.onError(_ -> {});
              if (chunks == 0) opened.stream.destroy(error);
              else
                opened.stream.onData(
                    _ -> {
                      if (--left[0] == 0) opened.stream.destroy(error);
                    });
            });
  }

  @Test
  void itCanBeDestroyedWhileItIsAsked() {
    var opened = open(options());
    time().turn(() -> opened.stream.read());
    time().turn(opened.stream::destroy);
    await("the close of a source destroyed while it was asked", opened::isClosed);
  }
}
