package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
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
  public static Of of(String algorithm, Consumer<Digest> result) {
    return new Of(Hash.canonicalName(algorithm), result);
  }

  /// The recipe that hashes; holds no bytes, passes each chunk on as it came.
  public static final class Of implements PullStage<ByteBuffer, ByteBuffer> {
    private final String algorithm;
    private final Consumer<Digest> result;

    private Of(String algorithm, Consumer<Digest> result) {
      this.algorithm = algorithm;
      this.result = result;
    }

    @Override
    public String name() {
      return "hash " + algorithm;
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("on the strand, passes chunks on", chunkMaxBytes);
    }

    @Override
    public boolean passesOn() {
      return true;
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new HashStep(algorithm, result);
    }

    @Override
    public String toString() {
      return name();
    }
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
    void look(ByteBuffer chunk) {
      bytes += chunk.remaining();
      hash.update(chunk);
    }

    @Override
    public void commit() {
      result.accept(new Digest(algorithm, hash.hex(), bytes));
    }
  }
}
