package highwater.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.Done;
import highwater.Feed;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.Transformer;
import highwater.strand.Strand;
import highwater.strand.Timer;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each rule of the contracts of sources, sinks and transformers, broken on purpose: the kit finds it, and says what it
/// is.
class BrokenStreamsAreFoundTest {
  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /// The mistake of those who think that every buffer has an array, of its own.
  @SuppressWarnings("ByteBufferBackingArray")
  private static byte[] arrayOf(ByteBuffer chunk) {
    return chunk.array().clone();
  }

  /// What is broken never comes; what is not may come late, after what an earlier test left.
  private static Duration patienceWith(boolean nothing) {
    return nothing ? VirtualTime.PATIENCE : Duration.ofMillis(20);
  }

  // ---------------------------------------------------------------- sources

  private enum SourceFault {
    NONE("", ""),
    LOSES_A_CHUNK("itGivesItsContentAndEnds", "what it gave, flowing"),
    NEVER_ANSWERS("itGivesItsContentAndEnds", "not answered: [the source.read]"),
    NEVER_ENDS("itGivesItsContentAndEnds", "the end of the source, flowing does not come"),
    IGNORES_FALSE("itWaitsForASlowReader", "pushes after push said false"),
    PUSHES_AFTER_THE_END("itGivesItsContentAndEnds", "pushes after end()"),
    CHANGES_WHAT_IT_GAVE("itGivesItsContentAndEnds", "what it handed on is left as it was"),
    SHARES_ITS_PLACE("twoOfThemDoNotDisturbEachOther", "what it gave, beside another"),
    NEVER_ACKNOWLEDGES_ITS_DESTROY("itCanBeDestroyedWhileItIsAsked", "not answered: [the source's destroy]"),
    ACKNOWLEDGES_ITS_DESTROY_TWICE("itCanBeDestroyedAfterAnyChunk", "destroy was acknowledged 2 times"),
    LEAVES_A_TIMER("itCanBeDestroyedWhileItIsAsked", "left on a hand-turned strand"),
    LEAVES_A_FILE_OPEN("itGivesItsContentAndEnds", "the close of every file and socket does not come"),
    LEAVES_A_THREAD("itGivesItsContentAndEnds", "the end of every thread of a run does not come"),
    LEAVES_ITS_CURSOR_OPEN("itCanBeDestroyedAfterAnyChunk", "open cursors"),
    FAILS_ITS_DESTROY("itCanBeDestroyedAfterAnyChunk", "which its release may add none to");

    final String test;
    final String words;

    SourceFault(String test, String words) {
      this.test = test;
      this.words = words;
    }
  }

  private static SourceFault sourceFault = SourceFault.NONE;

  /// What a broken source leaves, to be closed all the same.
  private static final List<Closeable> LEFT = new ArrayList<>();

  private static int openCursors;
  private static int sharedPlace;

  @ParameterizedTest
  @EnumSource
  void aBrokenSourceIsFound(SourceFault fault) throws IOException {
    sourceFault = fault;
    openCursors = 0;
    sharedPlace = 0;
    if (fault == SourceFault.NONE) Broken.assertNothingFound(SourceCase.class);
    else Broken.assertFound(SourceCase.class, fault.test, fault.words);
    for (var left : LEFT) left.close();
    LEFT.clear();
  }

  static final class SourceCase extends SourceContract<ByteBuffer> {
    @Override
    protected Duration patience() {
      return patienceWith(sourceFault == SourceFault.NONE);
    }

    @Override
    protected Source<ByteBuffer> source() {
      return new FaultySource(sourceFault);
    }

    @Override
    protected List<ByteBuffer> content() {
      return List.of(bytes("one"), bytes("two"), bytes("three"));
    }

    @Override
    protected StreamOptions options() {
      return StreamOptions.bytes();
    }

    @Override
    protected void assertReleased() {
      assertThat(openCursors).as("open cursors").isZero();
    }
  }

