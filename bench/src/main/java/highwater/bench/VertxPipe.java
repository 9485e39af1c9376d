package highwater.bench;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Streams for Vert.x's pipes, which do what its contract asks of them and nothing more: demand is counted, a full
/// queue is said, a drain is told.
final class VertxPipe {
  private static final int QUEUE_MAX = 16;

  private VertxPipe() {}

  /// What gives as long as it is asked.
  abstract static class Reading<T> implements ReadStream<T> {
    private long demand = Long.MAX_VALUE;
    private @Nullable Handler<T> handler;
    private @Nullable Handler<Void> endHandler;
    private boolean ended;

    /// Gives what there is, while it is asked for.
    abstract void give();

    boolean wants() {
      return demand > 0 && handler != null;
    }

    void hand(T item) {
      if (demand != Long.MAX_VALUE) demand--;
      var to = handler;
      if (to == null) throw new IllegalStateException("nobody asked");
      to.handle(item);
    }

    void handEnd() {
      if (ended) return;
      ended = true;
      var to = endHandler;
      if (to != null) to.handle(null);
    }

    @Override
    public Reading<T> exceptionHandler(@Nullable Handler<Throwable> failing) {
      return this;
    }

    @Override
    public Reading<T> handler(@Nullable Handler<T> taking) {
      handler = taking;
      return this;
    }

    @Override
    public Reading<T> endHandler(@Nullable Handler<Void> ending) {
      endHandler = ending;
      return this;
    }

    @Override
    public Reading<T> pause() {
      demand = 0;
      return this;
    }

    @Override
    public Reading<T> resume() {
      return fetch(Long.MAX_VALUE);
    }

    @Override
    public Reading<T> fetch(long amount) {
      demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
      give();
      return this;
    }
  }

  /// Gives what an iterator has.
  static final class Origin<T> extends Reading<T> {
    private final Iterator<T> items;
    private boolean begun;
    private boolean giving;

    Origin(Iterator<T> items) {
      this.items = items;
    }

    /// Begins to give, where the pipe is laid.
    void begin() {
      begun = true;
      give();
    }

    @Override
    void give() {
      if (!begun || giving) return;
      giving = true;
      while (wants() && items.hasNext()) hand(items.next());
      giving = false;
      if (!items.hasNext()) handEnd();
    }
  }

  /// Passes on what is written to it; what is not wanted yet waits.
  static final class Stage<T> extends Reading<T> implements WriteStream<T> {
    private @Nullable Queue<T> waiting;
    private @Nullable Handler<Void> drainHandler;
    private boolean ending;

    @Override
    public Stage<T> exceptionHandler(@Nullable Handler<Throwable> failing) {
      return this;
    }

    @Override
    public Future<Void> write(T item) {
      if (isEmpty() && wants()) hand(item);
      else later(item);
      return Future.succeededFuture();
    }

    private boolean isEmpty() {
      return waiting == null || waiting.isEmpty();
    }

    private void later(T item) {
      if (waiting == null) waiting = new ArrayDeque<>();
      waiting.add(item);
    }

    @Override
    public Future<Void> end() {
      ending = true;
      give();
      return Future.succeededFuture();
    }

    @Override
    void give() {
      var queue = waiting;
      while (queue != null && wants() && !queue.isEmpty()) hand(queue.remove());
      if (!isEmpty()) return;
      var drained = drainHandler;
      drainHandler = null;
      if (drained != null) drained.handle(null);
      if (ending && isEmpty()) handEnd();
    }

    @Override
    public Stage<T> setWriteQueueMaxSize(int size) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return waiting != null && waiting.size() >= QUEUE_MAX;
    }

    @Override
    public Stage<T> drainHandler(@Nullable Handler<Void> draining) {
      drainHandler = draining;
      return this;
    }
  }

  /// Calls a function for each item.
  static final class Sink<T> implements WriteStream<T> {
    private final Consumer<T> function;

    Sink(Consumer<T> function) {
      this.function = function;
    }

    @Override
    public Sink<T> exceptionHandler(@Nullable Handler<Throwable> failing) {
      return this;
    }

    @Override
    public Future<Void> write(T item) {
      function.accept(item);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public Sink<T> setWriteQueueMaxSize(int size) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return false;
    }

    @Override
    public Sink<T> drainHandler(@Nullable Handler<Void> draining) {
      return this;
    }
  }
}
