package highwater.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One server of the JDK's for all tests of a process, whose paths each do what they were told.
final class ExchangeHost {
  private static final Map<String, HttpHandler> HANDLERS = new ConcurrentHashMap<>();
  private static final AtomicInteger PATHS = new AtomicInteger();
  private static final HttpServer SERVER = start();

  private ExchangeHost() {}

  private static HttpServer start() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
      server.createContext("/", ExchangeHost::serve);
      // The default executor is the server's one thread: whatever waited in a handler would stop all others.
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(HttpExchange exchange) throws IOException {
    HANDLERS.getOrDefault(exchange.getRequestURI().getPath(), HttpExchange::close).handle(exchange);
  }

  /// A path that does what `handler` does.
  static String path(HttpHandler handler) {
    var path = "/data-" + PATHS.incrementAndGet();
    HANDLERS.put(path, handler);
    return path;
  }

  static int port() {
    return SERVER.getAddress().getPort();
  }
}
