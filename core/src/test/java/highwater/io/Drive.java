package highwater.io;

import highwater.memory.Budget;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Drives one pull into one put as a run does, and may end it at any step.
final class Drive {
  private final Pull<ByteBuffer> pull;
  private final Put<ByteBuffer> put;
  private Hook hook = _ -> {};
  private int steps;
  private int opened;
  private boolean ending;
  private boolean over;
  private @Nullable Strand strand;
  private @Nullable Exception failure;

  private Drive(Pull<ByteBuffer> pull, Put<ByteBuffer> put) {
    this.pull = pull;
    this.put = put;
  }

  /// Called before each step, numbered from 0; what it throws fails the run there.
  @FunctionalInterface
  interface Hook {
    void before(int step) throws Exception;
  }

  /// Copies all and throws what the run failed with.
  static void copy(PullOrigin<ByteBuffer> origin, PullTarget<ByteBuffer> target) throws Exception {
    of(origin, target).run();
  }

  static Drive of(PullOrigin<ByteBuffer> origin, PullTarget<ByteBuffer> target) {
    return new Drive(origin.pull(), target.put());
  }

  static Drive of(Pull<ByteBuffer> pull, Put<ByteBuffer> put) {
    return new Drive(pull, put);
  }

  Drive hook(Hook hook) {
    this.hook = hook;
    return this;
  }

  /// The steps it took.
  int steps() {
    return steps;
  }

  void run() throws Exception {
    Strand.run(
        () -> {
          strand = Strand.current();
          strand.hold();
          begin();
        });
    if (failure != null) throw failure;
  }

  /// Ends the run from any thread.
  void cancel(Exception cause) {
    var running = strand;
    if (running != null) running.post(() -> end(cause));
  }

  /// A context on the current strand.
  static PartContext context(Runnable pump) {
    return new Context(Strand.current(), pump);
  }

  private void begin() {
    var context = context(this::pump);
    try {
      for (Part part : List.of(put, pull)) {
        hook.before(steps++);
        opened++;
        part.open(context);
      }
    } catch (Exception e) {
      end(e);
    }
    pump();
  }

  private void pump() {
    if (ending) {
      settle();
      return;
    }
    try {
      while (!ending) {
        hook.before(steps++);
        switch (put.poll()) {
          case WAITING -> {
            return;
          }
          case HUNGRY -> {
            if (!feed()) return;
          }
          case DONE -> finish();
          case READY -> throw new AssertionError("a put is never READY");
        }
      }
    } catch (Exception e) {
      end(e);
    }
  }

  private boolean feed() throws Exception {
    hook.before(steps++);
    switch (pull.poll()) {
      case WAITING -> {
        return false;
      }
      case READY -> {
        hook.before(steps++);
        put.offer(pull.next());
      }
      case DONE -> {
        hook.before(steps++);
        put.finish();
      }
      case HUNGRY -> throw new AssertionError("a pull is never HUNGRY");
    }
    return true;
  }

  private void finish() throws Exception {
    hook.before(steps++);
    pull.commit();
    put.commit();
    ending = true;
    settle();
  }

  private void end(Exception cause) {
    if (ending) return;
    ending = true;
    failure = cause;
    if (opened > 1) pull.abort(cause);
    if (opened > 0) put.abort(cause);
    settle();
  }

  private void settle() {
    if (over) return;
    try {
      if (opened > 1 && !pull.settled()) return;
      if (opened > 0 && !put.settled()) return;
    } catch (Exception e) {
      addFailure(e);
    }
    over = true;
    try {
      if (opened > 1) pull.close();
      if (opened > 0) put.close();
    } catch (Exception e) {
      addFailure(e);
    }
    Strand.current().release();
  }

  private void addFailure(Exception e) {
    if (failure == null) failure = e;
    else if (failure != e) failure.addSuppressed(e);
  }

  private record Context(Strand strand, Runnable pump) implements PartContext {
    @Override
    public void wake() {
      strand.post(pump);
    }

    @Override
    public Budget budget() {
      return Budget.unlimited();
    }
  }
}
