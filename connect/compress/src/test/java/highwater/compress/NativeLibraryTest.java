package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Samples;
import java.io.IOException;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;

/// On a platform without native code there is one clear line, or Java code.
class NativeLibraryTest {
  @Test
  void oneThatDoesNotLoadIsOneLine() {
    for (var failure : new Throwable[] {new UnsatisfiedLinkError("no x\nin path"), new NoClassDefFoundError("y")}) {
      assertThatThrownBy(
              () ->
                  NativeLibrary.load(
                      "unzstd",
                      "zstd-jni",
                      () -> {
                        throw (Error) failure;
                      }))
          .isInstanceOf(IOException.class)
          .hasCause(failure)
          .hasMessageMatching(
              "unzstd: the native library of zstd-jni does not load here \\(expected: a platform it was built for, .*;"
                  + " this is .*\\)");
    }
  }

  @Test
  void theJavaCodeOfLz4MakesFramesThatTheNativeReads() {
    var plain = Samples.text(new Random(1), 100_000);
    var java = LZ4Factory.safeInstance().fastCompressor().compress(plain);
    var restored = new byte[plain.length];
    assertThat(Lz4Library.load().lz4().safeDecompressor().decompress(java, restored)).isEqualTo(plain.length);
    assertThat(restored).isEqualTo(plain);
    assertThat(XXHashFactory.safeInstance().hash32().hash(plain, 0, plain.length, 0))
        .isEqualTo(Lz4Library.load().hash().hash32().hash(plain, 0, plain.length, 0));
    assertThat(Lz4Library.load().lz4().toString()).as("native here").contains("JNI");
  }
}
