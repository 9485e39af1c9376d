package highwater;

import org.jspecify.annotations.Nullable;

/// Whoever listens to events of a stream: a user's listener, a pipe, a `finished` watch. One object may listen to several.
interface Hook {
  /// Called in an emission; `argument` is the chunk, the error, or the stream piped.
  void on(Event event, @Nullable Object argument);
}
