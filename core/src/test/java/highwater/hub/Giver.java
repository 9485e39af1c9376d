package highwater.hub;

import highwater.memory.Budget;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Target;
import highwater.strand.HandTurned;
import highwater.strand.Strand;

/// The source's run, turned by hand: it gives a chunk when a test says so, as far as the target is HUNGRY.
class Giver<T> implements PartContext, AutoCloseable {
  final HandTurned hand = new HandTurned();
  final Put<T> part;

  /// How often it was woken.
  int wakes;

  private boolean closed;

  Giver(Target<T> target) {
    part = ((PullTarget<T>) target).put();
  }

  private interface Body {
    void run() throws Exception;
  }

  private void turn(Body body) {
    hand.turn(
        () -> {
          try {
            body.run();
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        });
  }

  Giver<T> opened() {
    turn(() -> part.open(this));
    return this;
  }

  Progress poll() {
    var progress = new Progress[1];
    turn(() -> progress[0] = part.poll());
    return progress[0];
  }

  /// Offers `chunk` and says whether the next is wanted: HUNGRY.
  Progress give(T chunk) {
    turn(() -> part.offer(chunk));
    return poll();
  }

  void finish() {
    turn(part::finish);
  }

  boolean commit() {
    turn(part::commit);
    return settled();
  }

  boolean settled() {
    var settled = new boolean[1];
    turn(() -> settled[0] = part.settled());
    return settled[0];
  }

  void abort(Throwable cause) {
    turn(() -> part.abort(cause));
  }

  void end() {
    if (closed) return;
    closed = true;
    turn(part::close);
  }

  @Override
  public void close() {
    end();
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
