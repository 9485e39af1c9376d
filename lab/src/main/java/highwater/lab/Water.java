package highwater.lab;

import highwater.Done;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.WritableStream;
import highwater.pipeline.ByteSizes;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;

/// The water experiment: a producer, a stream with a mark, a consumer, and a switch that ignores the answer of `write`.
///
/// The streams are the library's own, on one strand; timers stand for the work of both ends. The producer is a readable
/// that reads nothing ahead, so what waits is seen in one place, the writable. All that the switch changes is whether
/// the producer pauses on a false, as in the code that users write. The chunks are views of one shared buffer: they
/// count as [#CHUNK_BYTES] each and take little, and at [#LIMIT_BYTES] the experiment stops, so the page cannot do to
/// this process what it shows. Thread rule: the strand.
final class Water {
  /// The size of a chunk, in bytes: 1 KiB.
  static final int CHUNK_BYTES = 1 << 10;

  /// The memory of the machine, as the experiment has it, in bytes: 2 MiB. No more is ever buffered.
  static final long LIMIT_BYTES = 2 << 20;

  /// How many events are kept.
  static final int EVENTS_MAX = 12;

  private static final ByteBuffer CHUNK = ByteBuffer.allocate(CHUNK_BYTES).asReadOnlyBuffer();

  private final Strand strand;
  private final Tap producing;
  private final Tap consuming;
  private final ArrayDeque<WaterState.Happening> events = new ArrayDeque<>(EVENTS_MAX);
  private long happenings;
  private long experiment;

  private WaterControls controls;
  private boolean watched = true;
  private boolean dead;

  private ReadableStream<ByteBuffer> source;
  private WritableStream<ByteBuffer> tank;

  private long producedBytes;
  private long consumedBytes;
  private long peakBytes;
  private long falseAnswers;
  private long drains;
  private boolean waiting;
  private long waitedNanos;
  private long waitingSinceNanos;
  private long longestWaitNanos;

  /// An answer was false since the controls were changed last.
  private boolean falseLately;

  /// The false of a run of ignored ones that is in the log.
  private boolean ignoredLogged;

  /// The experiment's own time: what had passed when the strand's clock read `lookedNanos`.
  private long elapsedNanos;

  private long lookedNanos;

  /// Makes one and starts it, on the strand that runs.
  Water(WaterControls controls) {
    this.controls = controls;
    strand = Strand.current();
    producing = new Tap(strand);
    consuming = new Tap(strand);
    source = openSource();
    tank = openTank();
    begin();
  }

  // ---------------------------------------------------------------- the handshake

  private void onChunk(ByteBuffer chunk) {
    producedBytes += chunk.remaining();
    boolean more = tank.write(chunk);
    peakBytes = Math.max(peakBytes, tank.writableLength());
    if (!more) answeredFalse();
    if (!more && !controls.ignoring()) startWaiting();
    if (tank.writableLength() >= LIMIT_BYTES) die();
  }

  private void onDrain() {
    drains++;
    ignoredLogged = false;
    if (waiting) {
      happened("drain after " + seconds(now() - waitingSinceNanos) + " s: it goes on");
      stopWaiting();
      source.resume();
    } else {
      happened("drain: the tank is empty");
    }
  }

  private void answeredFalse() {
    falseAnswers++;
    falseLately = true;
    if (!controls.ignoring()) {
      happened("write → false at " + size(tank.writableLength()) + ": it waits");
    } else if (!ignoredLogged) {
      ignoredLogged = true;
      happened("write → false at " + size(tank.writableLength()) + ", ignored from here on");
    }
  }

  private void startWaiting() {
    waiting = true;
    waitingSinceNanos = now();
    source.pause();
  }

  private void stopWaiting() {
    long waited = now() - waitingSinceNanos;
    waitedNanos += waited;
    longestWaitNanos = Math.max(longestWaitNanos, waited);
    waiting = false;
  }

  private void die() {
    happened(
        "out of memory: " + size(tank.writableLength()) + " in a tank with its mark at " + size(controls.markBytes()));
    now();
    dead = true;
    freeze();
  }

  // ---------------------------------------------------------------- the two ends

  private ReadableStream<ByteBuffer> openSource() {
    var opened = ReadableStream.from(this::produce, StreamOptions.bytes().withReadableMark(0).named("the producer"));
    var _ = opened.onData(this::onChunk);
    return opened;
  }

