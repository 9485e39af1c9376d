package highwater.codec;

import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Hashes what passes: any message digest of the JDK, and the checksums CRC-32, CRC-32C and Adler-32.
public final class Digests {
  private Digests() {}

  /// Hashes every byte with `algorithm` (`SHA-256` or `sha256`, `CRC-32`, ...) and gives `result` the [Digest].
  ///
  /// `result` is called once per run, on its strand, when the whole run has succeeded and is about to become final;
  /// never for a run that fails, or whose end needed less than all input. Throws `IllegalArgumentException` for an
  /// unknown algorithm.
  public static PullStage<ByteBuffer, ByteBuffer> of(String algorithm, Consumer<Digest> result) {
    var name = Hash.canonicalName(algorithm);
    return new PassOn("hash " + name, () -> new HashStep(name, result));
  }

  private static final class HashStep extends PassOnStep {
    private final String algorithm;
    private final Hash hash;
    private final Consumer<Digest> result;
    private long bytes;

    HashStep(String algorithm, Consumer<Digest> result) {
      this.algorithm = algorithm;
      this.result = result;
      hash = Hash.named(algorithm);
    }

    @Override
    public void look(ByteBuffer chunk) {
      bytes += chunk.remaining();
      hash.update(chunk);
    }

    @Override
    public void commit() {
      result.accept(new Digest(algorithm, hash.hex(), bytes));
    }
  }
}
