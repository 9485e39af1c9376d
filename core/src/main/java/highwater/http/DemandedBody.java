package highwater.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A response's body that is read by a thread: it asks the client for [#AHEAD] lists of buffers at most, those that it has
/// not read included.
///
/// Thread rule: one thread reads; the client calls the subscriber's methods; [#cancel] from any thread.
final class DemandedBody implements HttpResponse.BodySubscriber<DemandedBody> {
  /// The client makes a list of each of its buffers of 16 KiB, so this is as much as the chunk being filled.
  static final int AHEAD = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock, all that follow.
  private final ArrayDeque<ByteBuffer> arrived = new ArrayDeque<>();
  private Flow.@Nullable Subscription subscription;
  private int asked;
  private boolean ended;
  private @Nullable Throwable failure;

  @Override
  public CompletionStage<DemandedBody> getBody() {
    // The response is there when its headers are.
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    lock.lock();
    try {
      if (failure == null && this.subscription == null) {
        this.subscription = subscription;
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    subscription.cancel();
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    lock.lock();
    try {
      asked--;
      for (var buffer : buffers) if (buffer.hasRemaining()) arrived.add(buffer);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    lock.lock();
    try {
      if (failure == null) failure = thrown;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onComplete() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Reads at least one byte into `into`; -1 at the end that the client vouches for. What came before a failure is read
  /// before it is thrown.
  int read(ByteBuffer into, Patience patience) throws IOException, InterruptedException {
    long left = patience.nanos();
    for (int read = 0; ; ) {
      askForMore();
      if (read != 0) return read;
      lock.lock();
      try {
        read = take(into);
        if (read == 0 && failure != null) throw RunClient.thrown(failure);
        if (read == 0 && ended) return -1;
        if (read == 0 && !mayAsk()) {
          if (left <= 0) throw patience.late("no byte came");
          left = changed.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private int take(ByteBuffer into) {
    int read = 0;
    for (ByteBuffer buffer; into.hasRemaining() && (buffer = arrived.peek()) != null; ) {
      int length = Math.min(buffer.remaining(), into.remaining());
      into.put(into.position(), buffer, buffer.position(), length);
      into.position(into.position() + length);
      buffer.position(buffer.position() + length);
      read += length;
      if (!buffer.hasRemaining()) arrived.remove();
    }
    return read;
  }

  /// Asks for what there is room for, so that it comes while its reader is busy.
  private void askForMore() {
    Flow.Subscription ask;
    int more;
    lock.lock();
    try {
      if (!mayAsk()) return;
      more = AHEAD - asked - arrived.size();
      asked += more;
      ask = subscription;
    } finally {
      lock.unlock();
    }
    // Outside the lock, since the client may answer on this thread.
    if (ask != null) ask.request(more);
  }

  private boolean mayAsk() {
    return subscription != null && asked + arrived.size() < AHEAD && !ended && failure == null;
  }

  /// Lets the connection go; a read under way or to come throws. Any thread.
  void cancel() {
    Flow.Subscription subscribed;
    lock.lock();
    try {
      if (failure == null) failure = RunClient.stoppedFailure();
      arrived.clear();
      subscribed = subscription;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (subscribed != null) subscribed.cancel();
  }
}