  private WritableStream<ByteBuffer> openTank() {
    var options = StreamOptions.bytes().withWritableMark(controls.markBytes()).named("the tank");
    var opened = WritableStream.to(this::consume, options);
    var _ = opened.onDrain(this::onDrain);
    return opened;
  }

  private void produce(Feed<ByteBuffer> feed) {
    producing.begin(CHUNK_BYTES, () -> feed.push(CHUNK.duplicate()));
  }

  private void consume(ByteBuffer chunk, Done done) {
    int bytes = chunk.remaining();
    consuming.begin(
        bytes,
        () -> {
          consumedBytes += bytes;
          done.ok();
        });
  }

  // ---------------------------------------------------------------- what the viewer does

  /// Sets the controls. A mark belongs to its stream from birth, so another mark begins a fresh experiment.
  void change(WaterControls changed) {
    var before = controls;
    if (changed.equals(before)) return;
    now();
    controls = changed;
    if (changed.markBytes() != before.markBytes()) {
      restart();
      return;
    }
    falseLately = false;
    producing.setSpeed(changed.producerBytesPerSecond());
    consuming.setSpeed(changed.consumerBytesPerSecond());
    freeze();
    if (changed.ignoring() != before.ignoring()) switchIgnoring();
  }

  private void switchIgnoring() {
    ignoredLogged = false;
    if (!controls.ignoring()) {
      happened("from now on the answer is heeded");
      return;
    }
    happened("from now on the answer is ignored");
    if (!waiting) return;
    stopWaiting();
    source.resume();
  }

  /// Drops everything and begins afresh, with the same controls and streams of their own.
  void restart() {
    source.destroy();
    tank.destroy();
    producing.drop();
    consuming.drop();
    source = openSource();
    tank = openTank();
    producedBytes = consumedBytes = peakBytes = falseAnswers = drains = 0;
    waitedNanos = longestWaitNanos = elapsedNanos = 0;
    waiting = dead = falseLately = ignoredLogged = false;
    begin();
  }

  private void begin() {
    experiment++;
    lookedNanos = strand.nanoTime();
    producing.setSpeed(controls.producerBytesPerSecond());
    consuming.setSpeed(controls.consumerBytesPerSecond());
    freeze();
    happened("a new stream, with its mark at " + size(controls.markBytes()));
  }

  /// Says whether anybody looks: an experiment that nobody sees stands still, and costs nothing.
  void setWatched(boolean watched) {
    if (watched == this.watched) return;
    now();
    this.watched = watched;
    freeze();
  }

  /// Ends it: destroys the streams and drops the timers.
  void close() {
    producing.drop();
    consuming.drop();
    source.destroy();
    tank.destroy();
  }

  // ---------------------------------------------------------------- what the viewer sees

  /// What was set.
  WaterControls controls() {
    return controls;
  }

  /// Whether time passes in it.
  boolean isMoving() {
    return watched && !dead && !controls.paused();
  }

  /// The experiment now.
  WaterState state() {
    long now = now();
    long wait = waiting ? now - waitingSinceNanos : 0;
    return new WaterState(
        experiment,
        phase(),
        controls,
        now,
        producedBytes,
        consumedBytes,
        tank.writableLength(),
        peakBytes,
        falseAnswers,
        drains,
        waiting,
        waitedNanos + wait,
        Math.max(longestWaitNanos, wait),
        new ArrayList<>(events));
  }

  private WaterPhase phase() {
    boolean above = tank.writableLength() >= controls.markBytes() + CHUNK_BYTES;
    if (dead) return WaterPhase.DEAD;
    if (controls.paused()) return WaterPhase.PAUSED;
    if (controls.ignoring()) return above ? WaterPhase.OVERFLOWING : WaterPhase.UNNOTICED;
    if (above) return WaterPhase.RECOVERING;
    return waiting || falseLately ? WaterPhase.HELD_BACK : WaterPhase.FREE;
  }

  private void freeze() {
    producing.setFrozen(!isMoving());
    consuming.setFrozen(!isMoving());
  }

  /// The experiment's time; moved on here.
  private long now() {
    long looked = strand.nanoTime();
    if (isMoving()) elapsedNanos += looked - lookedNanos;
    lookedNanos = looked;
    return elapsedNanos;
  }

  private void happened(String text) {
    if (events.size() == EVENTS_MAX) events.removeFirst();
    events.addLast(new WaterState.Happening(++happenings, now(), text));
  }

  private static String size(long bytes) {
    return ByteSizes.rounded(bytes);
  }

  private static String seconds(long nanos) {
    long hundredths = Math.round(nanos / 1e7);
    return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100;
  }
}
