package highwater.codec;

import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;
import java.util.Locale;

/// Checks what passes against what is known beforehand: a mismatch fails the run before anything is final.
///
/// Errors: [DataException] with both figures. Where the run's end needs no more before the input is over (a closed
/// pipe), nothing was expected in vain: the check is not made.
public final class Expect {
  private Expect() {}

  /// Expects exactly `count` bytes; one more fails as soon as it is seen, fewer when the input ends.
  public static PullStage<ByteBuffer, ByteBuffer> bytes(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("expected length: " + count + " bytes (expected: 0 or more bytes)");
    }
    return new PassOn("expect " + count + " bytes", () -> new BytesStep(count));
  }

  /// Expects the bytes to hash to `hex` (hexadecimal digits, upper or lower case) under `algorithm`, one of
  /// [Digests#of].
  public static PullStage<ByteBuffer, ByteBuffer> digest(String algorithm, String hex) {
    var name = Hash.canonicalName(algorithm);
    int digits = Hash.hexDigits(name);
    if (hex.length() != digits || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw new IllegalArgumentException(
          "expected " + name + ": \"" + hex + "\" (expected: " + digits + " hexadecimal digits)");
    }
    var expected = hex.toLowerCase(Locale.ROOT);
    return new PassOn("expect " + name, () -> new ValueStep(name, expected));
  }

  private static final class BytesStep extends PassOnStep {
    private final long expectedBytes;
    private long bytes;

    BytesStep(long expectedBytes) {
      this.expectedBytes = expectedBytes;
    }

    @Override
    public void look(ByteBuffer chunk) throws DataException {
      bytes += chunk.remaining();
      if (bytes > expectedBytes) {
        throw new DataException(
            ("at least " + bytes + " bytes came, " + expectedBytes + " were expected")
                + ": the input has grown or is another one",
            expectedBytes);
      }
    }

    @Override
    void ended() throws DataException {
      if (bytes < expectedBytes) {
        throw new DataException(
            (bytes + " bytes came, " + expectedBytes + " were expected") + ": the input is cut short or is another one",
            bytes);
      }
    }
  }

  private static final class ValueStep extends PassOnStep {
    private final String algorithm;
    private final String expectedHex;
    private final Hash hash;
    private long bytes;

    ValueStep(String algorithm, String expectedHex) {
      this.algorithm = algorithm;
      this.expectedHex = expectedHex;
      hash = Hash.named(algorithm);
    }

    @Override
    public void look(ByteBuffer chunk) {
      bytes += chunk.remaining();
      hash.update(chunk);
    }

    @Override
    void ended() throws DataException {
      var hex = hash.hex();
      if (!hex.equals(expectedHex)) {
        throw new DataException(
            (algorithm + " of " + bytes + " bytes is " + hex + ", expected was " + expectedHex)
                + ": the input is damaged or is another one",
            bytes);
      }
    }
  }
}
