package highwater.blocking;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads a [BlockingSource] on a thread of its own, two chunks ahead. It is busy while a call of the source goes on.
public final class BlockingPull implements Pull<ByteBuffer>, WorksElsewhere.Counted {
  private final String name;
  private final BlockingSource source;
  private final CallThread kind;
  private final Inbox inbox;
  private final OwnThread thread = new OwnThread();
  private volatile @Nullable Elsewhere elsewhere;
  private boolean waiting;

  /// Makes one that reads `source`, called `name`, in chunks of at most `chunkBytes`.
  public BlockingPull(String name, BlockingSource source, CallThread kind, int chunkBytes) {
    this.name = name;
    this.source = source;
    this.kind = kind;
    inbox = new Inbox(chunkBytes);
  }

  /// The buffers of one run, as the term `label`.
  public static Footprint footprint(String label, int chunkBytes) {
    return Footprint.of(
        ByteSizes.rounded(chunkBytes) + " chunks, two ahead, by a thread of its own",
        chunkBytes,
        term(label, chunkBytes));
  }

  /// The term `label` for the buffers of one run.
  public static Term term(String label, int chunkBytes) {
    return Term.of(label, Inbox.BUFFERS, chunkBytes);
  }

  @Override
  public void open(PartContext context) {
    open(context, Elsewhere.of(context.strand(), 1));
  }

  /// Opens it as the output of several that work together, and counts there.
  void open(PartContext context, Elsewhere elsewhere) {
    this.elsewhere = elsewhere;
    inbox.open(context.strand(), source.readsIntoArrays(), elsewhere, context::wake);
    thread.start(kind, "reader of " + name, new Reading(), this::tell, context::wake);
  }

  private final class Reading implements OwnThread.Body {
    @Override
    public void run() throws Exception {
      var work = requireNonNull(elsewhere);
      work.begins();
      try {
        source.open();
      } finally {
        work.ends();
      }
      for (ByteBuffer buffer; (buffer = inbox.empty()) != null; ) {
        if (read(buffer, work) < 0) {
          inbox.putBack(buffer);
          break;
        }
        if (!inbox.put(buffer.flip())) break;
      }
    }

    private int read(ByteBuffer buffer, Elsewhere work) throws Exception {
      work.begins();
      try {
        return source.read(buffer);
      } finally {
        work.ends();
      }
    }

    @Override
    public void close() throws Exception {
      source.close();
    }
  }

  private void tell(@Nullable Throwable failure) {
    if (failure == null) inbox.end();
    else inbox.fail(failure);
  }

  @Override
  public Progress poll() throws Exception {
    waiting = false;
    if (inbox.advance()) return Progress.READY;
    var failure = inbox.failure();
    if (failure != null) throw OwnThread.thrown(failure);
    if (inbox.isAtEnd()) return Progress.DONE;
    waiting = true;
    return Progress.WAITING;
  }

  @Override
  public ByteBuffer next() {
    return inbox.next();
  }

  @Override
  public void abort(Throwable cause) {
    source.stop(cause);
    inbox.cancel(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return thread.settled();
  }

  @Override
  public void close() {
    // Also for a run that ended early and took what it needed.
    var closed = new IllegalStateException("closed");
    if (!thread.isOver()) source.stop(closed);
    if (thread.isOver()) inbox.rest();
    inbox.cancel(closed);
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? source.waitsFor() : null;
  }

  @Override
  public Cause waitCause() {
    return source.waitCause();
  }
}
