package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/// With the system's libdeflate, where there is one: pieces of any size at any level are one stream, and gzip is one member
/// that depends on the input alone. Without it there is nothing to test; the others' tests run with and without it.
class LibdeflateTest {
  @Test
  void piecesOfAnySizeAreOneStream() throws Exception {
    assumeTrue(Libdeflate.isSound(), "no libdeflate");
    var random = Samples.random("libdeflate pieces");
    for (int level = 1; level <= 9; level++) {
      var state = Libdeflate.newState(level);
      try {
        for (int round = 0; round < 12; round++) {
          var plain = Samples.any(random, 1 << (4 + random.nextInt(15)));
          var out = ByteBuffer.allocateDirect(2 * plain.length + 40_000);
          var in = ByteBuffer.allocateDirect(plain.length).put(plain).flip();
          boolean last;
          do {
            int bytes = Math.min(in.remaining(), 1 + random.nextInt(1 << random.nextInt(1, 18)));
            last = bytes == in.remaining();
            var piece = in.slice(in.position(), bytes);
            assertThat(state.deflate(piece, out, last)).isTrue();
            in.position(in.position() + bytes);
          } while (!last && out.remaining() > 20_000);
          if (!last) assertThat(state.deflate(in, out, true)).isTrue();
          assertThat(inflated(out.flip(), plain.length)).as("level %d, round %d", level, round).isEqualTo(plain);
        }
      } finally {
        state.end();
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assumeTrue(Libdeflate.isSound(), "no libdeflate");
    var noise = ByteBuffer.allocateDirect(10_000).put(Samples.noise(Samples.random("no room"), 10_000)).flip();
    var state = Libdeflate.newState(6);
    try {
      for (int room : new int[] {0, 1, 5, 6, 20, 9_999}) {
        var out = ByteBuffer.allocateDirect(room + 100).position(10).limit(10 + room);
        assertThat(state.deflate(noise, out, false)).as("%d bytes", room).isFalse();
        assertThat(state.deflate(noise, out, true)).as("%d bytes", room).isFalse();
        out.limit(out.capacity());
        for (int i = 10 + room; i < out.capacity(); i++) assertThat(out.get(i)).isZero();
      }
    } finally {
      state.end();
    }
  }

  @Test
  void gzipIsOneMemberThatDependsOnTheInputAlone() throws Exception {
    var random = Samples.random("gzip with libdeflate");
    var plain = Samples.text(random, 26 << 20);
    var noise = Samples.noise(random, 700_000);
    System.arraycopy(noise, 0, plain, 25 << 20, noise.length);
    var first = gzip(plain, 1, 64 << 10);
    try (var in = new GZIPInputStream(new ByteArrayInputStream(first))) {
      assertThat(Arrays.equals(in.readAllBytes(), plain)).isTrue();
    }
    assertThat(Arrays.equals(gzip(plain, 2, 99_999), first)).isTrue();
    assertThat(Arrays.equals(gzip(plain, 4, 1 << 20), first)).isTrue();
  }

  @Test
  void thePlanNamesIt() {
    boolean found = Libdeflate.file() != null;
    var how = Gzip.compress().footprint(64 << 10).how();
    assertThat(how).endsWith(found ? "libdeflate level 6" : "zlib level 6");
    assertThat(Gzip.libdeflate().isPresent()).isEqualTo(found);
    assertThat(Gzip.compress().level(0).footprint(64 << 10).how()).endsWith("zlib level 0");
  }

  private static byte[] gzip(byte[] plain, int workers, int chunkBytes) {
    var chunks = new ArrayList<ByteBuffer>();
    for (int i = 0; i < plain.length; i += chunkBytes) {
      chunks.add(ByteBuffer.wrap(plain, i, Math.min(chunkBytes, plain.length - i)));
    }
    return Pipeline.from(Origin.fromIterable(chunks))
        .through(Gzip.compress().workers(workers))
        .collect(Bytes.toArray(plain.length * 2))
        .run();
  }

  private static byte[] inflated(ByteBuffer stream, int plainBytes) throws Exception {
    var inflater = new Inflater(true);
    try {
      inflater.setInput(stream);
      var plain = new byte[plainBytes + 1];
      int bytes = inflater.inflate(plain);
      assertThat(inflater.finished()).isTrue();
      assertThat(stream.remaining()).isZero();
      return Arrays.copyOf(plain, bytes);
    } finally {
      inflater.end();
    }
  }
}
