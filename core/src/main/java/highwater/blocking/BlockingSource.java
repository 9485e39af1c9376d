package highwater.blocking;

import highwater.Diagnosis.Cause;
import java.nio.ByteBuffer;

/// What a [BlockingPull] reads: one thread of its own makes all calls but [#stop], and each may wait.
///
/// ```
/// open() ─▶ read() … ─▶ read() is -1 ─▶ close()        stop(cause) at any moment, from any thread: the call under way and
///    └──────────┴── throws ──────────────▶ close()      those that follow return or throw soon
/// ```
/// What it throws fails the run as it is, so a message says where it happened and what to do.
public interface BlockingSource {
  /// Connects, opens, starts.
  default void open() throws Exception {}

  /// Reads at least one byte into `buffer`, which has room for at least one, and returns how many; or -1.
  ///
  /// -1 says that everything was read and that it is whole: the place to look at an exit code, a length, a checksum.
  int read(ByteBuffer buffer) throws Exception;

  /// Makes the call under way and those that follow return or throw soon, also where `open` was not called yet or `close`
  /// was. Any thread; returns at once; may come twice.
  void stop(Throwable cause);

  /// Releases everything; once and last, also where `open` threw. The run ends only after it.
  default void close() throws Exception {}

  /// Whether it wants buffers with an array behind them, for calls that take nothing else.
  default boolean readsIntoArrays() {
    return false;
  }

  /// What a reader waits for now, such as `the writer of fifo`. Any thread.
  String waitsFor();

  /// Of which kind that is: the other side's silence, unless it says something else. Any thread.
  default Cause waitCause() {
    return Cause.PEER;
  }
}
