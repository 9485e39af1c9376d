package highwater;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The messages of what Highwater finds wrong: what happened, what was expected, what to do.
final class Failures {
  private Failures() {}

  static StreamException multipleCallback(String name, String call) {
    return new StreamException(
        ErrorCode.ERR_MULTIPLE_CALLBACK,
        "a second acknowledgement of one " + call + " of " + name + ": call done.ok() or done.fail() once");
  }

  static StreamException prematureClose(String name) {
    return new StreamException(
        ErrorCode.ERR_STREAM_PREMATURE_CLOSE,
        name + " closed before it was over: somebody destroyed it without an error, or its other end went away");
  }

  static StreamException aborted(String name) {
    return new StreamException(ErrorCode.ABORT_ERR, name + " was stopped before it was over");
  }

  static StreamException cancelled(String name, Throwable reason) {
    return new StreamException(ErrorCode.ABORT_ERR, name + " was cancelled: " + inWords(reason), reason);
  }

  private static String inWords(Throwable reason) {
    var message = reason.getMessage();
    return message == null || message.isBlank() ? reason.getClass().getSimpleName() : message;
  }

  /// The same, because of `cause` where there was one.
  static StreamException aborted(String name, @Nullable Throwable cause) {
    return new StreamException(ErrorCode.ABORT_ERR, name + " was stopped before it was over", cause);
  }

  /// What a user's function gave instead of `expected`.
  static StreamException nullResult(String call, String expected) {
    return new StreamException(
        ErrorCode.ERR_STREAM_NULL_VALUES,
        "the function given to " + call + " returned null (expected: " + expected + ")");
  }

  /// The error that an asynchronous call failed with: without the wrapper that a dependent stage adds.
  static Throwable unwrapped(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : null;
    return cause == null ? error : cause;
  }

  static StreamException wrongChunk(String name, Object chunk) {
    return new StreamException(
        ErrorCode.ERR_INVALID_ARG_TYPE,
        "a chunk of "
            + chunk.getClass().getName()
            + " for "
            + name
            + ", a stream of bytes (expected: ByteBuffer; or make the stream with StreamOptions.objects())");
  }

  static StreamException nullChunk(String name) {
    return new StreamException(
        ErrorCode.ERR_STREAM_NULL_VALUES, "a null chunk for " + name + " (expected: a chunk; end() ends the stream)");
  }
}
