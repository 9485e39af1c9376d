package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Samples;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class Lz4Test {
  private static final int[] BLOCKS = {64 << 10, 256 << 10, 1 << 20, 4 << 20};

  @Test
  void theToolReadsWhatWasMadeInAnyBlocksHoweverItWasCut() {
    var random = Samples.random("lz4");
    for (int block : BLOCKS) {
      var samples =
          List.of(
              new byte[0],
              new byte[1],
              new byte[block],
              Samples.noise(random, block + 1),
              Samples.text(random, block + 77),
              Samples.any(random, 700_000));
      for (var plain : samples) {
        var bytes = new Bytes();
        bytes.direct = random.nextBoolean();
        bytes.run(Lz4.compress().block(block), Bytes.split(random, plain));
        var compressed = bytes.passed.toByteArray();
        var what = "block " + block + ", -Dseed=" + Samples.SEED;
        assertThat(Tool.bytes("lz4 -dqc", compressed)).as(what).isEqualTo(plain);
        assertThat(Bytes.through(Lz4.decompress(), Bytes.split(random, compressed))).as(what).isEqualTo(plain);
        assertThat(Bytes.through(Lz4.compress().block(block), plain)).as(what).isEqualTo(compressed);
      }
    }
  }

  @Test
  void everyCutOfTheInputGivesTheSame() {
    var plain = Samples.text(new Random(1), 150);
    var expected = Bytes.through(Lz4.compress(), plain);
    assertThat(Bytes.through(Lz4.compress(), Bytes.chunks(plain, 1))).isEqualTo(expected);
    assertThat(Bytes.through(Lz4.compress(), Bytes.chunks(plain, 149))).isEqualTo(expected);
  }

  @Test
  void everyFrameOfTheToolIsRead() {
    var random = Samples.random("lz4 frames");
    var plain = Samples.join(Samples.text(random, 1 << 20), Samples.noise(random, 300_000), new byte[500_000]);
    plain = Samples.join(plain, Samples.text(random, 3 << 20));
    for (var option :
        List.of("-1", "-9", "-12", "-B4", "-B5", "-B7", "-BD", "-BDX", "-BDB5", "-BX", "--no-frame-crc", "--fast=5")) {
      var compressed = Tool.bytes("lz4 -qc " + option, plain);
      for (int chunk : new int[] {999, 64 << 10, compressed.length}) {
        assertThat(Bytes.through(Lz4.decompress(), Bytes.chunks(compressed, chunk)))
            .as("%s, -Dseed=%d", option, Samples.SEED)
            .isEqualTo(plain);
      }
    }
  }

  @Test
  void dependentBlocksReallyDepend() {
    var noise = Samples.noise(new Random(2), 5_000);
    var plain = noise;
    for (int i = 0; i < 6; i++) plain = Samples.join(plain, plain);
    var compressed = Tool.bytes("lz4 -9qcBD -B4", plain);
    assertThat(compressed.length).isLessThan(Tool.bytes("lz4 -9qcB4", plain).length - 3 * noise.length);
    assertThat(Bytes.through(Lz4.decompress(), Bytes.chunks(compressed, 1000))).isEqualTo(plain);
  }

  /// A length in the header is checked; the tool writes one where it sees the file.
  @Test
  void theLengthInTheHeaderIsChecked() {
    var plain = Samples.text(new Random(3), 1000);
    var compressed = Tool.bytes("lz4 -qc --content-size --no-frame-crc /dev/stdin", plain);
    assertThat(Bytes.through(Lz4.decompress(), compressed)).isEqualTo(plain);
    if ((compressed[4] & 8) == 0) throw new AssertionError("the tool wrote no length");
    compressed[6] ^= 1;
    var hash = Lz4Library.load().hash().hash32();
    compressed[14] = Lz4Frame.check(hash, compressed, 4, 10);
    assertThat(Bytes.failure(Lz4.decompress(), compressed))
        .hasMessageContaining("1000 bytes came out, the frame says ");
  }

  @Test
  void everyCheckIsVerified() {
    var plain = Samples.text(new Random(4), 100_000);
    var blocks = Tool.bytes("lz4 -qcBX -B4 --no-frame-crc", plain);
    blocks[500] ^= 4;
    assertThat(Bytes.failure(Lz4.decompress(), blocks)).hasMessageContaining("the checksum of a block does not match");
    var content = Tool.bytes("lz4 -qc", plain);
    content[content.length - 1] ^= 4;
    assertThat(Bytes.failure(Lz4.decompress(), content)).hasMessageContaining("the checksum of the content");
    var header = Tool.bytes("lz4 -qc", plain);
    header[6] ^= 4;
    assertThat(Bytes.failure(Lz4.decompress(), header)).hasMessageContaining("the checksum of the frame's header");
  }

  @Test
  void skippableFramesAreSkippedAndTheLegacyFormatIsNamed() {
    var plain = Samples.text(new Random(5), 100);
    var frame = Tool.bytes("lz4 -qc", plain);
    var skip = new byte[] {0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 'a', 'b'};
    var empty = new byte[] {0x51, 0x2A, 0x4D, 0x18, 0, 0, 0, 0};
    var input = Samples.join(skip, frame, empty, frame, skip);
    for (int chunk : new int[] {1, 9, 1000}) {
      assertThat(Bytes.through(Lz4.decompress(), Bytes.chunks(input, chunk))).isEqualTo(Samples.join(plain, plain));
    }
    assertThat(Bytes.failure(Lz4.decompress(), Tool.bytes("lz4 -qcl", plain)))
        .hasMessageContaining("the legacy format");
  }

  /// Noise that was made by nobody must not lead the decoder beyond its arrays.
  @Test
  void brokenBlocksOfADependentFrameAreFound() {
    var random = Samples.random("broken lz4");
    var plain = Samples.text(random, 200_000);
    var compressed = Tool.bytes("lz4 -qcBD -B4", plain);
    for (int run = 0; run < 300; run++) {
      var bad = compressed.clone();
      for (int i = 0; i < 3; i++) bad[11 + random.nextInt(bad.length - 11)] = (byte) random.nextInt(256);
      if (java.util.Arrays.equals(bad, compressed)) continue;
      assertThat(Bytes.failure(Lz4.decompress(), bad)).as("-Dseed=%d", Samples.SEED).isNotNull();
    }
  }

  @Test
  void blocksTheFormatDoesNotHaveAreRefused() {
    assertThatThrownBy(() -> Lz4.compress().block(100_000))
        .hasMessageContaining("block: 100000 bytes (expected: 64 KiB, ");
  }
}
