package highwater.hub;

import highwater.Diagnosis.Cause;
import highwater.ErrorCode;
import highwater.StreamException;
import highwater.StreamOptions;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import org.jspecify.annotations.Nullable;

/// One consumer of a [Broadcast], a [Share] or an [Inlet]: the origin of one pipeline, or a live stream by [#open()].
///
/// It serves one run, which may be on any strand; a second is refused where it begins. Buffers are given as duplicates
/// over bytes that all consumers share, so their content must not be changed. When the run ends early or fails, the
/// consumer has left, and the others go on.
public final class Branch<T> implements PullOrigin<T> {
  private final String name;
  private final String hub;
  private final Cargo<T> cargo;
  private final Ring<T> ring;
  private final Ring<T>.Cursor cursor;
  private final long ownBytes;

  /// Called on the consumer's strand when it has joined: where a source begins that waits for its first consumer.
  private final Runnable onJoin;

  /// `ownBytes` is what this consumer's own run accounts for.
  Branch(String name, String hub, Cargo<T> cargo, Ring<T> ring, Ring<T>.Cursor cursor, long ownBytes, Runnable onJoin) {
    this.name = name;
    this.hub = hub;
    this.cargo = cargo;
    this.ring = ring;
    this.cursor = cursor;
    this.ownBytes = ownBytes;
    this.onJoin = onJoin;
  }

  /// A consumer of `hub`, whose own run accounts for what it lags, unless it holds the source.
  static <T> Branch<T> of(String name, String hub, Cargo<T> cargo, Ring<T> ring, Pace pace, Runnable onJoin) {
    var cursor = ring.cursor(name, pace);
    long least = ring.options().chunkMaxBytes();
    if (cursor.limitBytes() < least) {
      throw new IllegalArgumentException(
          pace
              + " of "
              + name
              + ": expected at least the largest chunk of "
              + hub
              + ", "
              + ByteSizes.inWords(least)
              + ": let it lag more, or declare smaller chunks with HubOptions.chunkAtMost");
    }
    return new Branch<>(name, hub, cargo, ring, cursor, cursor.holdsSource() ? 0 : cursor.limitBytes(), onJoin);
  }

  @Override
  public String name() {
    return name;
  }

  /// What it does when it is slow.
  public Pace pace() {
    return cursor.pace();
  }

  /// What became of its chunks so far; from any thread.
  public Tally tally() {
    return cursor.tally();
  }

  /// The bytes it was given and has not let go of; from any thread.
  public long lagBytes() {
    return cursor.lagBytes();
  }

  @Override
  public String advice() {
    return "the source of the hub, or its slowest consumer, sets the pace";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    long chunkMaxBytes = ring.options().chunkMaxBytes();
    return ownBytes == 0
        ? Footprint.of("chunks that " + hub + " holds", chunkMaxBytes)
        : Footprint.of("lags at most " + ByteSizes.inWords(ownBytes), chunkMaxBytes, Term.of("branch", 1, ownBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return cargo.streamOptions();
  }

  @Override
  public Pull<T> pull() {
    return new Taking();
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Taking implements Pull<T>, WorksElsewhere.Counted {
    private volatile @Nullable Elsewhere elsewhere;
    private boolean opened;
    private boolean waiting;

    @Override
    public void open(PartContext context) {
      var work = Elsewhere.of(context.strand(), 1);
      elsewhere = work;
      cursor.open(context::wake, work);
      opened = true;
      onJoin.run();
    }

    @Override
    public Progress poll() throws Exception {
      var progress = cursor.poll();
      waiting = progress == Progress.WAITING;
      return progress;
    }

    @Override
    public T next() {
      return cargo.view(cursor.take());
    }

    @Override
    public void abort(Throwable cause) {
      leave(cause);
    }

    @Override
    public void close() {
      leave(null);
    }

    /// A part that was refused because another has the run must not take that one's consumer along.
    private void leave(@Nullable Throwable cause) {
      if (opened) cursor.leave(cause);
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return elsewhere;
    }

    @Override
    public long held() {
      return -1;
    }

    @Override
    public @Nullable String waitsFor() {
      return waiting ? hub : null;
    }

    @Override
    public Cause waitCause() {
      return Cause.STARVED;
    }
  }

  /// The error of a call that comes when `hub` takes nothing any more.
  static StreamException closed(String hub, Ring.Phase phase, @Nullable Throwable reason) {
    return switch (phase) {
      case OPEN -> throw new AssertionError(hub + " is open");
      case ENDED ->
          new StreamException(ErrorCode.ERR_STREAM_WRITE_AFTER_END, "put to " + hub + " after end(): put before end()");
      case FAILED ->
          new StreamException(
              ErrorCode.ERR_STREAM_DESTROYED, "put to " + hub + ", which has failed: " + reason, reason);
      case ABANDONED ->
          new StreamException(
              ErrorCode.ERR_STREAM_DESTROYED,
              "put to " + hub + ", whose consumer has left: stop when offer says CLOSED (" + reason + ")",
              reason);
    };
  }
}
