package highwater.hub;

import highwater.memory.Budget;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One consumer's run, turned by hand: it takes a chunk only when a test says so.
class Taker<T> implements PartContext, AutoCloseable {
  final HandTurned hand = new HandTurned();
  final Pull<T> part;
  final List<T> got = new ArrayList<>();

  /// How often it was woken.
  int wakes;

  boolean ended;
  private boolean announced;
  private boolean closed;
  @Nullable Throwable failure;

  Taker(PullOrigin<T> origin) {
    part = origin.pull();
  }

  Taker<T> opened() {
    hand.turn(
        () -> {
          try {
            part.open(this);
          } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        });
    return this;
  }

  /// Half of a step: a poll, or the taking of what the last one announced, since others may come between the two.
  Progress halfStep() {
    var progress = new Progress[1];
    hand.turn(() -> progress[0] = announced ? takeAnnounced() : poll(false));
    return progress[0];
  }

  private Progress takeAnnounced() {
    announced = false;
    received(part.next());
    return Progress.READY;
  }

  /// One poll, and what follows from it.
  Progress step() {
    var progress = new Progress[1];
    hand.turn(() -> progress[0] = poll(true));
    return progress[0];
  }

  private Progress poll(boolean takes) {
    try {
      var progress = part.poll();
      switch (progress) {
        case READY -> {
          if (takes) received(part.next());
          else announced = true;
        }
        case DONE -> ended = true;
        case WAITING -> {}
        case HUNGRY -> throw new AssertionError("an origin is never HUNGRY");
      }
      return progress;
    } catch (Throwable thrown) {
      failure = thrown;
      return Progress.DONE;
    }
  }

  void received(T chunk) {
    got.add(chunk);
  }

  /// Takes all there is.
  List<T> takeAll() {
    while (step() == Progress.READY) {}
    return got;
  }

  /// Ends the run with `cause`, or as one that needs no more.
  void leave(@Nullable Throwable cause) {
    if (closed) return;
    closed = true;
    hand.turn(
        () -> {
          if (cause != null) part.abort(cause);
          try {
            part.close();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Override
  public void close() {
    leave(null);
    hand.close();
  }

  @Override
  public Strand strand() {
    return hand.strand();
  }

  @Override
  public void wake() {
    hand.strand().post(() -> wakes++);
  }

  @Override
  public Budget budget() {
    return Budget.unlimited();
  }
}
