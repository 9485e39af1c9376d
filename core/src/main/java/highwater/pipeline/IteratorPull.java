package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Gives what an iterator gives; one is made for each run, and what it holds is closed at the end of the run.
///
/// It allocates nothing for an object: whether there is one is asked of the iterator each time.
final class IteratorPull<T> implements BulkPull<T> {
  /// Makes the iterator, and first names what is to be closed after it, whatever happens.
  interface Values<T> {
    Iterator<? extends T> begin(Consumer<? super AutoCloseable> closedAtTheEnd) throws Exception;
  }

  private final ValueOrigin<T> origin;
  private final Values<T> values;
  private @Nullable Iterator<? extends T> iterator;
  private @Nullable AutoCloseable closing;
  private long given;

  IteratorPull(ValueOrigin<T> origin, Values<T> values) {
    this.origin = origin;
    this.values = values;
  }

  @Override
  public void open(PartContext context) throws Exception {
    iterator = values.begin(closeable -> closing = closeable);
  }

  @Override
  public Progress poll() {
    return requireNonNull(iterator).hasNext() ? Progress.READY : Progress.DONE;
  }

  @Override
  public T next() {
    return origin.checked(requireNonNull(iterator).next(), given++);
  }

  @Override
  public void giveTo(Taker<? super T> taker) throws Exception {
    var from = requireNonNull(iterator);
    if (taker instanceof Chain chain && chain.hasLoopOver(from.getClass())) {
      given += chain.takeFrom(from, origin, given);
      return;
    }
    long index = given;
    do {
      if (!taker.take(origin.checked(from.next(), index++))) break;
    } while (from.hasNext());
    given = index;
  }

  @Override
  public void close() throws Exception {
    var last = closing;
    closing = null;
    if (last != null) last.close();
  }
}
