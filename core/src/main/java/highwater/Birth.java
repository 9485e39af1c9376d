package highwater;

import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/// What a tracked stream, or a view of a run, leaves behind when it is collected: its name, where it was made, and
/// whether it had closed by then.
///
/// It knows nothing of the stream itself, or that would never be collected. Fields are written on the stream's strand
/// and read on the cleaner's thread.
final class Birth implements Runnable {
  /// Made with the first stream that is tracked.
  static final class Collected {
    static final Cleaner CLEANER =
        Cleaner.create(
            run -> {
              var thread = new Thread(run, "highwater-misuse");
              thread.setDaemon(true);
              return thread;
            });

    private Collected() {}
  }

  private static final String STREAM_ADVICE =
      "end it and let it finish, or destroy() it (Streams.pipeline and Pipeline do that)";

  private static final String VIEW_ADVICE = "close it, best by a try-with-resources";

  private final String stream;
  private final String advice;
  private final CallSite place = CallSite.here();
  private final int epoch = Misuse.epoch();
  private final Cleaner.Cleanable cleanable;
  private volatile boolean closed;
  private volatile boolean waitsForReader;

  private Birth(Object tracked, String name, String advice, boolean waitsForReader) {
    this.stream = name;
    this.advice = advice;
    this.waitsForReader = waitsForReader;
    cleanable = Collected.CLEANER.register(tracked, this);
  }

  /// That of `life`, or null while nothing is tracked.
  static @Nullable Birth of(Life life) {
    return Misuse.isTracking() ? new Birth(life, life.name(), STREAM_ADVICE, life instanceof ReadableStream<?>) : null;
  }

  /// That of a view of a run, called `name`.
  static Birth ofView(Object view, String name) {
    return new Birth(view, name, VIEW_ADVICE, false);
  }

  CallSite place() {
    return place;
  }

  /// Somebody reads the stream.
  void hasReader() {
    if (waitsForReader) waitsForReader = false;
  }

  void close() {
    closed = true;
    cleanable.clean();
  }

  /// Whether nothing is to be told of it any more: it has closed, or was forgotten.
  boolean isOver() {
    return closed || epoch != Misuse.epoch() || !Misuse.isOn();
  }

  /// The stream has closed, or is gone.
  @Override
  public void run() {
    if (isOver()) return;
    if (waitsForReader) {
      Misuse.tell(
          Misuse.Kind.NOBODY_READS,
          stream,
          place,
          "nobody ever read "
              + stream
              + ", made at "
              + place
              + ", and it was dropped without being closed: listen for its data, pipe it on, or destroy() it");
    } else {
      Misuse.tell(
          Misuse.Kind.DROPPED,
          stream,
          place,
          stream
              + ", made at "
              + place
              + ", was dropped without being closed, and what it holds stays open: "
              + advice);
    }
  }
}