  private static final class FaultySource implements Source<ByteBuffer> {
    private static final List<String> WORDS = List.of("one", "two", "three");
    private final SourceFault fault;
    private @Nullable Timer timer;
    private int place;
    private boolean begun;

    FaultySource(SourceFault fault) {
      this.fault = fault;
    }

    @Override
    public void read(Feed<ByteBuffer> feed) {
      if (!begun) begin();
      int at = fault == SourceFault.SHARES_ITS_PLACE ? sharedPlace++ : place++;
      if (fault == SourceFault.LOSES_A_CHUNK && at == 1) at = place++;
      if (fault == SourceFault.NEVER_ANSWERS && at == 1) return;
      if (at >= WORDS.size()) {
        end(feed);
        return;
      }
      var chunk = bytes(WORDS.get(at));
      boolean more = feed.push(chunk);
      if (fault == SourceFault.CHANGES_WHAT_IT_GAVE) chunk.put(0, (byte) '!');
      if (fault == SourceFault.IGNORES_FALSE && !more) {
        while (place < WORDS.size()) feed.push(bytes(WORDS.get(place++)));
      }
    }

    private void begin() {
      begun = true;
      openCursors++;
      if (fault == SourceFault.LEAVES_A_FILE_OPEN) LEFT.add(file());
      if (fault == SourceFault.LEAVES_A_THREAD) LEFT.add(thread());
      timer = Strand.current().after(Duration.ofDays(1).toNanos(), () -> {});
    }

