package highwater;

import highwater.Diagnosis.Cause;
import org.jspecify.annotations.Nullable;

/// Something that can wait, and can say for what: a part of a run, an implementer of a stream.
///
/// A [Source] or a [Sink] that implements it is asked by the stall doctor; one that does not is only known to owe an answer.
/// Thread rule: the strand of the stream or run.
public interface Waiting {
  /// For progress, reports and diagnoses: what it waits for now, such as `the reader of stdout`, or null when it does not wait.
  default @Nullable String waitsFor() {
    return null;
  }

  /// Of which kind is what [#waitsFor()] names; means nothing where that is null.
  default Cause waitCause() {
    return Cause.UNKNOWN;
  }
}
