package highwater;

import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// How a stream is set up; immutable, each `with` makes another.
///
/// A *mark* advises: the length at which `write` and `push` answer false, in bytes, in chunks (object mode) or in what the
/// sizer weighs. Defaults are Node 26's: 64 KiB, or 16 objects.
///
/// @param readableObjects whether the readable side carries objects instead of `ByteBuffer`s
/// @param writableObjects whether the writable side does
/// @param readableMark the readable side's mark, 0 or more; 0 reads nothing ahead
/// @param writableMark the writable side's mark, 0 or more
/// @param sizer weighs an object, or null for one each
/// @param emitClose whether `close` is emitted
/// @param autoDestroy whether the stream destroys itself when it is over, and on error
/// @param allowHalfOpen whether a duplex stays writable after its readable side has ended
/// @param name what messages call the stream, or null for a name made up
public record StreamOptions(
    boolean readableObjects,
    boolean writableObjects,
    long readableMark,
    long writableMark,
    @Nullable ToLongFunction<Object> sizer,
    boolean emitClose,
    boolean autoDestroy,
    boolean allowHalfOpen,
    @Nullable String name) {
  /// The default mark of a byte stream, in bytes.
  public static final long BYTE_MARK = 64 << 10;

  /// The default mark of an object stream, in objects.
  public static final long OBJECT_MARK = 16;

  private static final StreamOptions BYTES =
      new StreamOptions(false, false, BYTE_MARK, BYTE_MARK, null, true, true, true, null);
  private static final StreamOptions OBJECTS =
      new StreamOptions(true, true, OBJECT_MARK, OBJECT_MARK, null, true, true, true, null);

  /// Checks the marks.
  public StreamOptions {
    if (readableMark < 0 || writableMark < 0) {
      throw new IllegalArgumentException(
          "mark: " + Math.min(readableMark, writableMark) + " (expected: 0 or more bytes, or chunks in object mode)");
    }
  }

  /// A stream of `ByteBuffer`s, with marks of 64 KiB.
  public static StreamOptions bytes() {
    return BYTES;
  }

  /// A stream of objects, with marks of 16.
  public static StreamOptions objects() {
    return OBJECTS;
  }

  /// The same with this mark on both sides.
  public StreamOptions withMark(long mark) {
    return withReadableMark(mark).withWritableMark(mark);
  }

  /// The same with this mark on the readable side.
  public StreamOptions withReadableMark(long mark) {
    return new StreamOptions(
        readableObjects, writableObjects, mark, writableMark, sizer, emitClose, autoDestroy, allowHalfOpen, name);
  }

  /// The same with this mark on the writable side.
  public StreamOptions withWritableMark(long mark) {
    return new StreamOptions(
        readableObjects, writableObjects, readableMark, mark, sizer, emitClose, autoDestroy, allowHalfOpen, name);
  }

  /// The same with objects on the readable side and its default mark; for a stage such as bytes to lines.
  public StreamOptions withReadableObjects() {
    return new StreamOptions(
        true, writableObjects, OBJECT_MARK, writableMark, sizer, emitClose, autoDestroy, allowHalfOpen, name);
  }

  /// The same with objects on the writable side and its default mark; for a stage such as rows to bytes.
  public StreamOptions withWritableObjects() {
    return new StreamOptions(
        readableObjects, true, readableMark, OBJECT_MARK, sizer, emitClose, autoDestroy, allowHalfOpen, name);
  }

  /// The same with objects weighed by `sizer`, 1 or more each, and marks in its unit.
  @SuppressWarnings("unchecked")
  public <T> StreamOptions withSizer(ToLongFunction<? super T> sizer, long mark) {
    return new StreamOptions(
        readableObjects,
        writableObjects,
        mark,
        mark,
        (ToLongFunction<Object>) sizer,
        emitClose,
        autoDestroy,
        allowHalfOpen,
        name);
  }

  /// The same with or without a `close` event.
  public StreamOptions withEmitClose(boolean emitClose) {
    return new StreamOptions(
        readableObjects,
        writableObjects,
        readableMark,
        writableMark,
        sizer,
        emitClose,
        autoDestroy,
        allowHalfOpen,
        name);
  }

  /// The same with or without self-destruction.
  public StreamOptions withAutoDestroy(boolean autoDestroy) {
    return new StreamOptions(
        readableObjects,
        writableObjects,
        readableMark,
        writableMark,
        sizer,
        emitClose,
        autoDestroy,
        allowHalfOpen,
        name);
  }

  /// The same with or without a duplex that stays half open.
  public StreamOptions withAllowHalfOpen(boolean allowHalfOpen) {
    return new StreamOptions(
        readableObjects,
        writableObjects,
        readableMark,
        writableMark,
        sizer,
        emitClose,
        autoDestroy,
        allowHalfOpen,
        name);
  }

  /// The same under a name for messages.
  public StreamOptions named(String name) {
    return new StreamOptions(
        readableObjects,
        writableObjects,
        readableMark,
        writableMark,
        sizer,
        emitClose,
        autoDestroy,
        allowHalfOpen,
        name);
  }
}
