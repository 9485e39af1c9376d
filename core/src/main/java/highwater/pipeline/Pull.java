package highwater.pipeline;

/// The live beginning of a run: gives chunks when asked.
///
/// It is never HUNGRY. A chunk from `next` is lent: it stays as it is until the next call of `poll`, so a part may
/// reuse one buffer. (What must live longer is copied by whoever keeps it.) Bytes are `ByteBuffer`s whose position and
/// limit the receiver may move.
public interface Pull<T> extends Part {
  /// Takes the chunk that READY announced.
  T next();
}
