package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/// A block's output never needs more than its bound, whatever the level and the data; and the zlib states end.
class BlockTest {
  @Test
  void noDataAtNoLevelNeedsMoreThanTheBound() throws Exception {
    var random = Samples.random("deflate bound");
    for (int level = 0; level <= 9; level++) {
      var states = new Deflaters(level);
      for (var data : adversaries(random)) {
        boolean libdeflate = level > 0 && random.nextBoolean();
        int blockBytes = 1024 + random.nextInt(data.length);
        var out = new ArrayList<byte[]>();
        var block = new Block(blockBytes, 0);
        var chunk = ByteBuffer.wrap(data);
        while (true) {
          chunk.position(chunk.position() + block.fill(chunk));
          boolean last = !chunk.hasRemaining();
          if (last) block.makeLast();
          if (libdeflate) block.mayUseLibdeflate();
          block.deflate(level, states);
          int bytes = block.output.flip().remaining();
          assertThat(bytes).isLessThanOrEqualTo(Block.deflatedBytesMax(blockBytes));
          var piece = new byte[bytes];
          block.output.get(piece);
          out.add(piece);
          if (last) break;
          block.startAfter(block);
        }
        var where = "level %d, block %d, seed %d".formatted(level, blockBytes, Samples.SEED);
        assertThat(inflated(out, data.length)).as(where).isEqualTo(data);
      }
      states.keepAtMost(0);
      assertThat(states.alive()).isZero();
    }
  }

  /// Noise; noise in an alphabet; matches of three bytes far back; noise and matches in turn; a run with noise at its
  /// end.
  private static List<byte[]> adversaries(Random random) {
    int bytes = 300_000;
    var noise = Samples.noise(random, bytes);
    var alphabet = new byte[bytes];
    for (int i = 0; i < bytes; i++) alphabet[i] = (byte) random.nextInt(200);
    var far = noise.clone();
    for (int i = 32_000; i + 3 <= bytes; i += 3) {
      System.arraycopy(far, i - 20_000 - random.nextInt(12_000), far, i, 3);
    }
    var mixed = noise.clone();
    for (int i = 32_000; i + 4 <= bytes; i += 4) {
      System.arraycopy(mixed, i - 31_000 + random.nextInt(900), mixed, i, 3);
    }
    var late = new byte[bytes];
    System.arraycopy(noise, 0, late, 100_000, 200_000);
    return List.of(noise, alphabet, far, mixed, late);
  }

  private static byte[] inflated(List<byte[]> pieces, int bytes) throws Exception {
    var plain = new byte[bytes];
    var inflater = new Inflater(true);
    inflater.setInput(Samples.join(pieces.toArray(byte[][]::new)));
    int done = 0;
    for (int n; (n = inflater.inflate(plain, done, bytes - done)) > 0; ) done += n;
    assertThat(inflater.finished()).isTrue();
    assertThat(inflater.getRemaining()).isZero();
    inflater.end();
    assertThat(done).isEqualTo(bytes);
    return plain;
  }

  @Test
  void aStateLentWhenTheRunClosesEndsWhenItComesBack() {
    var states = new Deflaters(6);
    var lent = states.borrow();
    states.giveBack(states.borrow());
    assertThat(states.alive()).isEqualTo(2);
    states.keepAtMost(0);
    assertThat(states.alive()).isEqualTo(1);
    states.giveBack(lent);
    assertThat(states.alive()).isZero();
  }

  @Test
  void aStateIsUsedAgain() {
    var states = new Deflaters(6);
    var first = states.borrow();
    states.giveBack(first);
    assertThat(states.borrow()).isSameAs(first);
    states.keepAtMost(0);
    states.giveBack(first);
  }
}
