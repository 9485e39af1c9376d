package highwater.io;

import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The recipe that reads stdin.
record StdOrigin(int chunkBytes) implements PullOrigin<ByteBuffer> {
  static final StdOrigin DEFAULT = new StdOrigin(FileOrigin.DEFAULT_CHUNK_BYTES);

  private static final AtomicBoolean IN_USE = new AtomicBoolean();

  StdOrigin {
    FileOrigin.checkChunk(chunkBytes);
  }

  @Override
  public String name() {
    return "stdin";
  }

  /// What is left of the regular file behind stdin; empty where it is anything else.
  @Override
  public OptionalLong lengthBytes() {
    var file = regularFile(0);
    if (file == null || file.size() == 0) return OptionalLong.empty();
    try {
      return OptionalLong.of(Math.max(0, file.size() - channel(() -> {}).position()));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public String advice() {
    return "whoever writes to standard input sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return FileOrigin.footprint(waits(), chunkBytes);
  }

  static boolean waits() {
    return regularFile(0) == null;
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new ChosenPull(() -> choose(name(), 0, FileOrigin.TO_THE_END, chunkBytes));
  }

  /// The pull that reads stdin under `name`; `start` counts from where the descriptor stands.
  static Pull<ByteBuffer> choose(String name, long start, long end, int chunkBytes) {
    long left = FilePull.leftBytes(start, end);
    var file = regularFile(0);
    if (file == null || file.fileKey() == null) {
      var source = new ChannelSource(name, BlockingChannel.of(StdOrigin::lease), start, left);
      return new BlockingPull(name, source, CallThread.PLATFORM, chunkBytes);
    }
    FilePull.Opening opening =
        () -> {
          var channel = lease();
          return start == 0 ? channel : channel.position(channel.position() + start);
        };
    return new FilePull(name, file.fileKey(), opening, start, left, chunkBytes);
  }

  /// The regular file behind a standard descriptor; null where it leads elsewhere or cannot be looked at.
  static @Nullable BasicFileAttributes regularFile(int descriptor) {
    try {
      var attributes = Files.readAttributes(Path.of("/dev/fd/" + descriptor), BasicFileAttributes.class);
      return attributes.isRegularFile() ? attributes : null;
    } catch (IOException e) {
      return null;
    }
  }

  /// A channel of one's own to stdin, until it is closed; throws where somebody has one.
  static FileChannel lease() throws IOException {
    if (!IN_USE.compareAndSet(false, true)) {
      throw new Refusal("another run reads it", "expected: one reader at a time; wait until that run has ended");
    }
    return channel(() -> IN_USE.set(false));
  }

  /// A channel to stdin whose close leaves the descriptor alone.
  private static FileChannel channel(Runnable closed) {
    return new FileInputStream(FileDescriptor.in) {
      @Override
      public void close() {
        closed.run();
      }
    }.getChannel();
  }
}
