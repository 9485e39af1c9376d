package highwater.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The client of one run: one of its own, which ends with the run and leaves no thread and no connection, or the user's.
///
/// Thread rule: [#stop] from any thread; the rest from the run's own.
final class RunClient {
  /// How long the end of a run waits for the selector's, which owns the connections.
  private static final Duration REST = Duration.ofSeconds(2);

  private final HttpSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /// Set once, by the run's thread.
  private volatile @Nullable HttpClient own;

  // Under the lock, all that follow.
  private @Nullable CompletableFuture<?> exchange;
  private @Nullable DemandedBody body;

  RunClient(HttpSettings settings) {
    this.settings = settings;
  }

  /// Begins an exchange; its result has the body's beginning, and reads no further unless asked.
  CompletableFuture<HttpResponse<DemandedBody>> send(HttpRequest request) throws IOException {
    // Made before the lock is taken, since that takes a while and a stop must not wait.
    var client = client();
    lock.lock();
    try {
      if (isStopped()) throw stoppedFailure();
      var sent = client.sendAsync(request, _ -> begun());
      exchange = sent;
      return sent;
    } finally {
      lock.unlock();
    }
  }

  /// The proxy that the environment names for `address`, or null; throws `IllegalArgumentException` where it cannot be used.
  @Nullable InetSocketAddress proxyFor(Address address) {
    return settings.client() == null ? new EnvironmentProxies(settings.proxyEnvironment()).proxyFor(address) : null;
  }

  /// Waits for the beginning of a response; `connecting` is what a connection that has to come about first may take.
  HttpResponse<DemandedBody> await(
      CompletableFuture<HttpResponse<DemandedBody>> sent, Patience patience, Duration connecting)
      throws IOException, InterruptedException {
    try {
      return sent.get(patience.nanos(connecting), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw patience.late("no response came", connecting);
    } catch (CancellationException e) {
      throw stoppedFailure();
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    }
  }

  static IOException thrown(@Nullable Throwable failure) {
    return switch (failure) {
      case IOException e -> e;
      case Error e -> throw e;
      case null, default -> new IOException(failure);
    };
  }

  /// Waits `nanos`; false when the run was stopped meanwhile.
  boolean pause(long nanos) throws InterruptedException {
    return !stopped.await(nanos, TimeUnit.NANOSECONDS);
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  static IOException stoppedFailure() {
    return new IOException("the run was ended");
  }

  private DemandedBody begun() {
    var begun = new DemandedBody();
    lock.lock();
    try {
      body = begun;
    } finally {
      lock.unlock();
    }
    if (isStopped()) begun.cancel();
    return begun;
  }

  private HttpClient client() {
    var given = settings.client();
    if (given != null) return given;
    var made = own;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(settings.connect())
              .proxy(new EnvironmentProxies(settings.proxyEnvironment()))
              .executor(task -> Thread.ofVirtual().name("highwater-http").start(task))
              .build();
      own = made;
    }
    return made;
  }

  /// Breaks what is under way and refuses what would follow. Any thread; returns at once.
  void stop() {
    stopped.countDown();
    CompletableFuture<?> underWay;
    DemandedBody reading;
    lock.lock();
    try {
      underWay = exchange;
      reading = body;
    } finally {
      lock.unlock();
    }
    if (underWay != null) underWay.cancel(true);
    if (reading != null) reading.cancel();
    var client = own;
    if (client != null) client.shutdownNow();
  }

  /// Releases everything; the run's thread, last.
  void close() {
    stop();
    var client = own;
    if (client == null) return;
    try {
      var _ = client.awaitTermination(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
