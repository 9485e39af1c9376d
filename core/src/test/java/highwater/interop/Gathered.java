package highwater.interop;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A target that keeps what it is given, and tells whether it was made final or undone; a shut one takes nothing.
public final class Gathered<T> implements PullTarget<T> {
  /// What was given so far.
  public final List<T> chunks = Collections.synchronizedList(new ArrayList<>());

  /// Whether a run has committed.
  public volatile boolean committed;

  /// Why a run was undone.
  public volatile @Nullable Throwable aborted;

  /// The number of the chunk that fails, from 0.
  public volatile int failAt = Integer.MAX_VALUE;

  /// What it fails with.
  public volatile @Nullable Exception failure;

  /// What a commit fails with.
  public volatile @Nullable Exception commitFailure;

  /// Whether it never wants anything.
  public volatile boolean shut;

  @Override
  public String name() {
    return "gathered";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return new Footprint("keeps everything", List.of(), 0, false);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Put<T> put() {
    return new Gathering();
  }

  private final class Gathering implements Put<T> {
    private boolean finished;

    @Override
    public Progress poll() {
      return shut ? Progress.WAITING : finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(T chunk) throws Exception {
      var thrown = failure;
      if (thrown != null && chunks.size() == failAt) throw thrown;
      chunks.add(Bytes.copied(chunk));
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void commit() throws Exception {
      var thrown = commitFailure;
      if (thrown != null) throw thrown;
      committed = true;
    }

    @Override
    public void abort(Throwable cause) {
      aborted = cause;
    }
  }
}
