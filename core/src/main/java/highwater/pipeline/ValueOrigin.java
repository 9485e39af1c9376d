package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.StreamOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// An origin of values that the program has or can make: those of an iterable, a `java.util.stream.Stream`, a future,
/// a timer.
///
/// Made by the factories of [Origin]. What it gives is never null. A `ByteBuffer` is given as a duplicate, so that
/// one recipe can serve several runs; its content must not change while a run is under way. The code behind it is
/// called on the run's strand and must not wait: for that there is `highwater.interop.Generator`. An exception of its
/// fails the run as it is.
public final class ValueOrigin<T> implements PullOrigin<T> {
  /// Makes the part of one run.
  interface Beginning<T> {
    Pull<T> pull(ValueOrigin<T> origin);
  }

  private final String name;
  private final String how;
  private final Beginning<T> beginning;
  private final long chunkMaxBytes;

  /// The length of everything in bytes, where all of it is bytes that are known; else -1.
  private final long knownBytes;

  ValueOrigin(String name, String how, Beginning<T> beginning) {
    this(name, how, beginning, Footprint.UNKNOWN, -1);
  }

  private ValueOrigin(String name, String how, Beginning<T> beginning, long chunkMaxBytes, long knownBytes) {
    this.name = requireNonNull(name, "name");
    this.how = how;
    this.beginning = beginning;
    this.chunkMaxBytes = chunkMaxBytes;
    this.knownBytes = knownBytes;
  }

  /// One that gives `values`, which nobody changes; of bytes if all of them are buffers.
  static <T> ValueOrigin<T> ofValues(T[] values) {
    boolean bytes = values.length > 0;
    long largest = 0;
    long total = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        throw new NullPointerException("value " + i + " is null (expected: values; leave it out, or wrap it)");
      }
      if (values[i] instanceof ByteBuffer buffer) {
        largest = Math.max(largest, buffer.remaining());
        total += buffer.remaining();
        values[i] = lent(values[i]);
      } else {
        bytes = false;
      }
    }
    var list = Arrays.asList(values);
    var how = ByteSizes.grouped(values.length) + (values.length == 1 ? " value" : " values") + " of the caller's";
    Beginning<T> beginning = origin -> new IteratorPull<>(origin, _ -> list.iterator());
    return new ValueOrigin<>("values", how, beginning, bytes ? largest : Footprint.UNKNOWN, bytes ? total : -1);
  }

  /// One that gives no value.
  static <T> ValueOrigin<T> ofNothing(String name, String how, IteratorPull.Values<T> nothing) {
    return new ValueOrigin<>(name, how, origin -> new IteratorPull<>(origin, nothing), 0, 0);
  }

  /// The same under a name for messages and plans.
  public ValueOrigin<T> named(String name) {
    return new ValueOrigin<>(name, how, beginning, chunkMaxBytes, knownBytes);
  }

  /// The same, declaring that no value is larger than `bytes`, so that a pipeline's bound can be known.
  ///
  /// A `ByteBuffer` is held to it: a larger one fails the run, with the figures. Of other objects the caller knows
  /// the size.
  public ValueOrigin<T> chunkAtMost(long bytes) {
    return new ValueOrigin<>(name, how, beginning, Declared.checked(bytes), knownBytes);
  }

  @Override
  public String name() {
    return name;
  }

  /// Nothing is held beside the value that is lent.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (chunkMaxBytes == Footprint.UNKNOWN) return Footprint.unknown(how);
    if (chunkMaxBytes == 0) return Footprint.of(how, 0);
    return Footprint.of(how + ", each of at most " + ByteSizes.inWords(chunkMaxBytes), chunkMaxBytes);
  }

  @Override
  public StreamOptions streamOptions() {
    return knownBytes >= 0 ? StreamOptions.bytes() : StreamOptions.objects();
  }

  @Override
  public OptionalLong lengthBytes() {
    return knownBytes >= 0 ? OptionalLong.of(knownBytes) : OptionalLong.empty();
  }

  @Override
  public Pull<T> pull() {
    return beginning.pull(this);
  }

  /// `value` as it is handed on: never null, no larger than declared, a buffer's position its receiver's own.
  T checked(@Nullable T value, long index) {
    if (value == null) {
      throw new NullPointerException(
          name + ": value " + ByteSizes.grouped(index) + " is null (expected: values; filter before, or wrap it)");
    }
    if (!(value instanceof ByteBuffer buffer)) return value;
    if (chunkMaxBytes != Footprint.UNKNOWN && buffer.remaining() > chunkMaxBytes) {
      throw new IllegalStateException(
          name
              + ": value "
              + ByteSizes.grouped(index)
              + " has "
              + ByteSizes.inWords(buffer.remaining())
              + " (expected: at most "
              + ByteSizes.inWords(chunkMaxBytes)
              + ", as declared; cut it, or declare more with chunkAtMost)");
    }
    return lent(value);
  }

  /// The same, of whatever type.
  @SuppressWarnings("unchecked") // Only objects of it are given.
  Object checkedAny(@Nullable Object value, long index) {
    return ((ValueOrigin<Object>) (ValueOrigin<?>) this).checked(value, index);
  }

  @SuppressWarnings("unchecked") // A duplicate of a ByteBuffer is a ByteBuffer.
  private static <T> T lent(T buffer) {
    var bytes = (ByteBuffer) requireNonNull(buffer);
    return (T) bytes.duplicate().order(bytes.order());
  }

  @Override
  public String toString() {
    return name;
  }
}
