package highwater;

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
