package highwater.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Finds where the last lines of a file begin, by reading it backwards, a block in a step.
final class LastLines {
  private final long endBytes;
  private long linesLeft;

  /// Everything from here on has been looked at.
  private long lookedBytes;

  /// Looks for the last `lines` of the first `endBytes`.
  LastLines(long lines, long endBytes) {
    linesLeft = lines;
    this.endBytes = endBytes;
    lookedBytes = endBytes;
  }

  /// Where they begin, once [#step] has said so.
  long positionBytes() {
    return lookedBytes;
  }

  /// Looks at one block more, read into `buffer`; true when the place is found.
  boolean step(FileChannel channel, ByteBuffer buffer) throws IOException {
    if (linesLeft == 0 || lookedBytes == 0) return true;
    int length = (int) Math.min(buffer.capacity(), lookedBytes);
    long from = lookedBytes - length;
    buffer.clear().limit(length);
    while (buffer.hasRemaining()) {
      // A file that became shorter meanwhile is found to be cut by the next look.
      if (channel.read(buffer, from + buffer.position()) < 0) return true;
    }
    for (int i = length - 1; i >= 0; i--) {
      boolean endsALine = buffer.get(i) == '\n' && from + i != endBytes - 1;
      if (endsALine && --linesLeft == 0) {
        lookedBytes = from + i + 1;
        return true;
      }
    }
    lookedBytes = from;
    return from == 0;
  }
}
