package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.blocking.CallThread;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The connection of one run: one thread takes it from the data source, uses it and gives it back as it came; another may
/// stop it.
///
/// ```
///   NEW ──open()──▶ CONNECTING ──▶ IN USE ──release()──▶ OVER
///                       │             │ stop(): the call under way is cancelled; what is not over after a second is aborted
///                       └─ stop(): the thread that connects is interrupted, and closes what it still gets
/// ```
/// A cancel is a message to the server, which may come late and would then hit whatever the connection does next, maybe for
/// somebody else. So one is sent only while a call is under way, and that call does not return before the cancel has.
/// A connection that has failed as such, or was aborted, is never given back as if it were sound: it is broken for good, and
/// touched once, so that a pool sees that. The thread of `stop` is any; the other calls are of the run's own thread.
final class Session {
  /// How long a call may take to end after it was cancelled, and what is undone then: 1 s.
  static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// The class of errors of the connection itself, as SQLSTATE has it.
  private static final String CONNECTION_CLASS = "08";

  /// A call that waits for the database.
  @FunctionalInterface
  interface Call<V> {
    V call() throws SQLException, IOException;
  }

  /// The same without a result.
  @FunctionalInterface
  interface Action {
    void run() throws SQLException, IOException;
  }

  /// What makes a call under way end soon.
  @FunctionalInterface
  interface Cancel {
    void cancel() throws SQLException;
  }

  private final String name;
  private final DataSource source;

  // The run's own thread's.
  private boolean autoCommit = true;
  private boolean inTransaction;

  // Under the lock of this object, all that follow.
  private @Nullable CompletableFuture<Connection> connecting;
  private @Nullable Thread connector;
  private @Nullable Connection connection;
  private @Nullable Cancel cancel;
  private @Nullable CompletableFuture<@Nullable Void> cancelled;
  private boolean calling;
  private boolean stopped;
  private boolean broken;
  private boolean aborting;
  private boolean over;

  Session(String name, DataSource source) {
    this.name = name;
    this.source = source;
  }

  // The run's own thread.

