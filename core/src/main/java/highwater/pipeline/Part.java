package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// A live piece of one run of a pipeline: a [Pull], a [Step] or a [Put].
///
/// The run drives it on one strand, never concurrently:
///
/// ```
/// open() ─▶ poll() ─┬─ HUNGRY ─▶ offer(chunk) or finish() ─▶ poll() …
///                   ├─ READY ──▶ next() ─▶ poll() …
///                   ├─ WAITING ▶ (wake) ─▶ poll() …
///                   └─ DONE ───▶ commit() ─▶ close()          any failure or cancel: abort(cause) ─▶ close()
/// ```
///
/// A method that throws fails the run with that exception. A file operation is made inline; anything that may wait
/// longer (a pipe, a worker, a timer) is begun, answered with WAITING, and ends with a wake.
public interface Part {
  /// Takes what the part needs from the world (opens its file, starts its thread). Called once, first.
  default void open(PartContext context) throws Exception {}

  /// Makes what progress it can without waiting and says what it can do next.
  Progress poll() throws Exception;

  /// Makes the result final (renames the file); called once, only after every part of the run is DONE.
  default void commit() throws Exception {}

  /// Stops and undoes: deletes what is half-written, unblocks a waiting call. Returns at once; called at most once,
  /// from the strand, instead of `commit` (or after a `commit` that threw), also where `open` threw. `cause` is what
  /// ended the run.
  default void abort(Throwable cause) {}

  /// Releases everything; called once and last, after `commit` or `abort`, even where `open` threw. After neither of
  /// the two where the part was no longer needed: one behind it was DONE early, and what it made has no result.
  default void close() throws Exception {}

  /// For progress and reports: what it waits for now, such as `the reader of stdout`, or null when it does not wait.
  default @Nullable String waitsFor() {
    return null;
  }
}
