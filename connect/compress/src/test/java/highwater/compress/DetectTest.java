package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Samples;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DetectTest {
  private static final byte[] PLAIN = Samples.text(new Random(1), 300_000);
  private static final List<String> TOOLS = List.of("gzip -nc", "zstd -qc", "lz4 -qc", "bzip2 -c", "xz -c2");

  @Test
  void eachFormatIsToldByItsFirstBytesHoweverTheyAreCut() {
    for (var tool : TOOLS) {
      var compressed = Tool.bytes(tool, PLAIN);
      for (int chunk : new int[] {1, 5, 6, 7, 64 << 10, compressed.length}) {
        var bytes = new Bytes();
        bytes.direct = chunk == 7;
        bytes.run(Decompress.detect(), Bytes.chunks(compressed, chunk));
        assertThat(bytes.passed.toByteArray()).as("%s in %d", tool, chunk).isEqualTo(PLAIN);
      }
    }
  }

  @Test
  void inputCutAtAnyByteFails() {
    for (var tool : TOOLS) {
      var compressed = Tool.bytes(tool, Arrays.copyOf(PLAIN, 100));
      for (int bytes = 0; bytes < compressed.length; bytes++) {
        var cut = Arrays.copyOf(compressed, bytes);
        var bad = new Bytes();
        assertThatThrownBy(() -> bad.run(Decompress.detect(), List.of(cut)))
            .as("%s cut at %d", tool, bytes)
            .isInstanceOf(PipelineException.class)
            .hasMessageMatching(".*(unexpected end of input|is empty).*");
      }
    }
  }

  /// The buffer of the first bytes is used again by its owner before the end comes.
  @Test
  void firstBytesAreNotLookedAtOnceTheyAreGivenBack() throws Exception {
    var step = Decompress.detect().step();
    var lent = ByteBuffer.allocate(100).put((byte) 0x1f).flip();
    step.offer(lent);
    assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
    lent.clear();
    step.finish();
    assertThatThrownBy(step::poll).hasMessageContaining("unexpected end of input after 1 bytes");
  }

  @Test
  void whatIsUnknownIsShown() {
    var zip = "PK\3\4 a zip file".getBytes(StandardCharsets.US_ASCII);
    for (int chunk : new int[] {1, 100}) {
      assertThat(Bytes.failure(Decompress.detect(), Bytes.chunks(zip, chunk)))
          .hasMessage(
              "decompress: the input begins with 50 4b 03 04 20 61 (expected: gzip 1f 8b, zstd 28 b5 2f fd, lz4 04 22"
                  + " 4d 18, bzip2 42 5a 68, xz fd 37 7a 58 5a 00; brotli has no such mark: name the stage unbrotli;"
                  + " zlib data: inflate; leave the stage out if the input is plain)");
    }
    assertThat(Bytes.failure(Decompress.detect(), "x".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("begins with 78 (expected");
  }

  @Test
  void itIsTheStageItChooses() {
    var garbage = Samples.join(Tool.bytes("gzip -nc", PLAIN), "garbage".getBytes(StandardCharsets.US_ASCII));
    var warnings = new ArrayList<String>();
    assertThat(Bytes.through(Decompress.detect().onWarning(warnings::add), garbage)).isEqualTo(PLAIN);
    assertThat(warnings).singleElement().asString().contains("7 bytes of garbage");
    for (var tool : TOOLS) {
      var bytes = new Bytes();
      var compressed = Tool.bytes(tool, PLAIN);
      assertThatThrownBy(() -> bytes.run(Decompress.detect().outputAtMost(100_000), List.of(compressed)))
          .hasMessageContaining("(expected: at most 100,000 bytes out");
      var lost = new Bytes();
      lost.lost = new IOException("connection reset");
      assertThatThrownBy(() -> lost.run(Decompress.detect(), List.of(compressed)))
          .hasRootCauseMessage("connection reset");
      var failing = new Bytes();
      failing.failsAt = 70_000;
      assertThatThrownBy(() -> failing.run(Decompress.detect(), Bytes.chunks(compressed, 500)))
          .hasRootCauseMessage("downstream");
    }
    var wide = Tool.bytes("zstd -qc --long=22", Samples.text(new Random(2), 5 << 20));
    assertThatThrownBy(() -> new Bytes().run(Decompress.detect().windowLogMax(20), List.of(wide)))
        .hasMessageContaining("a window of more than 1 MiB");
    assertThatThrownBy(
            () -> new Bytes().run(Decompress.detect().memoryAtMost(1 << 20), List.of(Tool.bytes("xz -c", PLAIN))))
        .hasMessageContaining("of memory (expected: at most 1 MiB");
  }

  @Test
  void theBoundIsThatOfTheLargest() {
    assertThat(bound(Decompress.detect())).isBetween(128L << 20, 130L << 20);
    var small = Decompress.detect().windowLogMax(20).memoryAtMost(1 << 20);
    assertThat(bound(small)).isBetween(4L << 20, 10L << 20);
  }

  private static long bound(Decompress.Detect stage) {
    return stage.footprint(1).terms().getFirst().maxBytes();
  }
}
