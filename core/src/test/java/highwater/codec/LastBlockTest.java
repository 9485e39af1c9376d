package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the last block begins is right if a stream whose mark is cleared there goes on, and inflates to the same bytes.
class LastBlockTest {
  private static final int[] STRATEGIES = {Deflater.DEFAULT_STRATEGY, Deflater.HUFFMAN_ONLY, Deflater.FILTERED};

  private final LastBlock lastBlock = new LastBlock();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 6, 9})
  void isFoundInWhatZlibMakes(int level) throws Exception {
    var random = Samples.random("last block, level " + level);
    for (int round = 0; round < 60; round++) {
      var plain = Samples.any(random, 1 << (6 + round % 13));
      int strategy = STRATEGIES[random.nextInt(STRATEGIES.length)];
      var stream = deflated(plain, level, strategy);
      int before = random.nextInt(5);
      var placed = ByteBuffer.allocate(before + stream.length + 9).put(before, stream).position(before);
      placed.limit(before + stream.length);

      assertThat(lastBlock.find(placed)).isTrue();
      assertThat((lastBlock.endBit() + 7) / 8).isEqualTo(before + stream.length);
      assertThat(placed.position()).isEqualTo(before);
      assertThat(inflatedWhereItGoesOn(placed, before, plain.length)).as("round %d", round).isEqualTo(plain);
    }
  }

  /// What is inflated of the stream, its mark cleared, with an empty last block behind it.
  private byte[] inflatedWhereItGoesOn(ByteBuffer placed, int before, int plainBytes) throws Exception {
    var all = new byte[placed.limit() + 1];
    placed.get(0, all, 0, placed.limit());
    int header = (int) (lastBlock.headerBit() / 8);
    int mark = 1 << (lastBlock.headerBit() % 8);
    assertThat(all[header] & mark).isNotZero();
    all[header] &= (byte) ~mark;
    // Fixed codes, and the end: bits 1, 01, 0000000.
    long end = lastBlock.endBit();
    for (int bit : new int[] {0, 1}) all[(int) ((end + bit) / 8)] |= (byte) (1 << ((end + bit) % 8));
    var inflater = new Inflater(true);
    try {
      inflater.setInput(all, before, Math.min(all.length, (int) ((end + 10 + 7) / 8)) - before);
      var plain = new byte[plainBytes + 1];
      int read = 0;
      while (!inflater.finished()) {
        int bytes = inflater.inflate(plain, read, plain.length - read);
        if (bytes == 0 && inflater.needsInput()) inflater.setInput(new byte[1]);
        read += bytes;
      }
      return Arrays.copyOf(plain, read);
    } finally {
      inflater.end();
    }
  }

  @Test
  void aStreamCutShortHasNone() {
    var random = Samples.random("last block, cut short");
    for (int level : new int[] {0, 1, 6}) {
      // Of one block alone, only the ends are looked at.
      var stream = inTwoBlocks(Samples.text(random, 20_000), level);
      for (int bytes = 0; bytes < stream.length; bytes += 1 + bytes / 50) {
        assertThat(lastBlock.find(ByteBuffer.wrap(stream, 0, bytes))).as("%d bytes", bytes).isFalse();
      }
    }
  }

  @Test
  void damageIsNeverMoreThanAWrongAnswer() {
    var random = Samples.random("last block, damaged");
    for (int round = 0; round < 3000; round++) {
      var stream = deflated(Samples.any(random, 3000), random.nextInt(10), Deflater.DEFAULT_STRATEGY);
      for (int i = 0; i < 3; i++) stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
      var _ = lastBlock.find(ByteBuffer.wrap(stream));
      var noise = Samples.noise(new Random(round), 200);
      var _ = lastBlock.find(ByteBuffer.wrap(noise));
    }
  }

  private static byte[] inTwoBlocks(byte[] plain, int level) {
    var deflater = new Deflater(level, true);
    try {
      var out = new byte[2 * plain.length + 200];
      deflater.setInput(plain, 0, plain.length / 2);
      int bytes = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      deflater.setInput(plain, plain.length / 2, plain.length - plain.length / 2);
      deflater.finish();
      while (!deflater.finished()) bytes += deflater.deflate(out, bytes, out.length - bytes);
      return Arrays.copyOf(out, bytes);
    } finally {
      deflater.end();
    }
  }

  private static byte[] deflated(byte[] plain, int level, int strategy) {
    var deflater = new Deflater(level, true);
    try {
      deflater.setStrategy(strategy);
      deflater.setInput(plain);
      deflater.finish();
      var out = new byte[2 * plain.length + 200];
      int bytes = 0;
      while (!deflater.finished()) bytes += deflater.deflate(out, bytes, out.length - bytes);
      return Arrays.copyOf(out, bytes);
    } finally {
      deflater.end();
    }
  }
}
