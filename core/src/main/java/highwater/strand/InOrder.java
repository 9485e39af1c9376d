package highwater.strand;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Long work off a strand, with its results in order: blocks to compress, calls to map, parts to send.
///
/// At most `workers` pieces of one instance run at a time. CPU work ([#InOrder]) runs on a pool of daemon threads that all
/// instances share (as many as processors, or as the system property `highwater.workers` says); work that waits for a peer
/// ([#waiting]) on a virtual thread each, which [#close] interrupts. At most `workers + 2` are in flight, which is
/// submitted and not taken. Results are taken in the order of submission, however the work ended. After the first failure
/// no further piece begins: those before it can still be taken, then [#take()] throws the failure.
///
/// Each input is accounted for once: its result is taken, or it is given to `dropped`, on whichever thread, when nothing works
/// on it any more. So what was charged for it can be given back on every path (`dropped` must not throw). An instance that nobody closes holds nothing
/// once its results are taken.
///
/// Thread rule: [#close()] from any thread, everything else on its strand. The strand is held while a callback is owed.
public final class InOrder<I, O> implements AutoCloseable {
  /// What a worker does with one input. Runs on a pool thread; several at a time.
  @FunctionalInterface
  public interface Work<I, O> {
    /// Makes the result of `input`; what it throws fails the instance.
    O run(I input) throws Exception;
  }

  /// How many pieces wait beside those that run: one that is ready to begin when a worker gets free, and one to take.
  public static final int WAITING_MAX = 2;

  private static final Pool WORKERS = new Pool("worker", workersOfThisProcess());

  private final Strand strand;
  private final int workers;
  private final Work<? super I, ? extends O> work;
  private final Consumer<? super I> dropped;
  private final Runnable onReady;
  private final Kind kind;

  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock, all that follow.

  /// In flight, in order of submission.
  private final ArrayDeque<Piece<I, O>> pieces = new ArrayDeque<>();

  /// Those of them that no worker has begun.
  private final ArrayDeque<Piece<I, O>> notBegun = new ArrayDeque<>();

  private int running;
  private final Elsewhere elsewhere;
  private boolean failed;
  private boolean closed;

  /// The strand found no result; when the next one is there, its release calls back.
  private @Nullable Hold owed;

  /// Makes an instance on the current strand. `onReady` is called, as a turn, when the next result or failure can be taken
  /// after [#take()] found none.
  public InOrder(int workers, Work<? super I, ? extends O> work, Consumer<? super I> dropped, Runnable onReady) {
    this(Kind.CPU, Math.min(workers, WORKERS.most()), work, dropped, onReady);
  }

  private InOrder(
      Kind kind, int workers, Work<? super I, ? extends O> work, Consumer<? super I> dropped, Runnable onReady) {
    if (workers < 1) throw new IllegalArgumentException("workers: " + workers + " (expected: 1 or more)");
    this.kind = kind;
    this.strand = Strand.current();
    this.elsewhere = Elsewhere.of(strand, workers);
    this.workers = workers;
    this.work = work;
    this.dropped = dropped;
    this.onReady = onReady;
  }

  /// Makes an instance for work that waits for a peer, such as requests to a server: each piece has a virtual thread of its
  /// own, and [#close()] interrupts those that run.
  public static <I, O> InOrder<I, O> waiting(
      int workers, Work<? super I, ? extends O> work, Consumer<? super I> dropped, Runnable onReady) {
    return new InOrder<>(Kind.WAITING, workers, work, dropped, onReady);
  }

  /// What the pieces do with their thread.
  private enum Kind {
    CPU {
      @Override
      void execute(Runnable piece) {
        WORKERS.execute(piece);
      }
    },
    WAITING {
      @Override
      void execute(Runnable piece) {
        Thread.ofVirtual().name("highwater-caller").start(piece);
      }
    };

    abstract void execute(Runnable piece);
  }

  /// The threads of the shared pool: what `workers` can be at most, and is cut to.
  public static int workersMax() {
    return WORKERS.most();
  }

  /// How long its workers worked: a piece counts from when it is given to a thread until it has ended.
  public Elsewhere elsewhere() {
    return elsewhere;
  }

  /// How many pieces may be in flight.
  public int inFlightMax() {
    return workers + WAITING_MAX;
  }

  /// How many pieces are submitted and not taken.
  public int inFlight() {
    strand.check("inFlight");
    lock.lock();
    try {
      return pieces.size();
    } finally {
      lock.unlock();
    }
  }

  /// Whether one more piece may be submitted.
  public boolean hasRoom() {
    return inFlight() < inFlightMax();
  }

