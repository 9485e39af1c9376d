package highwater.pipeline;

import highwater.Waiting;
import java.util.concurrent.TimeUnit;

/// A live piece of one run of a pipeline: a [Pull], a [Step] or a [Put].
///
/// The run drives it on one strand, never concurrently:
///
/// ```
/// open() ─▶ poll() ─┬─ HUNGRY ─▶ offer(chunk) or finish() ─▶ poll() …
///                   ├─ READY ──▶ next() ─▶ poll() …
///                   ├─ WAITING ▶ (wake) ─▶ poll() …
///                   └─ DONE ───▶ commit() ─▶ settled() ─▶ close()     any failure or cancel: abort(cause) ─▶ settled() ─▶ close()
/// ```
///
/// A method that throws fails the run with that exception. A file operation is made inline; anything that may wait
/// longer (a pipe, a worker, a timer) is begun, answered with WAITING, and ends with a wake; [#waitsFor()] then says on what.
/// A part that was never opened is told nothing; where somebody waits for it ([Recipe#isAwaited()]) it is opened to be aborted.
public interface Part extends Waiting {
  /// The longest that a run waits for what its parts undo, in nanoseconds: 10 s.
  long UNDO_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// Takes what the part needs from the world (opens its file, starts its thread). Called once, first.
  default void open(PartContext context) throws Exception {}

  /// Makes what progress it can without waiting and says what it can do next.
  Progress poll() throws Exception;

  /// Makes the result final (renames the file), or begins to; called once, only after every part of the run is DONE. The
  /// target's comes last.
  default void commit() throws Exception {}

  /// Stops and undoes, or begins to: deletes what is half-written, unblocks a waiting call. Returns at once; called at most
  /// once, from the strand, instead of `commit` (or after one that threw or has not settled), also where `open` threw.
  /// `cause` is what ended the run; or says that a part behind this one was DONE early, so that what this one makes has no result.
  default void abort(Throwable cause) {}

  /// Whether what `commit` or `abort` began has ended; until then the run waits for a wake and asks again. Throws what it
  /// failed with: that of a commit fails the run, that of an abort is told beside what did. A run waits at most
  /// [#UNDO_NANOS] for what an abort began, then leaves it behind and says so.
  default boolean settled() throws Exception {
    return true;
  }

  /// Releases everything; called once and last, after `commit` or `abort`, even where `open` threw.
  default void close() throws Exception {}
}
