package highwater.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// The JDK's own server.
final class JdkServer implements TestServer {
  private final HttpServer server;
  private final AtomicInteger active = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  JdkServer(Handler handler) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(task -> Thread.ofPlatform().daemon().name("jdk-server").start(task));
    server.createContext("/", exchange -> serve(handler, exchange));
    server.start();
  }

  private void serve(Handler handler, HttpExchange exchange) throws IOException {
    active.incrementAndGet();
    try {
      handler.serve(new JdkCall(exchange));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new UncheckedIOException(new IOException(e));
    } finally {
      active.decrementAndGet();
    }
  }

  private final class JdkCall implements Call {
    private final HttpExchange exchange;

    JdkCall(HttpExchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public InputStream body() {
      return exchange.getRequestBody();
    }

    @Override
    public OutputStream respond(int status, long lengthBytes) throws IOException {
      exchange.sendResponseHeaders(status, lengthBytes < 0 ? 0 : lengthBytes == 0 ? -1 : lengthBytes);
      return exchange.getResponseBody();
    }

    @Override
    public void awaitGone() throws InterruptedException {
      closed.await();
    }
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public int active() {
    return active.get();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
