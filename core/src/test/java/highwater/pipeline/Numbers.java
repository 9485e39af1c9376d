package highwater.pipeline;

import highwater.StreamOptions;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An origin of objects that counts what is taken of it and how its parts end; given one by one, or many at once.
final class Numbers<T> implements PullOrigin<T> {
  private final Iterable<T> values;
  private final boolean many;
  private final int waitEvery;
  final AtomicInteger given = new AtomicInteger();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger committed = new AtomicInteger();
  final AtomicInteger aborted = new AtomicInteger();

  /// `many`: as a [BulkPull]. Every `waitEvery` polls (0: never) it says WAITING first, and wakes itself.
  Numbers(Iterable<T> values, boolean many, int waitEvery) {
    this.values = values;
    this.many = many;
    this.waitEvery = waitEvery;
  }

  static <T> Numbers<T> of(Iterable<T> values) {
    return new Numbers<>(values, true, 0);
  }

  /// 0, 1, 2, … without an end.
  static Numbers<Integer> endless() {
    return of(() -> java.util.stream.IntStream.iterate(0, i -> i + 1).iterator());
  }

  static Upstream<Integer> from(Integer... values) {
    return Pipeline.from(of(List.of(values)));
  }

  boolean allIsClosed() {
    return opened.get() == closed.get();
  }

  @Override
  public String name() {
    return "numbers";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.unknown("objects of a test");
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Pull<T> pull() {
    return many ? new Many() : new OneByOne();
  }

  private class OneByOne implements Pull<T> {
    final Iterator<T> left = values.iterator();
    private @Nullable PartContext context;
    private int polls;

    @Override
    public void open(PartContext context) {
      this.context = context;
      opened.incrementAndGet();
    }

    @Override
    public Progress poll() {
      if (waitEvery > 0 && ++polls % waitEvery == 0) {
        Objects.requireNonNull(context).wake();
        return Progress.WAITING;
      }
      return left.hasNext() ? Progress.READY : Progress.DONE;
    }

    @Override
    public T next() {
      given.incrementAndGet();
      return left.next();
    }

    @Override
    public void commit() {
      committed.incrementAndGet();
    }

    @Override
    public void abort(Throwable cause) {
      aborted.incrementAndGet();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private final class Many extends OneByOne implements BulkPull<T> {
    @Override
    public void giveTo(Taker<? super T> taker) throws Exception {
      while (left.hasNext()) if (!taker.take(next())) return;
    }
  }
}
