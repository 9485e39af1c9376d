package highwater.servlet;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// One Jetty for all tests of a process, whose paths each do what they were told.
final class ServletHost {
  /// So few that a body which held one while it waits would soon stop all others: Jetty's own needs take some of them.
  static final int THREADS = 8;

  private static final Map<String, Service> SERVICES = new ConcurrentHashMap<>();
  private static final AtomicInteger PATHS = new AtomicInteger();
  private static final ServerConnector CONNECTOR = start();

  private ServletHost() {}

  /// What a path does.
  interface Service {
    void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  private static ServerConnector start() {
    var threads = new QueuedThreadPool(THREADS);
    threads.setDaemon(true);
    var server = new Server(threads);
    var settings = new HttpConfiguration();
    var connector =
        new ServerConnector(
            server, 1, 1, new HttpConnectionFactory(settings), new HTTP2CServerConnectionFactory(settings));
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    var context = new ServletContextHandler();
    context.addServlet(servlet(true), "/*");
    context.addServlet(servlet(false), "/waiting/*");
    server.setHandler(context);
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return connector;
  }

  private static ServletHolder servlet(boolean async) {
    var servlet = new ServletHolder(new ByPath());
    servlet.setAsyncSupported(async);
    return servlet;
  }

  private static final class ByPath extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
      try {
        SERVICES.get(request.getRequestURI()).serve(request, response);
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /// A path that does what `service` does.
  static String path(Service service) {
    return path("/data-", service);
  }

  /// A path of a servlet that cannot be asynchronous.
  static String waitingPath(Service service) {
    return path("/waiting/data-", service);
  }

  private static String path(String prefix, Service service) {
    var path = prefix + PATHS.incrementAndGet();
    SERVICES.put(path, service);
    return path;
  }

  static int port() {
    return CONNECTOR.getLocalPort();
  }
}
