package highwater.jdbc;

import highwater.pipeline.PartContext;
import highwater.strand.Elsewhere;
import org.jspecify.annotations.Nullable;

/// The way of chunks from the strand to the thread that writes them into a database.
interface RowIntake<T> {
  // The strand's.

  void open(PartContext context);

  /// Moves on what can be moved; whether the next chunk may be offered.
  boolean advance() throws Exception;

  void offer(T chunk) throws Exception;

  /// No chunk follows.
  void finish();

  /// Makes the thread's wait end; nothing more is given.
  void cancel(Throwable cause);

  @Nullable Elsewhere elsewhere();

  // The thread's.

  /// Gives all rows to `inserter`, which is open, and has them executed; false where it was cancelled before their end.
  boolean writeTo(Inserter inserter) throws Exception;
}
