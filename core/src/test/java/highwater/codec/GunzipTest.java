package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class GunzipTest {
  private static final byte[] HELLO = "hello, hello, hello".getBytes(StandardCharsets.US_ASCII);
  private static final Gzip.Decompress GUNZIP = Gzip.decompress();

  @Test
  void anyDataInAnyChunksComesBackAsItWas() throws Exception {
    var random = Samples.random("gunzip round trips");
    for (int run = 0; run < 150; run++) {
      var data = Samples.any(random, 60_000);
      var more = Samples.any(random, 60_000);
      var input = Samples.join(Samples.gzip(data), Samples.gzip(more));
      var stage = GUNZIP.chunk(512 + random.nextInt(70_000));
      var plain = Drive.bytes(stage, Samples.split(random, input));
      assertThat(plain).as("run %d, seed %d", run, Samples.SEED).isEqualTo(Samples.join(data, more));
    }
  }

  @Test
  void oneByteAtATimeGivesTheSame() throws Exception {
    var data = Samples.text(new Random(1), 100_000);
    assertThat(Drive.bytes(GUNZIP, Drive.chunks(Samples.gzip(data), 1))).isEqualTo(data);
  }

  @Test
  void membersFollowEachOther() throws Exception {
    var input = Samples.join(Samples.gzip(HELLO), Samples.gzip(new byte[0]), Samples.gzip(HELLO));
    assertThat(Drive.bytes(GUNZIP, List.of(input))).isEqualTo(Samples.join(HELLO, HELLO));
  }

  @Test
  void everyHeaderFieldIsRead() throws Exception {
    assertThat(Drive.bytes(GUNZIP, List.of(withAllFields(0)))).isEqualTo(HELLO);
    var twice = Samples.join(withAllFields(0), withAllFields(0));
    assertThat(Drive.bytes(GUNZIP, Drive.chunks(twice, 1))).isEqualTo(Samples.join(HELLO, HELLO));
  }

  @Test
  void aHeaderCheckThatDoesNotMatchIsRefused() {
    assertThat(Drive.failure(GUNZIP, List.of(withAllFields(1)))).hasMessageContaining("header's check");
  }

  /// A member with FEXTRA, FNAME, FCOMMENT and FHCRC, the last off by `wrong`.
  private static byte[] withAllFields(int wrong) {
    var plain = Samples.gzip(HELLO);
    var header = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    header.put(plain, 0, 10).put(3, (byte) 0x1F);
    header.putShort((short) 4).put(new byte[] {'A', 'B', 0, 0});
    header.put("name\0comment\0".getBytes(StandardCharsets.ISO_8859_1));
    var crc = new CRC32();
    crc.update(header.array(), 0, header.position());
    header.putShort((short) (crc.getValue() + wrong));
    var head = Arrays.copyOf(header.array(), header.position());
    return Samples.join(head, Arrays.copyOfRange(plain, 10, plain.length));
  }

  @Test
  void reservedFlagsAndOtherMethodsAreRefused() {
    for (int flag : new int[] {0x20, 0x40, 0x80}) {
      assertThat(Drive.failure(GUNZIP, List.of(changed(3, flag)))).hasMessageContaining("reserved");
    }
    assertThat(Drive.failure(GUNZIP, List.of(changed(2, 1)))).hasMessageContaining("method 9");
    var second = Samples.join(Samples.gzip(HELLO), changed(3, 0x80));
    assertThat(Drive.failure(GUNZIP, List.of(second))).hasMessageContaining("member 2: reserved");
  }

  private static byte[] changed(int position, int xor) {
    var input = Samples.gzip(HELLO);
    input[position] ^= (byte) xor;
    return input;
  }

  @Test
  void anExtraFieldOfNoBytesIsRead() throws Exception {
    var plain = changed(3, 4);
    var head = Arrays.copyOf(plain, 12);
    head[10] = 0;
    head[11] = 0;
    var input = Samples.join(head, Arrays.copyOfRange(plain, 10, plain.length));
    assertThat(Drive.bytes(GUNZIP, List.of(input))).isEqualTo(HELLO);
  }

  @Test
  void inputCutAtAnyByteFails() {
    var input = Samples.join(withAllFields(0), Samples.gzip(HELLO));
    int border = withAllFields(0).length;
    for (int bytes = 0; bytes < input.length; bytes++) {
      if (bytes == border) continue;
      var failure = Drive.failure(GUNZIP, List.of(Arrays.copyOf(input, bytes)));
      assertThat(failure.positionBytes()).isEqualTo(bytes);
      assertThat(failure).hasMessageMatching(".*(unexpected end of input|is empty).*");
    }
  }

  @Test
  void aChangedByteIsFoundOrChangesNoData() {
    var input = Samples.join(withAllFields(0), Samples.gzip(Samples.text(new Random(2), 300)));
    byte[] expected;
    try {
      expected = Drive.bytes(GUNZIP, List.of(input));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    // Where the second member's magic was, anything else is garbage to gzip(1): the first member's data, and a warning.
    int border = withAllFields(0).length;
    for (int position = 0; position < input.length; position++) {
      for (int xor : new int[] {1, 0x10, 0x80, 0xFF}) {
        var bad = input.clone();
        bad[position] ^= (byte) xor;
        var warnings = new ArrayList<String>();
        try {
          var plain = Drive.bytes(GUNZIP.onWarning(warnings::add), List.of(bad));
          if (position == border || position == border + 1) {
            assertThat(plain).isEqualTo(HELLO);
            assertThat(warnings).hasSize(1);
          } else {
            assertThat(plain).as("byte %d ^ %x", position, xor).isEqualTo(expected);
          }
        } catch (DataException e) {
          assertThat(e.positionBytes()).isBetween(0L, (long) input.length);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @Test
  void zerosAfterTheLastMemberArePadding() throws Exception {
    var warnings = new ArrayList<String>();
    var input = Samples.join(Samples.gzip(HELLO), new byte[1000]);
    for (int chunk : new int[] {1, 7, 5000}) {
      var stage = GUNZIP.onWarning(warnings::add);
      assertThat(Drive.bytes(stage, Drive.chunks(input, chunk))).isEqualTo(HELLO);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void garbageAfterTheLastMemberIsDroppedWithAWarning() throws Exception {
    var member = Samples.gzip(HELLO);
    var garbage = List.of("x", "garbage", "\0\0x", "\37x", "\37\37\213", "\0\37\213\10");
    for (var text : garbage) {
      var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      for (int chunk : new int[] {1, 5000}) {
        var warnings = new ArrayList<String>();
        var stage = GUNZIP.onWarning(warnings::add);
        var input = Drive.chunks(Samples.join(member, bytes), chunk);
        assertThat(Drive.bytes(stage, input)).isEqualTo(HELLO);
        int zeros = text.lastIndexOf('\0') + 1;
        int count = bytes.length - zeros;
        var expected = count == 1 ? "1 byte of garbage" : count + " bytes of garbage";
        assertThat(warnings).singleElement().asString().contains(expected);
        assertThat(warnings.getFirst()).contains("from byte " + (member.length + zeros) + " on");
      }
    }
  }

  @Test
  void whatBeginsLikeAMemberMustBeOne() {
    var member = Samples.gzip(HELLO);
    for (var begin : List.of("\37", "\37\213", "\37\213\10")) {
      var input = Samples.join(member, begin.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(Drive.failure(GUNZIP, List.of(input))).hasMessageContaining("unexpected end");
    }
  }

  @Test
  void inputThatIsNotGzipIsRefusedAtItsFirstByte() {
    var failure = Drive.failure(GUNZIP, List.of("plain text".getBytes(StandardCharsets.US_ASCII)));
    assertThat(failure).hasMessageContaining("not in gzip format");
    assertThat(Drive.failure(GUNZIP, List.of(new byte[100]))).hasMessageContaining("not in gzip");
    assertThat(Drive.failure(GUNZIP, List.of())).hasMessageContaining("empty");
  }

  @Test
  void aLengthThatDoesNotMatchIsRefused() {
    var input = Samples.gzip(HELLO);
    input[input.length - 1] = 1;
    assertThat(Drive.failure(GUNZIP, List.of(input)))
        .hasMessageContaining("19 bytes came out, the trailer says 16777235 (modulo 2^32)");
  }

  @Test
  void outputStopsInMidChunk() throws Exception {
    var input = Samples.gzip(new byte[10 << 20]);
    var sizes = new ArrayList<Integer>();
    Drive.<ByteBuffer>run(GUNZIP, List.of(input), chunk -> sizes.add(chunk.remaining()));
    assertThat(sizes).hasSize(40).containsOnly(256 << 10);
    var footprint = GUNZIP.footprint(1 << 20);
    assertThat(footprint.chunkMaxBytes()).isEqualTo(256 << 10);
    assertThat(footprint.terms().getFirst().maxBytes()).isEqualTo(256 << 10);
  }

  /// One deflated block of zeros, again and again: 4 GiB and 5 bytes come out, of 16 MiB or so.
  @Test
  void aMemberMayBeLongerThan4GiB() throws Exception {
    int blockBytes = 32 << 20;
    int count = 128;
    var zeros = new byte[blockBytes];
    var piece = deflatedPiece(zeros);
    var crc = new CRC32();
    for (int i = 0; i < count; i++) crc.update(zeros);
    crc.update(zeros, 0, 5);
    var end = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    end.put(new byte[] {1, 5, 0, -6, -1, 0, 0, 0, 0, 0}).putInt((int) crc.getValue()).putInt(5);
    var header = Arrays.copyOf(Samples.gzip(HELLO), 10);
    var input =
        Stream.of(List.of(header), Collections.nCopies(count, piece), List.of(end.array())).flatMap(List::stream);
    var length = new AtomicLong();
    Drive.<ByteBuffer>run(GUNZIP.ratioAtMost(2000), input.toList(), chunk -> length.addAndGet(chunk.remaining()));
    assertThat(length).hasValue((4L << 30) + 5);
  }

  private static byte[] deflatedPiece(byte[] data) {
    var deflater = new Deflater(1, true);
    deflater.setInput(data);
    var out = new byte[1 << 20];
    int bytes = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, bytes);
  }
}
