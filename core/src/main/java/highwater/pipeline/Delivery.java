package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.strand.Elsewhere;
import highwater.strand.Strand;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The subscription of one `Flow.Subscriber` to one run: the run's target, which gives a chunk for each that was requested.
///
/// ```
///   request(n), any thread ──▶ demand ──wake──▶ poll ──▶ onNext, on the strand
/// ```
/// It holds no queue: one chunk is taken before it is requested, and stays lent by the part before until it is (so the end is
/// seen without a request). A `ByteBuffer` is copied for the subscriber, who may keep it. Signals come one at a time, from the
/// strand and, the last one, after the run. Thread rule: the subscription's two calls from any thread.
final class Delivery<T> implements Put<T>, Flow.Subscription, WorksElsewhere {
  private final AtomicLong demand = new AtomicLong();

  /// Null once nothing is to be said to it any more, so that it can be collected.
  private volatile Flow.@Nullable Subscriber<? super T> subscriber;

  private volatile @Nullable Runnable wake;
  private volatile @Nullable PipelineRun run;
  private volatile boolean cancelled;
  private volatile @Nullable IllegalArgumentException misuse;

  /// How long the subscriber worked where nobody sees it: it did all the time between two requests if it had been given
  /// all that it requested before the second, and so kept the run waiting, or would have.
  private final Object work = new Object();

  // Under the lock of `work`.
  private @Nullable Strand strand;
  private long workedNanos;
  private long sinceNanos;
  private boolean given;
  private boolean exhausted;

  // The strand's.
  private @Nullable T chunk;
  private boolean finishing;

  Delivery(Flow.Subscriber<? super T> subscriber) {
    this.subscriber = requireNonNull(subscriber, "subscriber");
  }

  // The subscriber's.

  @Override
  public void request(long n) {
    if (cancelled) return;
    if (n <= 0) {
      misuse = new IllegalArgumentException("request(" + n + ") (expected: 1 or more; Reactive Streams rule 3.9)");
      stop("the subscriber requested " + n);
      return;
    }
    requested();
    demand.accumulateAndGet(n, Delivery::capped);
    wake();
  }

  private void requested() {
    synchronized (work) {
      if (strand == null || !Elsewhere.COUNTED) return;
      long now = strand.nanoTime();
      if (exhausted) workedNanos += Math.max(0, now - sinceNanos);
      // What it was given before is work still, else it begins with the next chunk.
      given = exhausted;
      exhausted = false;
      sinceNanos = now;
    }
  }

  private void given(boolean all) {
    synchronized (work) {
      if (strand == null || !Elsewhere.COUNTED) return;
      if (!given) sinceNanos = strand.nanoTime();
      given = true;
      exhausted = all;
    }
  }

  @Override
  public long workedNanos(long now) {
    synchronized (work) {
      return workedNanos + (exhausted ? Math.max(0, now - sinceNanos) : 0);
    }
  }

  private static long capped(long left, long right) {
    long sum = left + right;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  @Override
  public void cancel() {
    cancelled = true;
    subscriber = null;
    stop("its subscriber cancelled");
  }

  private void stop(String reason) {
    var started = run;
    if (started != null) started.cancel(reason);
    else wake();
  }

  private void wake() {
    var waker = wake;
    if (waker != null) waker.run();
  }

  // The run's owner.

  /// Tells the subscriber that this is its subscription; false where it has cancelled at once.
  boolean subscribe() {
    var to = subscriber;
    if (to != null) to.onSubscribe(this);
    return !cancelled;
  }

  /// Names the run that a cancel stops; where it comes before this, this stops it.
  void startedAs(PipelineRun run) {
    this.run = run;
    if (cancelled) stop("its subscriber cancelled");
    var wrong = misuse;
    if (wrong != null) stop("its subscriber broke a rule");
  }

  /// The last signal: the run is over, well or because of `failure`.
  void over(@Nullable Throwable failure) {
    var to = subscriber;
    subscriber = null;
    if (to == null) return;
    var wrong = misuse;
    if (wrong != null) to.onError(wrong);
    else if (failure != null) to.onError(failure);
    else to.onComplete();
  }

  // The strand.

  @Override
  public void open(PartContext context) {
    synchronized (work) {
      strand = context.strand();
    }
    wake = context::wake;
  }

  @Override
  public Progress poll() {
    var wrong = misuse;
    if (wrong != null) throw wrong;
    if (cancelled && run == null) throw new CancelledException("its subscriber cancelled");
    var held = chunk;
    if (held != null) {
      if (demand.get() == 0) return Progress.WAITING;
      if (demand.get() != Long.MAX_VALUE) given(demand.decrementAndGet() == 0);
      chunk = null;
      give(held);
    }
    return finishing ? Progress.DONE : Progress.HUNGRY;
  }

  private void give(T chunk) {
    var to = subscriber;
    if (to == null) return;
    try {
      to.onNext(PartStreams.copied(chunk));
    } catch (Throwable thrown) {
      // It broke a rule, and may not be told anything more.
      subscriber = null;
      throw thrown;
    }
  }

  @Override
  public void offer(T chunk) {
    this.chunk = chunk;
  }

  @Override
  public void finish() {
    finishing = true;
  }

  @Override
  public void abort(Throwable cause) {
    chunk = null;
  }

  @Override
  public @Nullable String waitsFor() {
    return chunk != null ? "a request of the subscriber" : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.NOBODY_READS;
  }

  /// The recipe around it, for its one run.
  record OneRun<T>(Delivery<T> delivery) implements PullTarget<T> {
    @Override
    public String name() {
      return "subscriber";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return deliveredFootprint(chunkMaxBytes);
    }

    @Override
    public StreamOptions streamOptions() {
      return ChunkWeight.OPTIONS;
    }

    @Override
    public Put<T> put() {
      return delivery;
    }
  }

  /// One copy, in the hands of the subscriber.
  static Footprint deliveredFootprint(long chunkMaxBytes) {
    var how = "one chunk for each that was requested, none ahead";
    if (chunkMaxBytes == Footprint.UNKNOWN) return new Footprint(how, List.of(), 0, false);
    return Footprint.of(how, 0, Term.of("subscriber", 1, chunkMaxBytes));
  }
}
