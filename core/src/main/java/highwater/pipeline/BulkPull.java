package highwater.pipeline;

/// A [Pull] of objects that can give many of them in one call, so that what a call costs is paid once for many.
///
/// Optional, and only about speed: where the part behind it is made of synchronous operators or ends in a value, a run
/// calls [#giveTo] instead of [#next].
public interface BulkPull<T> extends Pull<T> {
  /// Takes objects one after another.
  @FunctionalInterface
  interface Taker<T> {
    /// Takes one object and tells whether the next may follow at once. The object is lent until the next one is given,
    /// after false until the next `poll`.
    boolean take(T chunk) throws Exception;
  }

  /// Gives at least one object to `taker`, and more while it answers true and the next is there without waiting.
  ///
  /// Called when READY, as `next` is, and followed by `poll`. What `taker` throws must pass through as it is. There is
  /// no need to count: the taker answers false in time for a cancel to be seen.
  void giveTo(Taker<? super T> taker) throws Exception;
}
