package highwater.interop;

import highwater.pipeline.CancelledException;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.io.InterruptedIOException;

/// What a run threw, in the words of `java.io`.
final class RunFailure {
  private RunFailure() {}

  /// An `IOException` around `failure`; misuse travels as it is.
  static IOException asIOException(RuntimeException failure) {
    if (failure instanceof CancelledException && Thread.currentThread().isInterrupted()) {
      var interrupted = new InterruptedIOException(failure.getMessage());
      interrupted.initCause(failure);
      return interrupted;
    }
    if (failure instanceof PipelineException || failure instanceof CancelledException) {
      return new IOException(failure.getMessage(), failure);
    }
    throw failure;
  }
}
