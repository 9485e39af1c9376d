package highwater.pipeline;

import java.util.List;
import java.util.stream.Collectors;

/// One named part of a pipeline's bound: at most `count` places of `bytesEach` bytes together, at least `minimum` of
/// them.
///
/// `4 × (1 MiB + 1 MiB + 1,059)` is `new Term("gzip", 4, 1, List.of(1L << 20, (1L << 20) + 1059))`.
public record Term(String name, int count, int minimum, List<Long> bytesEach) {
  /// Checks that the figures make sense.
  public Term {
    if (minimum < 0 || count < minimum) {
      throw new IllegalArgumentException(name + ": " + count + " places, at least " + minimum);
    }
    bytesEach = List.copyOf(bytesEach);
  }

  /// One kind of place: `count` buffers of `bytes`, all of them needed.
  public static Term of(String name, int count, long bytes) {
    return new Term(name, count, count, List.of(bytes));
  }

  /// The bytes of one place.
  public long placeBytes() {
    long sum = 0;
    for (long bytes : bytesEach) sum = Math.addExact(sum, bytes);
    return sum;
  }

  /// The most bytes held.
  public long maxBytes() {
    return Math.multiplyExact(count, placeBytes());
  }

  /// The bytes without which it cannot run.
  public long minBytes() {
    return Math.multiplyExact(minimum, placeBytes());
  }

  /// The term as plans print it, such as `gzip 4 × (1 MiB + 1 MiB + 1,059)`.
  @Override
  public String toString() {
    var place = bytesEach.stream().map(ByteSizes::exact).collect(Collectors.joining(" + "));
    if (place.contains("+")) place = "(" + place + ")";
    return name + " " + (count == 1 ? "" : ByteSizes.grouped(count) + " × ") + place;
  }
}
