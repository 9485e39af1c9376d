package highwater.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// Implemented by a [Pull] over a regular file whose bytes the kernel can move into another file by itself.
///
/// Where it meets a [KernelSink] with nothing between, the run asks for slices after both have opened, a turn for each,
/// and goes on pulling where the kernel stopped: the part's own reads must follow the position that it moved.
public interface KernelSource {
  /// Moves at most `bytesMax` bytes to the position of `target` and tells how many; 0 at the end, or where the kernel
  /// declines.
  long transferTo(FileChannel target, long bytesMax) throws IOException;
}
