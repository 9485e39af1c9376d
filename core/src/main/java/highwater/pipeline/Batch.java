package highwater.pipeline;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// When a batch is given on: the limits of [Stage#batch(Batch)], of which the first that is reached counts.
///
/// @param count the most objects in one, 1 or more
/// @param weigher weighs an object, or null where weight does not count
/// @param weight the most that the objects of one weigh together, 1 or more, in the weigher's unit; a single object
///     that weighs more makes a batch of its own
/// @param within how long the first object of one waits for the others, or null for as long as it takes
public record Batch<T>(int count, @Nullable ToLongFunction<? super T> weigher, long weight, @Nullable Duration within) {
  /// Checks the limits.
  public Batch {
    if (count < 1) throw new IllegalArgumentException("batch: " + count + " (expected: 1 or more objects)");
    if (weight < 1) throw new IllegalArgumentException("batch: weight " + weight + " (expected: 1 or more)");
    if (within != null && (within.isNegative() || within.isZero())) {
      throw new IllegalArgumentException("batch: within " + within + " (expected: more than no time)");
    }
  }

  /// Batches of at most `count` objects. There is no batch without such a limit, as nothing else bounds what it holds.
  public static <T> Batch<T> of(int count) {
    return new Batch<>(count, null, Long.MAX_VALUE, null);
  }

  /// The same, weighing at most `weight` together as `weigher` tells, which is called on the run's strand.
  public Batch<T> weighing(long weight, ToLongFunction<? super T> weigher) {
    return new Batch<>(count, weigher, weight, within);
  }

  /// The same, of at most `bytes` bytes; for chunks that are `ByteBuffer`s.
  public Batch<T> bytes(long bytes) {
    return weighing(bytes, Batch::bytesOf);
  }

  private static long bytesOf(Object chunk) {
    if (chunk instanceof ByteBuffer buffer) return buffer.remaining();
    throw new IllegalArgumentException(
        "a batch in bytes was given a " + chunk.getClass().getSimpleName() + ": weigh objects with weighing(…)");
  }

  /// The same, given on `time` after its first object came at the latest, however small.
  public Batch<T> within(Duration time) {
    return new Batch<>(count, weigher, weight, time);
  }
}
