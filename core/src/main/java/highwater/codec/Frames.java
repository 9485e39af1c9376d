package highwater.codec;

import java.nio.ByteOrder;

/// Frames: pieces of bytes whose borders count, and the formats that keep them in a stream of bytes.
///
/// `split()` of a format makes one chunk of each frame, wherever the bytes were cut; `join()` makes bytes of frames, one
/// chunk each. As live streams the side of the frames carries objects, weighed in bytes, so that no border is lost.
///
/// ```java
/// Pipeline.from(FileStreams.read(messages)).through(Frames.prefixed(4).longest(64 << 10).split()).to(handler).run();
/// ```
public final class Frames {
  /// The longest frame unless another limit is asked for, in bytes: 1 MiB.
  static final int DEFAULT_BYTES = 1 << 20;

  /// The largest limit.
  private static final int MOST_BYTES = 1 << 30;

  private Frames() {}

  /// Frames that each end with `delimiter`, 1 to 256 bytes.
  public static Delimited delimited(byte... delimiter) {
    return new Delimited(new Delimiter(delimiter), DEFAULT_BYTES, false);
  }

  /// Frames that each begin with their length in `prefixBytes` bytes, 1, 2, 4 or 8, as an unsigned number, its most
  /// significant byte first.
  public static Prefixed prefixed(int prefixBytes) {
    return new Prefixed(LengthPrefix.ofBytes(prefixBytes), DEFAULT_BYTES);
  }

  /// Frames that each begin with their length as a varint (LEB128, as in protobuf's delimited messages): seven bits a
  /// byte, the lowest first, at most ten bytes.
  public static Prefixed varint() {
    return new Prefixed(new LengthPrefix(LengthPrefix.VARINT, ByteOrder.LITTLE_ENDIAN), DEFAULT_BYTES);
  }

  static int checkLongest(int bytes) {
    if (bytes < 1 || bytes > MOST_BYTES) {
      throw new IllegalArgumentException("longest frame: " + bytes + " bytes (expected: 1 to " + MOST_BYTES + ")");
    }
    return bytes;
  }
}
