package highwater.compress;

import static highwater.contract.CutCase.bytes;
import static highwater.contract.CutCase.telling;

import highwater.codec.Samples;
import highwater.contract.CutCase;
import highwater.contract.CutContract;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

/// Every stage of this artifact, the decoders with what the real tools wrote.
class CompressCutTest extends CutContract {
  private static final byte[] SMALL = Samples.text(new Random(1), 60);
  private static final byte[] LARGE =
      Samples.join(Samples.text(new Random(2), 200_000), Samples.noise(new Random(3), 30_000));

  @Override
  protected Stream<CutCase<?>> cases() {
    return Stream.of(compressors(), decompressors(), detected()).flatMap(Function.identity());
  }

  private static Stream<CutCase<?>> compressors() {
    return Stream.of(bytes(Zstd.compress(), SMALL, LARGE), bytes(Lz4.compress(), SMALL, LARGE));
  }

  private static Stream<CutCase<?>> decompressors() {
    return Arrays.stream(Codec.values()).map(CompressCutTest::decompressor);
  }

  private static CutCase<?> decompressor(Codec codec) {
    // What a library complains of first may depend on how much it was given: brotli says damaged, where it might have
    // said that something follows the data.
    return bytes(codec.stage(), codec.compressed(SMALL), codec.compressed(LARGE)).as(codec.name()).inOtherWords();
  }

  private static Stream<CutCase<?>> detected() {
    return Stream.of(Codec.ZSTD, Codec.LZ4, Codec.BZIP2, Codec.XZ)
        .map(
            codec ->
                telling(
                        tell -> Decompress.detect().onWarning(tell::accept),
                        codec.compressed(SMALL),
                        codec.compressed(LARGE))
                    .as("detected " + codec.name())
                    .inOtherWords());
  }
}
