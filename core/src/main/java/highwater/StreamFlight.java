package highwater;

import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/// Records one live stream as JFR events: its two ends, and each time its writers were told to wait.
///
/// Loaded once a recording has been started, see [Flight]; docs/observing.md has the events as a table. Thread rule: the
/// stream's strand.
final class StreamFlight {
  private static final AtomicLong IDS = new AtomicLong();

  /// What every event of a stream has.
  @Category("Highwater")
  @StackTrace(false)
  abstract static class OfStream extends Event {
    @Label("Stream")
    @Description("A number of the stream, given when it was first recorded")
    long stream;

    @Label("Name")
    @Nullable String name;
  }

  @Name("highwater.StreamOpened")
  @Label("Stream Opened")
  @Description("A live stream was made")
  static final class Opened extends OfStream {}

  @Name("highwater.StreamClosed")
  @Label("Stream Closed")
  @Description("A live stream is closed; the event lasts from its making, or from when it was first recorded")
  static final class Closed extends OfStream {
    @Label("Error")
    @Description("What it failed with")
    @Nullable String error;

    @Label("False Answers")
    @Description("How often a write of it said false, so that the writer should wait")
    long falseAnswers;

    @Label("Drains")
    @Description("How often it emitted drain, so that the writer should go on")
    long drains;
  }

  @Name("highwater.StreamDrain")
  @Label("Stream Drain")
  @Description("A writable stream has drained; the event lasts from the write that said false")
  @Threshold("10 ms")
  static final class Drained extends OfStream {
    @Label("Length")
    @Description("What was buffered when the write said false, in bytes or objects")
    long length;

    @Label("Mark")
    @Description("What should be buffered at most, in bytes or objects")
    long mark;
  }

  private final Life life;
  private final long id = IDS.incrementAndGet();
  private final Closed closed = new Closed();
  private Drained drained = new Drained();
  private boolean waiting;

  /// Begins to record.
  StreamFlight(Life life) {
    this.life = life;
    closed.begin();
  }

  /// The stream was made just now.
  void opened() {
    named(new Opened()).commit();
  }

  /// A write said false, not the first since the last drain perhaps.
  void saidFalse(long length, long mark) {
    closed.falseAnswers++;
    if (waiting) return;
    waiting = true;
    drained.begin();
    drained.length = length;
    drained.mark = mark;
  }

  /// `drain` is about to be emitted.
  void drained() {
    closed.drains++;
    if (!waiting) return;
    waiting = false;
    drained.end();
    if (!drained.shouldCommit()) return;
    named(drained).commit();
    drained = new Drained();
  }

  /// Nothing more will happen.
  void closed() {
    var error = life.errored;
    closed.error = error == null ? null : error.toString();
    named(closed).commit();
  }

  private <E extends OfStream> E named(E event) {
    event.stream = id;
    event.name = life.name();
    return event;
  }
}
