package highwater;

/// Implemented beside [Source], [Sink] or [Transformer] by those that must open something before their first call.
///
/// A stream knows at birth whether it waits for this: until `construct` is acknowledged nothing is read, written or
/// finished, writes are buffered, and `destroy` waits. Source: Node 26, `_construct`.
@FunctionalInterface
public interface Constructing {
  /// Opens; called once, in the tick after the stream was made. A throw is a failure.
  void construct(Done done) throws Exception;
}
