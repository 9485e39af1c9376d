package highwater.s3;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.InOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One run of a download: ranges are fetched by several threads and given on in order, the first of them while it fills.
///
/// The first range is asked for alone, since its answer says how long the object is and which version. A buffer goes round:
/// resting, in a range, resting. The first buffer is in the pipeline's minimum; further ones are tried as surplus and given up
/// early when somebody waits for a minimum.
final class DownloadPull implements Pull<ByteBuffer>, WorksElsewhere.Counted {
  private final S3Location location;
  private final int rangeBytes;
  private final int rangesInFlight;
  private final Connection connection;
  private final Download download;
  private final PartBuffers buffers;

  /// Those that run or wait to be given on, in order.
  private final ArrayDeque<DownloadRange> ranges = new ArrayDeque<>();

  private @Nullable PartContext context;
  private @Nullable InOrder<DownloadRange, DownloadRange> order;
  private int made;
  private long asked;
  private boolean waiting;
  private boolean askedAll;

  /// The first range, whose thread has ended, while bytes of it may still be to give.
  private @Nullable DownloadRange ended;

  DownloadPull(S3Origin recipe) {
    location = recipe.location();
    rangeBytes = recipe.partBytes();
    rangesInFlight = recipe.partsInFlight();
    connection = new Connection(recipe.access());
    download = new Download(connection, location, recipe.onLength());
    buffers = new PartBuffers(rangeBytes);
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    order = InOrder.waiting(rangesInFlight, this::fetch, range -> buffers.giveBack(range.buffer()), context::wake);
    connection.watch(context);
    made = 1;
    ask(-1, buffers.make());
  }

  /// On a thread of its own.
  private DownloadRange fetch(DownloadRange range) throws Exception {
    download.fetch(range);
    return range;
  }

  private void ask(int length, NativeBuffer buffer) {
    var range = new DownloadRange(asked, length, buffer, opened()::wake);
    ranges.add(range);
    running().submit(range);
    if (length > 0) asked += length;
  }

  @Override
  public Progress poll() throws Exception {
    waiting = false;
    var version = download.version();
    for (; ; ) {
      if (version != null) askAhead(version.length());
      var first = ranges.peek();
      if (first == null) {
        if (version != null && asked == version.length()) return Progress.DONE;
        throw new IOException("no range of " + location + " is under way");
      }
      if (!first.isGiven() && first.hasBytes()) return Progress.READY;
      if (ended == null) ended = running().take();
      if (ended == null) {
        waiting = true;
        return Progress.WAITING;
      }
      // Its last bytes may have come between the two looks.
      if (!first.isGiven() && first.hasBytes()) return Progress.READY;
      ranges.remove();
      release(ended);
      ended = null;
      version = download.version();
    }
  }

  private void release(DownloadRange range) {
    if (made > 1 && opened().budget().waiting() > 0) {
      range.buffer().free();
      made--;
      opened().budget().giveBack(S3Origin.placeBytes(rangeBytes));
    } else {
      buffers.giveBack(range.buffer());
    }
  }

  private void askAhead(long length) {
    if (asked == 0) asked = Math.min(length, rangeBytes);
    // What is under way at the end is all that can be.
    if (asked == length && !askedAll) {
      askedAll = true;
      running().elsewhere().places(1);
    }
    while (asked < length && running().hasRoom()) {
      var buffer = freshBuffer();
      if (buffer == null) return;
      ask((int) Math.min(rangeBytes, length - asked), buffer);
    }
  }

  private @Nullable NativeBuffer freshBuffer() {
    var buffer = buffers.poll();
    if (buffer != null) return buffer;
    if (made == rangesInFlight || !opened().budget().trySurplus(S3Origin.placeBytes(rangeBytes))) return null;
    made++;
    return buffers.make();
  }

  @Override
  public ByteBuffer next() {
    return requireNonNull(ranges.peek()).next(S3Origin.CHUNK_BYTES);
  }

  @Override
  public void abort(Throwable cause) {
    if (order != null) order.close();
  }

  @Override
  public void close() {
    if (order != null) order.close();
    buffers.close();
    while (made > 1) {
      made--;
      opened().budget().giveBack(S3Origin.placeBytes(rangeBytes));
    }
    connection.close();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return order == null ? null : order.elsewhere();
  }

  @Override
  public long held() {
    return -1;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? "the server of " + location : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }

  private PartContext opened() {
    return requireNonNull(context, "not open");
  }

  private InOrder<DownloadRange, DownloadRange> running() {
    return requireNonNull(order, "not open");
  }
}