    private static Closeable file() {
      try {
        return FileChannel.open(
            Files.createTempFile("left", "open"), StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Closeable thread() {
      var end = new CountDownLatch(1);
      var thread = Thread.ofPlatform().daemon().name("highwater-reader of rows").start(() -> await(end));
      return () -> {
        end.countDown();
        while (thread.isAlive()) Thread.onSpinWait();
      };
    }

    private static void await(CountDownLatch end) {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private void end(Feed<ByteBuffer> feed) {
      if (fault == SourceFault.NEVER_ENDS) {
        feed.push(ByteBuffer.allocate(0));
        place = WORDS.size();
        return;
      }
      feed.end();
      if (fault == SourceFault.PUSHES_AFTER_THE_END) feed.push(bytes("more"));
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      if (begun && fault != SourceFault.LEAVES_ITS_CURSOR_OPEN) openCursors--;
      if (timer != null && fault != SourceFault.LEAVES_A_TIMER) timer.cancel();
      if (timer != null && fault == SourceFault.LEAVES_A_TIMER) Strand.current().hold();
      switch (fault) {
        case NEVER_ACKNOWLEDGES_ITS_DESTROY -> {}
        case ACKNOWLEDGES_ITS_DESTROY_TWICE -> {
          done.ok();
          done.ok();
        }
        case FAILS_ITS_DESTROY -> throw new IllegalStateException("cannot close");
        default -> done.ok();
      }
    }
  }

  // ---------------------------------------------------------------- sinks

  private enum SinkFault {
    NONE("", ""),
    LOSES_A_CHUNK("itTakesEveryChunkInOrder", "what arrived, written one after another"),
    REVERSES_BATCHES("itTakesThemAllAtOnce", "what arrived, corked"),
    NEVER_ACKNOWLEDGES("itTakesEveryChunkInOrder", "not answered: [a write]"),
    ACKNOWLEDGES_TWICE("itTakesEveryChunkInOrder", "a write was acknowledged 2 times"),
    NEVER_FINISHES("itFinishesWithoutAChunk", "not answered: [the sink's finish]"),
    CHANGES_WHAT_IT_IS_GIVEN("itTakesEveryChunkInOrder", "what it was given is left as it was"),
    NEEDS_ARRAYS("itTakesBuffersOfEveryKind", "its error, direct, read-only, and parts of larger ones"),
    FORGETS_THE_REST("itTakesThemHoweverTheyAreCut", "what arrived"),
    IS_FINAL_TOO_EARLY("itCanBeDestroyedAfterAnyChunk", "looks whole"),
    NEVER_ACKNOWLEDGES_ITS_DESTROY("itCanBeDestroyedUnusedAfterALongTime", "not answered: [the sink's destroy]");

    final String test;
    final String words;

    SinkFault(String test, String words) {
      this.test = test;
      this.words = words;
    }
  }

  private static SinkFault sinkFault = SinkFault.NONE;

  @ParameterizedTest
  @EnumSource
  void aBrokenSinkIsFound(SinkFault fault) {
    sinkFault = fault;
    if (fault == SinkFault.NONE) Broken.assertNothingFound(SinkCase.class);
    else Broken.assertFound(SinkCase.class, fault.test, fault.words);
  }

  static final class SinkCase extends SinkContract<ByteBuffer> {
    private List<ByteBuffer> written = new ArrayList<>();

    @Override
    protected Duration patience() {
      return patienceWith(sinkFault == SinkFault.NONE);
    }

    @Override
    protected Sink<ByteBuffer> sink() {
      written = new ArrayList<>();
      return new FaultySink(sinkFault, written);
    }

    @Override
    protected List<ByteBuffer> chunks() {
      return List.of(bytes("one"), bytes("two"), bytes("three"));
    }

    @Override
    protected List<ByteBuffer> received() {
      return written;
    }

    @Override
    protected void assertNotWhole() {
      assertThat(written).as("looks whole").isEmpty();
    }

    @Override
    protected StreamOptions options() {
      return StreamOptions.bytes();
    }
  }

  private static final class FaultySink implements Sink<ByteBuffer> {
    private final SinkFault fault;
    private final List<ByteBuffer> written;
    private final List<ByteBuffer> transaction = new ArrayList<>();

    FaultySink(SinkFault fault, List<ByteBuffer> written) {
      this.fault = fault;
      this.written = written;
    }

    @Override
    public void write(ByteBuffer chunk, Done done) {
      take(chunk);
      if (fault != SinkFault.NEVER_ACKNOWLEDGES) done.ok();
      if (fault == SinkFault.ACKNOWLEDGES_TWICE) done.ok();
    }

    @Override
    public void writeBatch(List<ByteBuffer> chunks, Done done) {
      var order = new ArrayList<>(chunks);
      if (fault == SinkFault.REVERSES_BATCHES) Collections.reverse(order);
      order.forEach(this::take);
      done.ok();
    }

    private void take(ByteBuffer chunk) {
      if (fault == SinkFault.LOSES_A_CHUNK && chunk.equals(bytes("two"))) return;
      if (fault == SinkFault.NEEDS_ARRAYS) transaction.add(ByteBuffer.wrap(arrayOf(chunk)));
      else transaction.add(ByteBuffer.wrap(Content.bytesOf(chunk)));
      if (fault == SinkFault.CHANGES_WHAT_IT_IS_GIVEN && !chunk.isReadOnly()) chunk.put(chunk.position(), (byte) '!');
      if (fault == SinkFault.IS_FINAL_TOO_EARLY) written.add(transaction.removeLast());
    }

    @Override
    public void finish(Done done) {
      if (fault == SinkFault.FORGETS_THE_REST && transaction.size() > 2) transaction.removeLast();
      written.addAll(transaction);
      if (fault != SinkFault.NEVER_FINISHES) done.ok();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      if (fault != SinkFault.NEVER_ACKNOWLEDGES_ITS_DESTROY) done.ok();
    }
  }

  // ---------------------------------------------------------------- transformers

  private enum TransformerFault {
    NONE("", ""),
    TAKES_CHUNKS_FOR_WORDS("itMakesTheSameHoweverItsInputIsCut", "what it made, in"),
    FORGETS_THE_REST("itMakesItsOutput", "what it made, as it is written"),
    ACKNOWLEDGES_TWICE("itMakesItsOutput", "a transform was acknowledged 2 times"),
    NEVER_FLUSHES("itEndsWithoutAnInput", "not answered: [the flush]"),
    CHANGES_ITS_INPUT("itMakesItsOutput", "its input is left as it was"),
    REUSES_ITS_OUTPUT("itMakesTheSameForASlowReader", "what it handed on is left as it was"),
    SHARES_ITS_REST("twoOfThemDoNotDisturbEachOther", "what it made, beside another"),
    NEEDS_ARRAYS("itTakesBuffersOfEveryKind", "its error, direct, read-only"),
    NEVER_ACKNOWLEDGES_ITS_DESTROY("itCanBeDestroyedAfterAnyChunk", "not answered: [the transformer's destroy]");

    final String test;
    final String words;

    TransformerFault(String test, String words) {
      this.test = test;
      this.words = words;
    }
  }

  private static TransformerFault transformerFault = TransformerFault.NONE;
  private static StringBuilder sharedRest = new StringBuilder();

  @ParameterizedTest
  @EnumSource
  void aBrokenTransformerIsFound(TransformerFault fault) {
    transformerFault = fault;
    sharedRest = new StringBuilder();
    if (fault == TransformerFault.NONE) Broken.assertNothingFound(TransformerCase.class);
    else Broken.assertFound(TransformerCase.class, fault.test, fault.words);
  }

  static final class TransformerCase extends TransformerContract<ByteBuffer, ByteBuffer> {
    @Override
    protected Duration patience() {
      return patienceWith(transformerFault == TransformerFault.NONE);
    }

    @Override
    protected Transformer<ByteBuffer, ByteBuffer> transformer() {
      return new FaultyWords(transformerFault);
    }

    @Override
    protected List<ByteBuffer> input() {
      return List.of(bytes("one two "), bytes("three fo"), bytes("ur"));
    }

    @Override
    protected List<ByteBuffer> output() {
      return List.of(bytes("<one><two><three><four>"));
    }

    @Override
    protected StreamOptions options() {
      return StreamOptions.bytes();
    }
  }

  /// Puts words into brackets.
  private static final class FaultyWords implements Transformer<ByteBuffer, ByteBuffer> {
    private final TransformerFault fault;
    private final ByteBuffer reused = ByteBuffer.allocate(16);
    private final StringBuilder rest;

    FaultyWords(TransformerFault fault) {
      this.fault = fault;
      rest = fault == TransformerFault.SHARES_ITS_REST ? sharedRest : new StringBuilder();
    }

    @Override
    public void transform(ByteBuffer chunk, Feed<ByteBuffer> out, Done done) {
      var text = new String(fault == TransformerFault.NEEDS_ARRAYS ? arrayOf(chunk) : Content.bytesOf(chunk), US_ASCII);
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c != ' ') rest.append(c);
        else give(out);
      }
      if (fault == TransformerFault.TAKES_CHUNKS_FOR_WORDS && rest.length() == 1) give(out);
      if (fault == TransformerFault.CHANGES_ITS_INPUT && !chunk.isReadOnly()) chunk.put(chunk.position(), (byte) '!');
      done.ok();
      if (fault == TransformerFault.ACKNOWLEDGES_TWICE) done.ok();
    }

    private void give(Feed<ByteBuffer> out) {
      if (rest.isEmpty()) return;
      var word = bytes("<" + rest + ">");
      if (fault == TransformerFault.REUSES_ITS_OUTPUT) word = reused.clear().put(word).flip();
      out.push(word);
      rest.setLength(0);
    }

    @Override
    public void flush(Feed<ByteBuffer> out, Done done) {
      if (fault != TransformerFault.FORGETS_THE_REST) give(out);
      if (fault != TransformerFault.NEVER_FLUSHES) done.ok();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      if (fault != TransformerFault.NEVER_ACKNOWLEDGES_ITS_DESTROY) done.ok();
    }
  }
}
