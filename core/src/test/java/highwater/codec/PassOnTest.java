package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.memory.Budget;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Digests, expectations and counters: they look, and pass on.
class PassOnTest {
  private static final byte[] CHECK = "123456789".getBytes(StandardCharsets.US_ASCII);

  @Test
  void aDigestIsThatOfAllBytesAndTheyPassUnchanged() throws Exception {
    var random = Samples.random("digests");
    for (var algorithm : List.of("SHA-256", "sha256", "MD5", "SHA-512/256", "SHA3-256", "sha1")) {
      var results = new ArrayList<Digest>();
      var data = Samples.any(random, 200_000);
      var stage = Digests.of(algorithm, results::add);
      assertThat(Drive.bytes(stage, Samples.split(random, data))).isEqualTo(data);
      var result = results.getFirst();
      var expected = MessageDigest.getInstance(result.algorithm()).digest(data);
      assertThat(result.value()).as("%s, seed %d", algorithm, Samples.SEED).isEqualTo(expected);
      assertThat(result.bytes()).isEqualTo(data.length);
      assertThat(results).hasSize(1);
      assertThat(stage.passesOn()).isTrue();
    }
  }

  @Test
  void checksumsAreThoseOfTheCatalogue() throws Exception {
    assertThat(hex("CRC-32")).isEqualTo("cbf43926");
    assertThat(hex("crc32c")).isEqualTo("e3069283");
    assertThat(hex("adler32")).isEqualTo("091e01de");
  }

  private static String hex(String algorithm) throws Exception {
    var results = new ArrayList<Digest>();
    Drive.bytes(Digests.of(algorithm, results::add), Drive.chunks(CHECK, 4));
    return results.getFirst().hex();
  }

  @Test
  void oneRecipeServesManyRuns() throws Exception {
    var results = new ArrayList<Digest>();
    var stage = Digests.of("CRC-32", results::add);
    var _ = Drive.bytes(stage, List.of(CHECK));
    var _ = Drive.bytes(stage, List.of(CHECK, CHECK));
    assertThat(results.getFirst().hex()).isEqualTo("cbf43926");
    assertThat(results.getLast().bytes()).isEqualTo(18);
  }

  @Test
  void aRunThatFailsGivesNoDigestAndNoCount() {
    var told = new ArrayList<Object>();
    for (var stage : List.of(Digests.of("MD5", told::add), Count.bytes(told::add))) {
      var drive =
          new Drive<ByteBuffer>(
              stage,
              List.of(CHECK).iterator(),
              _ -> {
                throw new IllegalStateException("downstream");
              },
              Budget.unlimited());
      assertThatThrownBy(drive::run).hasMessage("downstream");
    }
    assertThat(told).isEmpty();
  }

  @Test
  void anUnknownAlgorithmIsRefusedWhenNamed() {
    assertThatThrownBy(() -> Digests.of("sha257", _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hash: sha257 (expected: SHA-256");
  }

  @Test
  void aCountIsOfAllBytes() throws Exception {
    var counts = new ArrayList<Long>();
    var data = Samples.noise(new Random(1), 100_000);
    assertThat(Drive.bytes(Count.bytes(counts::add), Drive.chunks(data, 777))).isEqualTo(data);
    assertThat(counts).containsExactly(100_000L);
  }

  @Test
  void theExpectedLengthPasses() throws Exception {
    assertThat(Drive.bytes(Expect.bytes(9), Drive.chunks(CHECK, 2))).isEqualTo(CHECK);
    assertThat(Drive.bytes(Expect.bytes(0), List.of())).isEmpty();
  }

  @Test
  void fewerBytesFailAtTheEndWithBothFigures() {
    assertThat(Drive.failure(Expect.bytes(10), List.of(CHECK)))
        .hasMessageStartingWith("9 bytes came, 10 were expected");
  }

  @Test
  void moreBytesFailAsSoonAsTheyAreSeen() {
    var passed = new ArrayList<Integer>();
    assertThatThrownBy(
            () ->
                Drive.<ByteBuffer>run(
                    Expect.bytes(10),
                    List.of(CHECK, CHECK, CHECK),
                    chunk -> {
                      passed.add(chunk.remaining());
                      chunk.position(chunk.limit());
                    }))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("at least 18 bytes came, 10 were expected");
    assertThat(passed).containsExactly(9);
  }

  @Test
  void theExpectedHashPassesInEitherCase() throws Exception {
    var hex = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CHECK));
    for (var text : List.of(hex, hex.toUpperCase(java.util.Locale.ROOT))) {
      assertThat(Drive.bytes(Expect.digest("sha256", text), Drive.chunks(CHECK, 2))).isEqualTo(CHECK);
    }
  }

  @Test
  void anotherHashFailsAtTheEndWithBoth() {
    assertThat(Drive.failure(Expect.digest("CRC-32", "CBF43927"), List.of(CHECK)))
        .hasMessageStartingWith("CRC-32 of 9 bytes is cbf43926, expected was cbf43927");
  }

  @Test
  void anExpectationThatCannotBeMetIsRefusedAtOnce() {
    assertThatThrownBy(() -> Expect.digest("SHA-256", "abc")).hasMessageContaining("64 hexadecimal");
    assertThatThrownBy(() -> Expect.digest("CRC-32", "0000000g")).hasMessageContaining("8 hexa");
    assertThatThrownBy(() -> Expect.bytes(-1)).hasMessageContaining("-1 bytes");
  }
}
