package highwater.http;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A request's body that a thread gives, buffer by buffer, whenever the client asks for one.
///
/// It can be sent once: a client that begins again (after a redirect, say) is told so. Thread rule: one thread gives; the
/// client calls the subscription's methods; [#end] from any thread.
final class SentBody implements HttpRequest.BodyPublisher {
  private final long lengthBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock, all that follow.
  private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
  private long demand;
  private boolean over;

  /// Makes one of `lengthBytes`, or of unknown length where that is negative.
  SentBody(long lengthBytes) {
    this.lengthBytes = lengthBytes;
  }

  @Override
  public long contentLength() {
    return lengthBytes;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    boolean first;
    lock.lock();
    try {
      first = this.subscriber == null;
      if (first) this.subscriber = subscriber;
    } finally {
      lock.unlock();
    }
    subscriber.onSubscribe(first ? new Demand() : new NoDemand());
    if (!first) subscriber.onError(new IOException("the data is gone and cannot be sent again"));
  }

  private final class Demand implements Flow.Subscription {
    @Override
    public void request(long n) {
      lock.lock();
      try {
        demand = n > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + n;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void cancel() {
      look();
    }
  }

  private static final class NoDemand implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  /// The exchange is over: nobody asks any more. Any thread.
  void end() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void look() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What a wait for demand ended with.
  enum Wait {
    ASKED,
    OVER,
    LATE
  }

  /// Waits until the client asks for a buffer.
  Wait awaitDemand(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      while (!over && demand == 0) {
        if (left <= 0) return Wait.LATE;
        left = changed.awaitNanos(left);
      }
      return over ? Wait.OVER : Wait.ASKED;
    } finally {
      lock.unlock();
    }
  }

  /// Gives a buffer, which is the client's from now on; only when asked.
  void give(ByteBuffer bytes) {
    Flow.Subscriber<? super ByteBuffer> to;
    lock.lock();
    try {
      demand--;
      to = subscriber;
    } finally {
      lock.unlock();
    }
    if (to != null) to.onNext(bytes);
  }

  /// Says that it was all.
  void complete() {
    Flow.Subscriber<? super ByteBuffer> to;
    lock.lock();
    try {
      to = subscriber;
    } finally {
      lock.unlock();
    }
    if (to != null) to.onComplete();
  }
}
