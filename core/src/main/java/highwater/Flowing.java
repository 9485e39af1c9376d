package highwater;

/// How a readable hands out its chunks: Node's `readableFlowing`, whose values are null, false and true.
public enum Flowing {
  /// Nobody has asked yet: the first `data` listener or pipe starts the flow.
  UNDECIDED,
  /// Paused, or read by hand: only `read()` or `resume()` moves chunks.
  PAUSED,
  /// Chunks are emitted as `data` as they come.
  FLOWING
}
