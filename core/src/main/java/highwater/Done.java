package highwater;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The acknowledgement an implementer owes its stream: one call, [#ok()] or [#fail(Throwable)], when the work is over.
///
/// It is a `BiConsumer`, so that an asynchronous call can end with it: `insert(row).whenComplete(done)`. A second call
/// fails the stream with `ERR_MULTIPLE_CALLBACK`. Without a call the stream waits, and its strand with it, for ever if need be. Thread rule: any thread; off the strand the call becomes a turn of it.
public interface Done extends BiConsumer<@Nullable Object, @Nullable Throwable> {
  /// Says that it succeeded.
  void ok();

  /// Says that it failed.
  void fail(Throwable error);

  /// Says how it went: a null `error` is [#ok()]. A `CompletionException` is unwrapped, so that the user's own error travels.
  @Override
  default void accept(@Nullable Object value, @Nullable Throwable error) {
    if (error == null) {
      ok();
    } else {
      fail(Failures.unwrapped(error));
    }
  }
}
