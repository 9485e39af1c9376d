package highwater.codec;

import static highwater.contract.CutCase.latin1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The consumers with limits: bytes, text, lines.
class CollectorsTest {
  /// Lends one buffer for all chunks, and overwrites it as soon as it may.
  private record Lending(List<byte[]> chunks) implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return "chunks";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("of a test", 1 << 16);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      var left = chunks.iterator();
      var buffer = ByteBuffer.allocateDirect(1 << 16);
      return new Pull<>() {
        @Override
        public Progress poll() {
          buffer.clear();
          while (buffer.hasRemaining()) buffer.put((byte) 0xEE);
          return left.hasNext() ? Progress.READY : Progress.DONE;
        }

        @Override
        public ByteBuffer next() {
          return buffer.clear().put(left.next()).flip().asReadOnlyBuffer();
        }
      };
    }
  }

  /// Ends in a collector.
  private static final class Collecting<A, R> implements PullTarget<ByteBuffer>, Put<ByteBuffer> {
    private final Collector<ByteBuffer, A, R> collector;
    private final A container;
    private boolean ending;
    private @Nullable R result;

    Collecting(Collector<ByteBuffer, A, R> collector) {
      this.collector = collector;
      container = collector.supplier().get();
    }

    @Override
    public String name() {
      return "collect";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("of a test");
    }

    @Override
    public Put<ByteBuffer> put() {
      return this;
    }

    @Override
    public Progress poll() {
      return ending ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      collector.accumulator().accept(container, chunk);
    }

    @Override
    public void finish() {
      result = collector.finisher().apply(container);
      ending = true;
    }
  }

  private static <R> R collected(Collector<ByteBuffer, ?, R> collector, List<byte[]> chunks) {
    var target = new Collecting<>(collector);
    Origin<ByteBuffer> origin = new Lending(chunks);
    Pipeline.from(origin).to(target).run();
    if (target.result == null) throw new AssertionError("no result");
    return target.result;
  }

  private static void fails(Collector<ByteBuffer, ?, ?> collector, List<byte[]> chunks, String message) {
    assertThatThrownBy(() -> collected(collector, chunks))
        .isInstanceOf(PipelineException.class)
        .cause()
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(DataException.class)
        .hasMessageContaining(message);
  }

  @Test
  void bytesAreCopiedUpToTheLimit() {
    var random = Samples.random("collected");
    for (int length : new int[] {0, 1, 100, 70_000}) {
      var data = Samples.noise(random, length);
      var chunks = Drive.chunks(data, 999);
      assertThat(collected(Bytes.toArray(length), chunks)).isEqualTo(data);
      assertThat(collected(Bytes.toBuffer(Bytes.MAX), chunks)).isEqualTo(ByteBuffer.wrap(data));
    }
  }

  @Test
  void oneByteTooManyFailsWithBothFigures() {
    fails(Bytes.toArray(5), Drive.chunks(new byte[6], 4), "at least 6 bytes came, the most is 5: allow for more");
    fails(Bytes.toBuffer(0), List.of(new byte[1]), "at least 1 bytes came, the most is 0");
  }

  @Test
  void textIsDecodedUpToTheLimit() {
    var text = "Grüße, \uD83D\uDE00\n";
    var chunks = Drive.chunks(text.getBytes(UTF_8), 1);
    assertThat(collected(Text.toText(UTF_8, text.length()), chunks)).isEqualTo(text);
    fails(Text.toText(UTF_8, text.length() - 1), chunks, "at least 10 characters came, the most is 9");
    assertThat(collected(Text.toText(UTF_8, 0), List.of())).isEmpty();
  }

  @Test
  void theLastCharacterMustBeWhole() {
    fails(Text.toText(UTF_8, 10), List.of(new byte[] {'a', (byte) 0xC3}), "decode: 1 byte from byte 1 is not UTF-8");
    var replacing = Text.decode().onMalformed(CodingErrorAction.REPLACE).toText(10);
    assertThat(collected(replacing, List.of(new byte[] {'a', (byte) 0xC3}))).isEqualTo("a\uFFFD");
    fails(Text.toLines(UTF_8, 10, 10), List.of(new byte[] {'a', (byte) 0xC3}), "line 1: 1 byte from byte 1");
  }

  @Test
  void linesAreCollectedUpToBothLimits() {
    var chunks = Drive.chunks(latin1("a\r\nbcd\n\nlast"), 1);
    assertThat(collected(Text.toLines(UTF_8, 4, 4), chunks)).containsExactly("a", "bcd", "", "last");
    fails(Text.toLines(UTF_8, 3, 4), chunks, "line 4 came, the most is 3 lines");
    fails(Text.toLines(UTF_8, 4, 3), chunks, "line 4 is longer than 3 characters");
    assertThat(collected(Text.toLines(UTF_8, 0, 1), List.of())).isEmpty();
  }

  @Test
  void aCollectorServesManyStreams() {
    var collector = Text.toLines(UTF_8, 2, 9);
    for (int i = 0; i < 2; i++) assertThat(collected(collector, List.of(latin1("a\nb")))).containsExactly("a", "b");
    assertThat(Stream.of("a", "b").map(text -> ByteBuffer.wrap(latin1(text))).collect(Text.toText(UTF_8, 2)))
        .isEqualTo("ab");
  }

  @Test
  void bytesCombineInParallelAndTextRefusesTo() {
    var chunks = Stream.of("ab", "c", "de", "f").map(text -> ByteBuffer.wrap(latin1(text))).toList();
    assertThat(chunks.parallelStream().collect(Bytes.toArray(6))).isEqualTo(latin1("abcdef"));
    var text = Text.toText(UTF_8, 6);
    assertThatThrownBy(() -> combined(text)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> combineFull(Bytes.toArray(3))).hasMessageContaining("at least 4 bytes came");
  }

  private static <A> void combined(Collector<ByteBuffer, A, ?> collector) {
    var _ = collector.combiner().apply(collector.supplier().get(), collector.supplier().get());
  }

  private static <A> void combineFull(Collector<ByteBuffer, A, ?> collector) {
    var first = collector.supplier().get();
    var second = collector.supplier().get();
    collector.accumulator().accept(first, ByteBuffer.allocate(2));
    collector.accumulator().accept(second, ByteBuffer.allocate(2));
    var _ = collector.combiner().apply(first, second);
  }

  @Test
  void aLimitBelowNothingIsRefused() {
    assertThatThrownBy(() -> Bytes.toArray(-1)).hasMessageContaining("-1 bytes");
    assertThatThrownBy(() -> Text.toText(UTF_8, -1)).hasMessageContaining("-1 characters");
    assertThatThrownBy(() -> Text.toLines(UTF_8, -1, 5)).hasMessageContaining("-1 lines");
  }
}
