package highwater.compress;

import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;

/// lz4-java's native code, or its safe Java code where there is none for this platform: the format is the same.
record Lz4Library(LZ4Factory lz4, XXHashFactory hash) {
  /// Loads what there is; the Java code is about three times slower.
  static Lz4Library load() {
    try {
      return new Lz4Library(LZ4Factory.nativeInstance(), XXHashFactory.nativeInstance());
    } catch (LinkageError | RuntimeException e) {
      // Not `fastestInstance`: it would take sun.misc.Unsafe, of which the JVM warns on stderr.
      return new Lz4Library(LZ4Factory.safeInstance(), XXHashFactory.safeInstance());
    }
  }
}
