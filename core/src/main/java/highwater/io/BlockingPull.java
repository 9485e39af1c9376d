package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.Term;
import highwater.strand.Handover;
import highwater.strand.HighwaterThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Reads what may wait, on a daemon platform thread of its own.
///
/// Three direct buffers go round: one is being filled, one is ready, one is lent to the run.
/// ```
///   thread ── full ──▶ strand          at most three buffers, so neither handover is ever without room
///      ▲                  │
///      └───── empty ──────┘
/// ```
final class BlockingPull implements Pull<ByteBuffer> {
  static final int BUFFERS = 3;

  private final String name;
  private final BlockingChannel channel;
  private final long startBytes;
  private final long leftBytes;
  private final int chunkBytes;
  private final Handover<ByteBuffer> full;
  private final Handover<ByteBuffer> empty;

  private @Nullable ByteBuffer ready;
  private @Nullable ByteBuffer lent;
  private boolean waiting;
  private volatile boolean opened;

  /// Drops `startBytes`, then reads at most `leftBytes`.
  BlockingPull(String name, BlockingChannel channel, long startBytes, long leftBytes, int chunkBytes) {
    this.name = name;
    this.channel = channel;
    this.startBytes = startBytes;
    this.leftBytes = leftBytes;
    this.chunkBytes = chunkBytes;
    long boundBytes = (long) BUFFERS * chunkBytes;
    full = new Handover<>(boundBytes, _ -> chunkBytes);
    empty = new Handover<>(boundBytes, _ -> chunkBytes);
  }

  static BlockingPull ofPath(FileOrigin origin, Path path) {
    return new BlockingPull(
        origin.name(),
        BlockingChannel.ofPath(path, StandardOpenOption.READ),
        origin.start(),
        FilePull.leftBytes(origin.start(), origin.end()),
        origin.chunkBytes());
  }

  static Footprint footprint(int chunkBytes) {
    return Footprint.of(
        ByteSizes.rounded(chunkBytes) + " chunks, two ahead, by a thread of its own",
        chunkBytes,
        Term.of("read", BUFFERS, chunkBytes));
  }

  @Override
  public void open(PartContext context) {
    for (int i = 0; i < BUFFERS; i++) empty.offer(ChunkBuffers.take(chunkBytes));
    full.onReady(context.strand(), context::wake);
    HighwaterThread.start("reader of " + name, this::readAll);
  }

  // The thread.

  private void readAll() {
    long positionBytes = FileErrors.WHILE_OPENING;
    try {
      var open = channel.open();
      opened = true;
      positionBytes = skip(open);
      for (long left = leftBytes; left > 0; ) {
        var buffer = empty.take();
        if (buffer == null) break;
        int read = readSome(open, buffer, left);
        if (read < 0) {
          empty.offer(buffer);
          break;
        }
        left -= read;
        positionBytes += read;
        if (!full.put(buffer.flip())) break;
      }
      channel.close();
      full.end();
    } catch (IOException e) {
      channel.closeAfter(e);
      full.fail(FileErrors.reading(name, positionBytes, e));
    } catch (Throwable e) {
      channel.closeAfter(e);
      full.fail(e);
    }
  }

  private static int readSome(FileChannel open, ByteBuffer buffer, long leftBytes) throws IOException {
    buffer.clear();
    if (leftBytes < buffer.capacity()) buffer.limit((int) leftBytes);
    for (; ; ) {
      int read = open.read(buffer);
      if (read != 0) return read;
      BlockingChannel.rest();
    }
  }

  /// Goes to the first byte: by a seek where the file has one, else by reading. Returns where it is then.
  private long skip(FileChannel open) throws IOException, InterruptedException {
    if (startBytes == 0) return 0;
    try {
      open.position(startBytes);
      return startBytes;
    } catch (IOException e) {
      // A pipe.
    }
    var buffer = requireNonNull(empty.poll(), "all are empty at the start");
    long left = startBytes;
    while (left > 0) {
      int read = readSome(open, buffer, left);
      if (read < 0) break;
      left -= read;
    }
    empty.offer(buffer);
    return startBytes - left;
  }

  // The strand.

  @Override
  public Progress poll() throws Exception {
    if (ready != null) return Progress.READY;
    if (lent != null) empty.offer(lent);
    lent = null;
    ready = full.poll();
    waiting = false;
    if (ready != null) return Progress.READY;
    return switch (full.phase()) {
      case OPEN -> {
        waiting = true;
        yield Progress.WAITING;
      }
      case ENDED -> Progress.DONE;
      case FAILED -> throw FileErrors.thrown(full.reason());
      case CANCELLED -> throw new IllegalStateException("poll() after abort()");
    };
  }

  @Override
  public ByteBuffer next() {
    var next = requireNonNull(ready, "READY comes first");
    lent = next;
    ready = null;
    return next;
  }

  @Override
  public void abort(Throwable cause) {
    full.cancel(cause);
    empty.cancel(cause);
    channel.stop();
  }

  @Override
  public void close() {
    // Also for a run that ended early and took what it needed.
    channel.stop();
    if (full.phase() == Handover.Phase.ENDED) rest();
    empty.cancel(new IllegalStateException("closed"));
    full.cancel(new IllegalStateException("closed"));
  }

  /// Gives the buffers back; only when the thread has ended, which might fill one otherwise.
  private void rest() {
    if (lent != null) ChunkBuffers.giveBack(lent);
    lent = null;
    for (ByteBuffer buffer; (buffer = empty.poll()) != null; ) ChunkBuffers.giveBack(buffer);
  }

  @Override
  public @Nullable String waitsFor() {
    if (!waiting) return null;
    return opened ? "the writer of " + name : name + " to open";
  }
}
