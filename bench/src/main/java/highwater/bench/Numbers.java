package highwater.bench;

import java.util.Iterator;
import java.util.NoSuchElementException;

/// Boxed Longs from 0 up to a limit, which is not given.
class Numbers implements Iterator<Long> {
  private final int limit;
  private int next;

  Numbers(int limit) {
    this.limit = limit;
  }

  @Override
  public boolean hasNext() {
    return next < limit;
  }

  @Override
  public Long next() {
    if (next >= limit) throw new NoSuchElementException("all " + limit + " numbers were taken");
    return (long) next++;
  }

  /// What they add up to.
  static long sum(int limit) {
    return (long) limit * (limit - 1) / 2;
  }
}
