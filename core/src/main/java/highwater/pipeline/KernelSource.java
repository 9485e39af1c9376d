package highwater.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// Implemented by a [Pull] over a regular file whose bytes the kernel can move into another file by itself.
///
/// Where it meets a [KernelSink] with nothing between but [Onlooker]s, the run asks for slices after all have opened, a turn
/// for each, and goes on pulling where the kernel stopped: the part's own reads must follow the position that it moved.
public interface KernelSource {
  /// Moves at most `bytesMax` bytes to the position of `target` and tells how many; 0 at the end, or where the kernel
  /// declines.
  long transferTo(FileChannel target, long bytesMax) throws IOException;

  /// How many bytes are left as it seems now; `Long.MAX_VALUE` where that is not known.
  default long leftBytes() throws IOException {
    return Long.MAX_VALUE;
  }
}
