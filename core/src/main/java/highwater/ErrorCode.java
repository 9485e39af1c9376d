package highwater;

/// Names what Highwater finds wrong, in Node's words.
public enum ErrorCode {
  /// A call on a stream that is destroyed.
  ERR_STREAM_DESTROYED,
  /// A write after `end()`.
  ERR_STREAM_WRITE_AFTER_END,
  /// A push after the end was pushed.
  ERR_STREAM_PUSH_AFTER_EOF,
  /// An unshift after `end` was emitted.
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT,
  /// A stream closed before it ended or finished.
  ERR_STREAM_PREMATURE_CLOSE,
  /// `end()` after `finish`.
  ERR_STREAM_ALREADY_FINISHED,
  /// A pipeline onto a stream that is closed already.
  ERR_STREAM_UNABLE_TO_PIPE,
  /// A null chunk.
  ERR_STREAM_NULL_VALUES,
  /// A second acknowledgement of one call.
  ERR_MULTIPLE_CALLBACK,
  /// A hook that must be overridden.
  ERR_METHOD_NOT_IMPLEMENTED,
  /// A chunk of another kind than the stream's.
  ERR_INVALID_ARG_TYPE,
  /// A second consumer of a stream that is taken.
  ERR_INVALID_STATE,
  /// A number outside its range.
  ERR_OUT_OF_RANGE,
  /// A call that Node's rules let pass, refused by the misuse detector ([Misuse]); Node has no such code.
  ERR_MISUSE,
  /// A stream destroyed before it was over, without an error of its own, or cancelled by a [CancelHandle].
  ABORT_ERR
}
