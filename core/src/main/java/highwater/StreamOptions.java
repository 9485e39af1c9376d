package highwater;

import java.util.function.Consumer;
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
    return with(draft -> draft.readableMark = mark);
  }

  /// The same with this mark on the writable side.
  public StreamOptions withWritableMark(long mark) {
    return with(draft -> draft.writableMark = mark);
  }

  /// The same with objects on the readable side and its default mark; for a stage such as bytes to lines.
  public StreamOptions withReadableObjects() {
    return with(
        draft -> {
          draft.readableObjects = true;
          draft.readableMark = OBJECT_MARK;
        });
  }

  /// The same with objects on the writable side and its default mark; for a stage such as rows to bytes.
  public StreamOptions withWritableObjects() {
    return with(
        draft -> {
          draft.writableObjects = true;
          draft.writableMark = OBJECT_MARK;
        });
  }

  /// The same with objects weighed by `sizer`, 1 or more each, and marks in its unit.
  @SuppressWarnings("unchecked") // The stream is given no other objects than those its user gave the sizer for.
  public <T> StreamOptions withSizer(ToLongFunction<? super T> sizer, long mark) {
    return withMark(mark).with(draft -> draft.sizer = (ToLongFunction<Object>) sizer);
  }

  /// The same with or without a `close` event.
  public StreamOptions withEmitClose(boolean emitClose) {
    return with(draft -> draft.emitClose = emitClose);
  }

  /// The same with or without self-destruction.
  public StreamOptions withAutoDestroy(boolean autoDestroy) {
    return with(draft -> draft.autoDestroy = autoDestroy);
  }

  /// The same with or without a duplex that stays half open.
  public StreamOptions withAllowHalfOpen(boolean allowHalfOpen) {
    return with(draft -> draft.allowHalfOpen = allowHalfOpen);
  }

  /// The same under a name for messages.
  public StreamOptions named(String name) {
    return with(draft -> draft.name = name);
  }

  /// What an object counts in its stream's length.
  long weigh(Object chunk) {
    return sizer == null ? 1 : Math.max(1, sizer.applyAsLong(chunk));
  }

  private StreamOptions with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /// The same options, open to one change.
  private static final class Draft {
    private boolean readableObjects;
    private boolean writableObjects;
    private long readableMark;
    private long writableMark;
    private @Nullable ToLongFunction<Object> sizer;
    private boolean emitClose;
    private boolean autoDestroy;
    private boolean allowHalfOpen;
    private @Nullable String name;

    Draft(StreamOptions from) {
      readableObjects = from.readableObjects;
      writableObjects = from.writableObjects;
      readableMark = from.readableMark;
      writableMark = from.writableMark;
      sizer = from.sizer;
      emitClose = from.emitClose;
      autoDestroy = from.autoDestroy;
      allowHalfOpen = from.allowHalfOpen;
      name = from.name;
    }

    StreamOptions options() {
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
}
