package highwater.blocking;

import highwater.Diagnosis.Cause;
import java.nio.ByteBuffer;

/// What a [BlockingPut] writes: one thread of its own makes all calls but [#stop], and each may wait.
///
/// ```
/// open() ─▶ write() … ─▶ finish() ─▶ commit() ─▶ close()     stop(cause) at any moment, from any thread: the call under
///    └─────────┴────────────┴── throws or is stopped ─▶ close()      way and those that follow return or throw soon
/// ```
/// Without a `commit` that returned, what was written must not look whole afterwards: `close` undoes it. What it throws fails
/// the run as it is, so a message says where it happened and what to do.
public interface BlockingSink {
  /// Connects, opens, starts.
  default void open() throws Exception {}

  /// Writes all of `chunk`, which has at least one byte; it is the caller's again afterwards.
  void write(ByteBuffer chunk) throws Exception;

  /// All was written: waits until the other side has it, as far as that can be had without making it final.
  default void finish() throws Exception {}

  /// Makes it final; only after `finish`, when every part of the run has succeeded.
  default void commit() throws Exception {}

  /// Makes the call under way and those that follow return or throw soon, also where `open` was not called yet or `close`
  /// was. Any thread; returns at once; may come twice.
  void stop(Throwable cause);

  /// Releases everything, and undoes what was not committed; once and last, also where `open` threw. The run ends only
  /// after it.
  default void close() throws Exception {}

  /// Whether it wants buffers with an array behind them, for calls that take nothing else.
  default boolean writesFromArrays() {
    return false;
  }

  /// What the writer waits for now, such as `the reader of fifo`. Any thread.
  String waitsFor();

  /// Of which kind that is: the other side's silence, unless it says something else. Any thread.
  default Cause waitCause() {
    return Cause.PEER;
  }
}
