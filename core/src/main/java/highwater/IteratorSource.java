package highwater;

import highwater.strand.Strand;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// A source of what an iterator gives: one `next` for each chunk wanted, none ahead of the mark.
///
/// Source: Node 26, `Readable.from`.
final class IteratorSource<T> implements Source<T> {
  private final Iterator<? extends T> iterator;

  /// Where the iterator comes from, which may hold something too.
  private final Object origin;

  private int given;
  private boolean destroyed;

  IteratorSource(Iterator<? extends T> iterator, Object origin) {
    this.iterator = iterator;
    this.origin = origin;
  }

  @Override
  public void read(Feed<T> feed) {
    if (given < Taking.CHUNKS_PER_TURN) {
      give(feed);
    } else {
      // An endless iterator would never let another turn of the strand run.
      given = 0;
      Strand.current().post(() -> give(feed));
    }
  }

  private void give(Feed<T> feed) {
    if (destroyed) return;
    try {
      do {
        if (!iterator.hasNext()) {
          feed.end();
          return;
        }
        T next = iterator.next();
        if (next == null) {
          feed.fail(Failures.nullChunk("an iterator that gave null"));
          return;
        }
        given++;
        if (!feed.push(next)) return;
      } while (given < Taking.CHUNKS_PER_TURN);
    } catch (Throwable thrown) {
      feed.fail(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) throws Exception {
    destroyed = true;
    try {
      close(iterator);
    } finally {
      if (origin != iterator) close(origin);
    }
    done.ok();
  }

  private static void close(Object held) throws Exception {
    if (held instanceof AutoCloseable closeable) closeable.close();
  }
}
