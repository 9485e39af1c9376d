package highwater.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Implemented by a [Put] over a regular file into which the kernel can copy; see [KernelSource].
public interface KernelSink {
  /// The open channel, at the position of the next byte, or null where the kernel must not copy (a device, a pipe).
  @Nullable FileChannel transferTarget();

  /// Says that the kernel has put `bytes` more into the channel and moved its position.
  void transferred(long bytes) throws IOException;

  /// Whether the channel can be read too, and the file is this run's alone: only then may [Onlooker]s be shown what is in it.
  default boolean isReadable() {
    return false;
  }
}
