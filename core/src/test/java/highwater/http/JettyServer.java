package highwater.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// Jetty.
final class JettyServer implements TestServer {
  private final Server server;
  private final ServerConnector connector;
  private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger active = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  JettyServer(TestServer.Handler handler) throws Exception {
    var threads = new QueuedThreadPool(16, 2);
    threads.setDaemon(true);
    server = new Server(threads);
    server.setStopTimeout(0);
    connector =
        new ServerConnector(server, 0, 1) {
          @Override
          protected void configure(Socket socket) {
            accepted.add(socket);
            super.configure(socket);
            if (closed.getCount() == 0) closeAccepted();
          }
        };
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new org.eclipse.jetty.server.Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            active.incrementAndGet();
            try {
              handler.serve(new JettyCall(request, response));
              callback.succeeded();
            } catch (Exception e) {
              callback.failed(e);
            } finally {
              active.decrementAndGet();
            }
            return true;
          }
        });
    server.start();
  }

  private final class JettyCall implements Call {
    private final Request request;
    private final Response response;

    JettyCall(Request request, Response response) {
      this.request = request;
      this.response = response;
    }

    @Override
    public InputStream body() {
      return Content.Source.asInputStream(request);
    }

    @Override
    public OutputStream respond(int status, long lengthBytes) {
      response.setStatus(status);
      if (lengthBytes >= 0) response.getHeaders().put(HttpHeader.CONTENT_LENGTH, lengthBytes);
      return Content.Sink.asOutputStream(response);
    }

    @Override
    public void awaitGone() throws InterruptedException {
      closed.await();
    }
  }

  @Override
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public int active() {
    return active.get();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.stop();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    closeAccepted();
  }

  /// Jetty forgets a connection that it accepts while it stops.
  private void closeAccepted() {
    for (var socket : accepted) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
