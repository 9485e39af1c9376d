package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.Waiting;
import highwater.memory.ChunkBuffers;
import highwater.strand.Elsewhere;
import highwater.strand.InOrder;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Has the kernel move the bytes of one file into another, a slice at a time, and shows them to the stages between.
///
/// Those only look ([Onlooker]): a worker reads back what was written, slice by slice in order, while the kernel moves the next
/// one. So they see the very bytes of the target, whoever writes the source meanwhile; at most [#AHEAD_MAX] slices are written
/// and not seen, in the file and not in the process.
///
/// ```
/// strand   moveSlice ─ moveSlice ──────────── takeSeen, moveSlice ─ …       AHEAD_MAX on their way: the turn ends
/// worker             └ read back, look, … ──┘ └ read back, look, …
/// ```
///
/// Thread rule: the strand, but for [#run], [#show], [#accept] and what is said to be theirs.
final class KernelCopy
    implements Waiting, InOrder.Work<KernelCopy.Slice, KernelCopy.Slice>, Consumer<KernelCopy.Slice> {
  /// What the kernel copies in one turn; about 4 ms, the longest that a cancel waits.
  static final long SLICE_BYTES = 8 << 20;

  /// One in work, and one that is ready when it has ended.
  private static final int AHEAD_MAX = 2;

  private final KernelSource source;
  private final KernelSink sink;
  private final List<Onlooker> onlookers;
  private final Runnable wake;

  /// How long each of them worked on the worker.
  private final List<Elsewhere> works = new ArrayList<>();

  private @Nullable InOrder<Slice, Slice> order;

  /// What is read back into; the worker's while slices are on their way.
  private @Nullable ByteBuffer buffer;

  private int bufferBytes;

  /// The slices that were given to the worker and have not come back, whether seen, dropped or failed; zero once nothing works
  /// on them.
  private final AtomicInteger onTheirWay = new AtomicInteger();

  /// Nobody wants more looks.
  private volatile boolean stopped;

  /// What the worker has shown to all of them, and the stage at work: one of theirs, or the target while it is read.
  private volatile long seenBytes;

  private volatile int stage;

  private KernelCopy(KernelSource source, KernelSink sink, List<Onlooker> onlookers, Runnable wake) {
    this.source = source;
    this.sink = sink;
    this.onlookers = onlookers;
    this.wake = wake;
  }

  /// What was written and is to be seen.
  record Slice(FileChannel channel, long from, long bytes) {}

  /// What an onlooker does on the worker.
  private record Worked(Elsewhere work) implements WorksElsewhere {
    @Override
    public long workedNanos(long now) {
      return work.workedNanos(now);
    }
  }

  /// One for these open parts of a run, or null where they must move the bytes themselves; `wake` queues a turn.
  static @Nullable KernelCopy of(List<Part> parts, Runnable wake) {
    if (!(parts.getFirst() instanceof KernelSource source) || !(parts.getLast() instanceof KernelSink sink))
      return null;
    var onlookers = new ArrayList<Onlooker>();
    for (var part : parts.subList(1, parts.size() - 1)) {
      if (!(part instanceof Onlooker onlooker)) return null;
      onlookers.add(onlooker);
    }
    return new KernelCopy(source, sink, onlookers, wake);
  }

  /// Whether there is something to gain: with a slice or less nothing would happen beside it. Reads back at most
  /// `chunkBytesMax` at a time, and tells `account` who works elsewhere.
  boolean begin(Strand strand, long chunkBytesMax, Account account) throws IOException {
    if (onlookers.isEmpty()) return true;
    if (!sink.isReadable() || source.leftBytes() <= SLICE_BYTES) return false;
    bufferBytes = Math.clamp(chunkBytesMax, 1, ChunkBuffers.DEFAULT_BYTES);
    for (int i = 0; i < onlookers.size(); i++) {
      var work = Elsewhere.of(strand, 1);
      works.add(work);
      account.worksElsewhere(i + 1, new Worked(work));
    }
    // No lambdas: linking the first of a process takes longer than copying a slice.
    order = new InOrder<>(1, this, this, wake);
    return true;
  }

  /// Moves one slice and tells its bytes; 0 at the end, or where the kernel declines.
  long moveSlice() throws IOException {
    var channel = sink.transferTarget();
    return channel == null ? 0 : source.transferTo(channel, SLICE_BYTES);
  }

  /// The slice that was moved is the target's, and is looked at.
  void moved(long bytes) throws IOException {
    sink.transferred(bytes);
    var channel = sink.transferTarget();
    if (order == null || channel == null) return;
    if (buffer == null) buffer = ChunkBuffers.take(bufferBytes);
    onTheirWay.incrementAndGet();
    order.submit(new Slice(channel, channel.position() - bytes, bytes));
  }

  /// Whether no slice may be moved before one was seen.
  boolean isFarAhead() {
    return onTheirWay.get() >= AHEAD_MAX;
  }

  /// Whether slices are on their way to who looks at them, or one is looked at.
  boolean isLooking() {
    return onTheirWay.get() > 0;
  }

  /// Takes back a slice that was seen, and tells its bytes; 0 where there is none, and a wake will come. Throws what
  /// the look failed with, of [#stage].
  long takeSeen() throws Exception {
    var slice = order == null ? null : order.take();
    if (slice == null) return 0;
    onTheirWay.decrementAndGet();
    return slice.bytes;
  }

  /// The stage that looks, or the target where it is read; of whom a failed look was.
  int stage() {
    return stage;
  }

  /// The bytes that all have seen.
  long seenBytes() {
    return seenBytes;
  }

  /// Whether it shows slices to `part`, on the worker.
  boolean isShownTo(Part part) {
    return isLooking() && part instanceof Onlooker;
  }

  @Override
  public String waitsFor() {
    return "its worker";
  }

  @Override
  public Cause waitCause() {
    return Cause.WORK;
  }

  /// Ends the looks: none begins, and one that goes on ends with its chunk, and a wake.
  void stop() {
    stopped = true;
    if (order != null) order.close();
  }

  /// Releases everything. What a look that was left behind still uses is dropped.
  void close() {
    stop();
    if (buffer != null && !isLooking()) ChunkBuffers.giveBack(buffer);
    buffer = null;
  }

  /// Takes back a slice that was dropped, on whichever thread.
  @Override
  public void accept(Slice dropped) {
    if (onTheirWay.decrementAndGet() == 0) wake.run();
  }

  // The worker.

  /// Has a slice looked at.
  @Override
  public Slice run(Slice slice) throws Exception {
    var chunk = buffer;
    if (chunk == null) return slice;
    long end = slice.from + slice.bytes;
    for (long at = slice.from; at < end && !stopped; at += chunk.limit()) show(slice, at, end, chunk);
    return slice;
  }

  /// Shows one chunk to all. The first one's time is that of reading it too, without which it would have nothing to look at.
  private void show(Slice slice, long from, long end, ByteBuffer chunk) throws Exception {
    for (int i = 0; i < works.size(); i++) {
      var work = works.get(i);
      work.begins();
      try {
        if (i == 0) readBack(slice, from, end, chunk);
        stage = i + 1;
        onlookers.get(i).look(chunk.position(0));
      } finally {
        work.ends();
      }
    }
    long seen = seenBytes;
    seenBytes = seen + chunk.limit();
  }

  private void readBack(Slice slice, long from, long end, ByteBuffer chunk) throws IOException {
    stage = works.size() + 1;
    chunk.clear().limit((int) Math.min(chunk.capacity(), end - from));
    int bytes = slice.channel.read(chunk, from);
    if (bytes <= 0) {
      throw new IOException(
          "what was written up to byte "
              + end
              + " is gone from byte "
              + from
              + " on (expected: a file that nobody else writes; run again)");
    }
    chunk.flip();
  }
}