  /// Submits `input`; throws `IllegalStateException` without room, or after [#close()].
  ///
  /// After a failure the input is dropped at once, since that may have come between any two calls.
  public void submit(I input) {
    strand.check("submit");
    lock.lock();
    try {
      if (closed) throw new IllegalStateException("submit after close()");
      if (!failed) {
        if (pieces.size() >= inFlightMax()) {
          throw new IllegalStateException(pieces.size() + " pieces are in flight, which is the bound: take() first");
        }
        var piece = new Piece<I, O>(input);
        pieces.add(piece);
        notBegun.add(piece);
        beginNext();
        return;
      }
    } finally {
      lock.unlock();
    }
    dropped.accept(input);
  }

  /// Takes the next result; null when it is not there yet (a callback is owed then) or nothing is in flight.
  ///
  /// Throws what the piece failed with; then the instance is closed.
  public @Nullable O take() throws Exception {
    strand.check("take");
    Piece<I, O> piece;
    lock.lock();
    try {
      var first = pieces.peek();
      if (first == null) return null;
      if (!first.ended) {
        if (owed == null) owed = strand.offload();
        return null;
      }
      piece = pieces.remove();
    } finally {
      lock.unlock();
    }
    var failure = piece.failure;
    if (failure == null) return piece.result;
    dropped.accept(piece.input);
    close();
    if (failure instanceof Error error) throw error;
    throw (Exception) failure;
  }

  /// Drops what was not begun and what was not taken; pieces that run are left to end, and dropped then. Any thread; a second
  /// call does nothing.
  @Override
  public void close() {
    var left = new ArrayDeque<I>();
    Hold callback;
    lock.lock();
    try {
      if (closed) return;
      closed = true;
      for (var piece : pieces) if (piece.ended || notBegun.contains(piece)) left.add(piece.input);
      for (var piece : pieces) {
        var thread = piece.thread;
        if (kind == Kind.WAITING && thread != null && !piece.ended) thread.interrupt();
      }
      pieces.clear();
      notBegun.clear();
      callback = owed;
      owed = null;
    } finally {
      lock.unlock();
    }
    if (callback != null) callback.release();
    left.forEach(dropped);
  }

  private void beginNext() {
    assert lock.isHeldByCurrentThread();
    while (running < workers && !notBegun.isEmpty()) {
      var piece = notBegun.remove();
      running++;
      elsewhere.begins();
      try {
        kind.execute(() -> runOnWorker(piece));
      } catch (Throwable noThread) {
        running--;
        elsewhere.ends();
        piece.ended = true;
        piece.failure = noThread;
        failed = true;
        return;
      }
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// On the strand. A callback may be under way while another turn closes.
  private void callBack() {
    if (!isClosed()) onReady.run();
  }

  private void runOnWorker(Piece<I, O> piece) {
    @Nullable O result = null;
    @Nullable Throwable failure = null;
    try {
      if (begins(piece)) result = work.run(piece.input);
    } catch (Throwable thrown) {
      failure = thrown;
    }
    endPiece(piece, result, failure);
    if (failure instanceof VirtualMachineError broken) throw broken;
  }

  /// Notes whom to interrupt; false when nobody wants the result any more.
  private boolean begins(Piece<I, O> piece) {
    lock.lock();
    try {
      piece.thread = Thread.currentThread();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void endPiece(Piece<I, O> piece, @Nullable O result, @Nullable Throwable failure) {
    var left = new ArrayDeque<I>();
    @Nullable Hold callback = null;
    lock.lock();
    try {
      running--;
      elsewhere.ends();
      piece.result = result;
      piece.failure = failure;
      piece.ended = true;
      if (closed) left.add(piece.input);
      if (failure != null) {
        failed = true;
        // Pieces begin in order, so all of these come after the one that failed.
        for (var later : notBegun) left.add(later.input);
        pieces.removeAll(notBegun);
        notBegun.clear();
      }
      beginNext();
      var first = pieces.peek();
      if (first != null && first.ended) {
        callback = owed;
        owed = null;
      }
    } finally {
      lock.unlock();
    }
    left.forEach(dropped);
    if (callback != null) callback.release(this::callBack);
  }

  private static int workersOfThisProcess() {
    var wanted = System.getProperty("highwater.workers");
    if (wanted == null) return Runtime.getRuntime().availableProcessors();
    try {
      int count = Integer.parseInt(wanted.strip());
      if (count > 0) return count;
    } catch (NumberFormatException _) {
      // Refused below, with zero and the negative.
    }
    throw new IllegalArgumentException("highwater.workers: " + wanted + " (expected: a number of threads, 1 or more)");
  }

  private static final class Piece<I, O> {
    final I input;
    @Nullable Thread thread;
    boolean ended;
    @Nullable O result;
    @Nullable Throwable failure;

    Piece(I input) {
      this.input = input;
    }
  }
}