  /// Takes a connection. The driver may be stuck in that and heed nothing but an interrupt, so a thread of its own does it: a
  /// virtual one, in which an interrupt closes a socket too.
  Connection open() throws Exception {
    var opening = new CompletableFuture<Connection>();
    synchronized (this) {
      if (stopped) throw ended();
      connecting = opening;
      connector = CallThread.VIRTUAL.start("connector of " + name, () -> connect(opening));
    }
    Connection made;
    try {
      made = opening.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception failure) throw failure;
      throw e;
    }
    synchronized (this) {
      connection = made;
      if (stopped) throw ended();
    }
    autoCommit = call(made::getAutoCommit);
    return made;
  }

  private void connect(CompletableFuture<Connection> opening) {
    try {
      var made = source.getConnection();
      if (made == null) throw new SQLException("the data source gave null");
      if (opening.complete(made)) return;
      Thread.interrupted();
      made.close();
    } catch (Throwable failure) {
      opening.completeExceptionally(failure);
    }
  }

  /// Begins what [#commit] ends, and a release undoes otherwise.
  void begin() throws SQLException, IOException {
    var mine = connection();
    inTransaction = true;
    run(() -> mine.setAutoCommit(false));
  }

  /// Makes final what was done since [#begin], or since the last commit.
  void commit() throws SQLException, IOException {
    var mine = connection();
    run(mine::commit);
  }

  /// Says what cancels the calls that follow.
  synchronized void cancelsBy(Cancel cancel) {
    this.cancel = cancel;
  }

  /// Makes a call that can be cancelled; throws without making it where the run has ended.
  <V> V call(Call<V> call) throws SQLException, IOException {
    enter();
    try {
      return call.call();
    } catch (SQLException | IOException e) {
      if (isOfConnection(e)) breaks();
      throw e;
    } finally {
      leave();
    }
  }

  /// The same without a result.
  void run(Action action) throws SQLException, IOException {
    var _ =
        call(
            () -> {
              action.run();
              return true;
            });
  }

  private synchronized void enter() throws IOException {
    if (stopped) throw ended();
    calling = true;
  }

  private void leave() {
    CompletableFuture<@Nullable Void> underWay;
    synchronized (this) {
      calling = false;
      underWay = cancelled;
    }
    if (underWay != null) underWay.join();
  }

  /// Says that the connection can no longer be trusted.
  synchronized void breaks() {
    broken = true;
  }

  synchronized boolean isBroken() {
    return broken;
  }

  /// Whether the failure is one of the connection, after which nobody knows what it would say next.
  private static boolean isOfConnection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) return true;
      if (cause instanceof SQLException e && String.valueOf(e.getSQLState()).startsWith(CONNECTION_CLASS)) return true;
    }
    return false;
  }

  /// Gives the connection back: what was not committed is undone, and what was set is set back; or discards it.
  void release() throws SQLException {
    var mine = taken();
    if (mine == null) return;
    @Nullable SQLException failure = null;
    try {
      if (!isBroken()) restore(mine);
    } catch (SQLException e) {
      failure = isStopped() ? null : e;
      breaks();
    }
    if (endsBroken()) discard(mine);
    mine.close();
    if (failure != null) throw failure;
  }

  /// From here on nobody aborts it: it may be somebody else's. Whether it is to be discarded.
  private synchronized boolean endsBroken() {
    boolean interrupted = false;
    while (aborting) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    over = true;
    if (interrupted) Thread.currentThread().interrupt();
    return broken;
  }

  private synchronized @Nullable Connection taken() {
    if (connection == null) over = true;
    return connection;
  }

  private void restore(Connection mine) throws SQLException {
    if (!inTransaction) return;
    mine.rollback();
    mine.setAutoCommit(autoCommit);
  }

  /// Breaks the connection, and has whatever pool it came from see that in a call of its own.
  private void discard(Connection mine) {
    try {
      mine.abort(Runnable::run);
      mine.setAutoCommit(autoCommit);
    } catch (SQLException | RuntimeException e) {
      // As it should.
    }
  }

  private synchronized Connection connection() throws IOException {
    if (connection == null) throw ended();
    return connection;
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  private IOException ended() {
    return new IOException(name + ": the run was ended (expected: nothing more of it)");
  }

  // Any thread.

  /// Makes the call under way end soon, and those that follow throw; returns at once.
  synchronized void stop() {
    if (stopped || over) return;
    stopped = true;
    if (connecting != null && connecting.completeExceptionally(ended())) requireNonNull(connector).interrupt();
    if (connection != null && calling && cancel != null) cancelElsewhere(cancel);
    CompletableFuture.delayedExecutor(GRACE_NANOS, TimeUnit.NANOSECONDS, this::elsewhere)
        .execute(this::abortUnlessOver);
  }

  /// Runs what may take long on a thread of its own: that of the delay is everybody's.
  private void elsewhere(Runnable body) {
    synchronized (this) {
      if (over) return;
    }
    try {
      CallThread.PLATFORM.start("ender of " + name, body);
    } catch (Throwable noThread) {
      body.run();
    }
  }

  private void cancelElsewhere(Cancel cancel) {
    var done = new CompletableFuture<@Nullable Void>();
    cancelled = done;
    Runnable body =
        () -> {
          try {
            cancel.cancel();
          } catch (Throwable failure) {
            // Then it is aborted.
          }
          done.complete(null);
        };
    try {
      CallThread.PLATFORM.start("ender of " + name, body);
    } catch (Throwable noThread) {
      done.complete(null);
    }
  }

  /// Not under the lock: a driver may wait here for what it is to abort, and the strand must still get through.
  private void abortUnlessOver() {
    Connection mine;
    synchronized (this) {
      if (over || connection == null) return;
      broken = true;
      aborting = true;
      mine = connection;
    }
    try {
      mine.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      // It is broken already, or cannot be aborted; the run names what it left behind.
    }
    synchronized (this) {
      aborting = false;
      notifyAll();
      if (cancelled != null) cancelled.complete(null);
    }
  }
}
