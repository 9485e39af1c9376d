package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.StreamOptions;
import highwater.TransformStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// The plan as it is printed, and the figures in it.
class ExplanationTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  @Test
  void thePlanOfAnExactPipeline() {
    var locale = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(Pipeline.from(read()).through(gzip()).to(write()).explain())
          .isEqualTo(
              """
              huge.log ─▶ gzip level 6 ─▶ huge.log.gz
                read   64 KiB chunks, one ahead, on the calling thread
                gzip   2 workers, at most 4 blocks of 1 MiB
                write  to a temporary sibling, then renamed
                data in flight at most 8.3 MiB = read 2 × 64 KiB + gzip 4 × (1 MiB + 1 MiB + 1,059) + write 2 × 64 KiB
                process about 69 MiB\
              """);
    } finally {
      Locale.setDefault(locale);
    }
  }

  @Test
  void theBoundIsTheSumAndItsMinimumOnePlaceOfEachKind() {
    var bound = Pipeline.from(read()).through(gzip()).to(write()).bound();
    assertThat(bound.totalBytes()).hasValue(2 * 64 * KIB + 4 * (2 * MIB + 1059) + 2 * 64 * KIB);
    assertThat(bound.minimumBytes()).isEqualTo(64 * KIB + 2 * MIB + 1059 + 64 * KIB);
  }

  @Test
  void aStageThatDeclaresNothingMakesTheBoundUnknownUnderItsName() {
    var parse = Stage.of("parse rows", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes()));
    var pipeline = Pipeline.from(read()).through(parse).to(write());
    assertThat(pipeline.bound().totalBytes()).isEmpty();
    assertThat(pipeline.bound().unknownStage()).isEqualTo("parse rows");
    assertThat(pipeline.explain())
        .isEqualTo(
            """
            huge.log ─▶ parse rows ─▶ huge.log.gz
              read   64 KiB chunks, one ahead, on the calling thread
              parse  a stream of the caller's
              write  to a temporary sibling, then renamed
              data in flight unknown: parse rows declares no bound, the others read 2 × 64 KiB \
            + read stream (64 KiB + 64 KiB) + write 2 × 64 KiB
              a stage declares its bound with Origin.of(…).chunkAtMost(bytes), Stage.of(…).outputAtMost(bytes) or \
            Target.of(…).markAtMost(bytes)
              process unknown\
            """);
  }

  @Test
  void declaredFiguresAddTheQueuesOfTheStreamsToTheSum() {
    var parse =
        Stage.of("parse", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())).outputAtMost(100 * KIB);
    assertThat(Pipeline.from(read()).through(parse).to(write()).explain())
        .endsWith(
            """
              parse  a stream of the caller's, at most 100 KiB of output
              write  to a temporary sibling, then renamed
              data in flight at most 776 KiB = read 2 × 64 KiB + read stream (64 KiB + 64 KiB) \
            + parse (64 KiB + 64 KiB) + parse 100 KiB + write 2 × 64 KiB + write stream (64 KiB + 100 KiB)
              process about 61 MiB\
            """);
  }

  @Test
  void exactFiguresWriteEveryByte() {
    assertThat(List.of(0L, 1L, 1023L, 1024L, 1059L, 64 * KIB, MIB, MIB + 1059, 3 * MIB / 2, 5L << 30))
        .extracting(ByteSizes::exact)
        .containsExactly(
            "0", "1", "1,023", "1 KiB", "1,059", "64 KiB", "1 MiB", "1 MiB + 1,059", "1 MiB + 512 KiB", "5 GiB");
  }

  @Test
  void roundedFiguresAreNeverBelowTheTruth() {
    assertThat(List.of(0L, 1L, 1023L, 1024L, 1025L, MIB - 1, MIB, 8_654_988L, 10 * MIB, Long.MAX_VALUE))
        .extracting(ByteSizes::rounded)
        .containsExactly(
            "0 bytes", "1 byte", "1,023 bytes", "1 KiB", "1.1 KiB", "1 MiB", "1 MiB", "8.3 MiB", "10 MiB", "8 EiB");
  }

  private static Origin<ByteBuffer> read() {
    return new Described(
        "huge.log",
        "64 KiB chunks, one ahead, on the calling thread",
        64 * KIB,
        new Term("read", 2, 1, List.of(64 * KIB)));
  }

  private static PullStage<ByteBuffer, ByteBuffer> gzip() {
    return new DescribedStage(
        Footprint.of(
            "2 workers, at most 4 blocks of 1 MiB", 64 * KIB, new Term("gzip", 4, 1, List.of(MIB, MIB + 1059))));
  }

  private static PullTarget<ByteBuffer> write() {
    return new DescribedTarget(
        Footprint.of("to a temporary sibling, then renamed", 0, new Term("write", 2, 1, List.of(64 * KIB))));
  }

  private record Described(String name, String how, long chunkBytes, Term term) implements PullOrigin<ByteBuffer> {
    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(how, chunkBytes, term);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      throw new AssertionError("explained only");
    }
  }

  private record DescribedStage(Footprint says) implements PullStage<ByteBuffer, ByteBuffer> {
    @Override
    public String name() {
      return "gzip level 6";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return says;
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      throw new AssertionError("explained only");
    }
  }

  private record DescribedTarget(Footprint says) implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "huge.log.gz";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return says;
    }

    @Override
    public Put<ByteBuffer> put() {
      throw new AssertionError("explained only");
    }
  }
}
