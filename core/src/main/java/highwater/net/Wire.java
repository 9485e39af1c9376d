package highwater.net;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The bytes of one connection, non-blocking; what would have blocked is noted in [PlainWire#takeBlockedOps].
///
/// Thread rule: the strand of its [Link].
interface Wire {
  /// Goes on with what must come before the first byte; true when it is done.
  default boolean open() throws IOException {
    return true;
  }

  /// Reads into `to`: how many bytes came, 0 where it would block, -1 at the peer's end.
  int read(ByteBuffer to) throws IOException;

  /// Writes from `from`: how many bytes were taken, 0 where it would block.
  int write(ByteBuffer from) throws IOException;

  /// Hands what was taken on to the system; true when nothing is left.
  default boolean flush() throws IOException {
    return true;
  }

  /// Says that no byte follows; true when that is said. What the peer sends is read on.
  boolean endOutput() throws IOException;
}
