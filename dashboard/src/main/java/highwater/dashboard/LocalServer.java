package highwater.dashboard;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A small HTTP server for pages that are meant for one person at this machine: files out of a jar, answers in JSON, and
/// events.
///
/// Its [#link()] holds a random token of 256 bits; whoever has the link may look, and nobody else: a request is refused
/// (403) without the token, with a `Host` that is not this server (as after DNS rebinding), or with the `Origin` of
/// another page. What the pages may load is told to the browser by a strict Content-Security-Policy: nothing inline, no
/// other host. The connection is not encrypted, which is why it is on the loopback interface unless an address is named.
///
/// Bounds: [#EXCHANGES_MAX] exchanges and [#VIEWERS_MAX] viewers of each kind of events at a time, [#BODY_BYTES_MAX] a
/// request, one event not yet taken by each viewer: a slow one gets the newest when it is ready, never a queue. All
/// threads are daemons. Thread rule: any thread; what it is built with is called on the server's threads, what makes
/// events by one thread at a time.
public final class LocalServer implements AutoCloseable {
  /// The most exchanges that are worked on at a time; as many again wait for that, and further ones are cut off.
  public static final int EXCHANGES_MAX = 16;

  /// The most viewers that one kind of events has at a time; further ones are told so (503).
  public static final int VIEWERS_MAX = 8;

  /// The most bytes a request's body may have (413).
  public static final int BODY_BYTES_MAX = 1 << 16;

  private static final int TOKEN_BYTES = 32;
  private static final int BACKLOG = 32;
  private static final Duration EXCHANGE_TIME_MAX = Duration.ofSeconds(10);
  private static final Duration FAREWELL_TIME_MAX = Duration.ofSeconds(3);
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  /// What one path answers to one method.
  private sealed interface Route {
    record File(Class<?> owner, String name) implements Route {}

    record Text(boolean reads, Function<String, String> answer) implements Route {}

    record Events(EventFeed feed) implements Route {}
  }

  private final HttpServer server;
  private final BoundedThreads threads;
  private final Map<String, Route> routes;
  private final List<EventFeed> feeds;
  private final Set<String> hosts;
  private final byte[] token;
  private final URI link;

  private LocalServer(Builder builder, HttpServer server) {
    this.server = server;
    threads = new BoundedThreads(EXCHANGES_MAX, EXCHANGE_TIME_MAX);
    routes = Map.copyOf(builder.routes);
    feeds = List.copyOf(builder.feeds);
    hosts = hostsOf(server.getAddress());
    var random = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(random);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    token = text.getBytes(StandardCharsets.US_ASCII);
    link = URI.create("http://" + hosts.iterator().next() + "/" + text + "/");
  }

  /// A server on the loopback interface; port 0 takes one that is free.
  public static Builder onLoopback(int port) {
    return at(InetAddress.getLoopbackAddress(), port);
  }

  /// A server at one address of this machine, which others may reach if it is not a loopback address: the token then
  /// crosses the network readable. Throws `IllegalArgumentException` for the wildcard, which is no address to be called
  /// by, and for a port outside 0 to 65535.
  public static Builder at(InetAddress address, int port) {
    if (address.isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "address: " + address.getHostAddress() + " (expected: one address of this machine, such as 127.0.0.1)");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535, or 0 for any that is free)");
    }
    return new Builder(new InetSocketAddress(address, port));
  }

  /// What a server is to serve, until [#start()].
  public static final class Builder {
    private final InetSocketAddress address;
    private final Map<String, Route> routes = new HashMap<>();
    private final List<EventFeed> feeds = new ArrayList<>();

    private Builder(InetSocketAddress address) {
      this.address = address;
    }

    /// Serves the resources of these names beside `owner`, each under its own name, and the first one as the page itself.
    /// Their kind follows from their ending: html, css, js, svg, json or txt. Throws `IllegalArgumentException` where one
    /// is missing or of another kind.
    @CanIgnoreReturnValue
    public Builder page(Class<?> owner, String... names) {
      for (String name : names) {
        if (owner.getResource(name) == null) {
          throw new IllegalArgumentException("no resource " + name + " beside " + owner.getName());
        }
        var _ = typeOf(name);
        routes.put("GET " + name, new Route.File(owner, name));
      }
      if (names.length > 0) routes.put("GET ", new Route.File(owner, names[0]));
      return this;
    }

    /// Answers `GET path` with a JSON document made from the query (what follows `?`, as it was sent, or empty). An
    /// `IllegalArgumentException` answers 400 with its message.
    @CanIgnoreReturnValue
    public Builder get(String path, Function<String, String> json) {
      routes.put("GET " + path, new Route.Text(false, json));
      return this;
    }

    /// Answers `POST path` with a JSON document made from the body. An `IllegalArgumentException` answers 400 with its
    /// message.
    @CanIgnoreReturnValue
    public Builder post(String path, Function<String, String> json) {
      routes.put("POST " + path, new Route.Text(true, json));
      return this;
    }

    /// Answers `GET path` with server-sent events: one document of one line each `period`, made once for all viewers on a
    /// thread of its own, and only while there is a viewer. [LocalServer#close()] sends the newest once more as an event
    /// called `last`.
    @CanIgnoreReturnValue
    public Builder events(String path, Duration period, Supplier<String> newest) {
      var feed = new EventFeed(period, newest, VIEWERS_MAX);
      feeds.add(feed);
      routes.put("GET " + path, new Route.Events(feed));
      return this;
    }

    /// Opens the port and serves. Throws an `IOException` of one line where the port is taken or the address is not of
    /// this machine.
    public LocalServer start() throws IOException {
      var server = new LocalServer(this, bind());
      server.begin();
      return server;
    }

    private HttpServer bind() throws IOException {
      try {
        return HttpServer.create(address, BACKLOG);
      } catch (BindException e) {
        throw new IOException(
            "port "
                + address.getPort()
                + " of "
                + address.getAddress().getHostAddress()
                + " cannot be opened: "
                + e.getMessage()
                + " (expected: a free port; 0 takes any)",
            e);
      }
    }
  }

  /// Its threads are daemons because the one that starts them is.
  private void begin() {
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    var starting = Thread.ofPlatform().daemon().name("highwater-server").start(server::start);
    boolean interrupted = false;
    while (starting.isAlive()) {
      try {
        starting.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  /// The page's address, with the token. Keep it to those who may look.
  public URI link() {
    return link;
  }

  /// Sends all viewers a last event, waits up to three seconds for them to take it, and ends everything.
  @Override
  public void close() {
    for (var feed : feeds) feed.finish();
    long deadline = System.nanoTime() + FAREWELL_TIME_MAX.toNanos();
    for (var feed : feeds) feed.awaitEnd(deadline);
    server.stop(0);
    threads.shutdownNow();
  }

  /// The names by which this server may be called, the one of the link first.
  private static Set<String> hostsOf(InetSocketAddress address) {
    var hosts = new LinkedHashSet<String>();
    hosts.add(literal(address.getAddress()));
    if (address.getAddress().isLoopbackAddress()) hosts.addAll(List.of("localhost", "127.0.0.1", "[::1]"));
    var withPort = new LinkedHashSet<String>();
    for (String host : hosts) withPort.add(host + ":" + address.getPort());
    // A browser leaves the usual port out.
    if (address.getPort() == 80) withPort.addAll(hosts);
    return withPort;
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    if (!(address instanceof Inet6Address)) return text;
    int zone = text.indexOf('%');
    return "[" + (zone < 0 ? text : text.substring(0, zone)) + "]";
  }

  private void handle(HttpExchange exchange) throws IOException {
    boolean handedOn = false;
    try {
      handedOn = answer(exchange);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!handedOn) exchange.close();
    }
  }

  /// Answers, or hands the exchange on to a feed and returns true.
  private boolean answer(HttpExchange exchange) throws IOException {
    guard(exchange.getResponseHeaders());
    String refusal = refusal(exchange);
    if (refusal != null) return refuse(exchange, 403, refusal);
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("POST")) return refuseMethod(exchange, "GET, POST");
    String path = exchange.getRequestURI().getRawPath().substring(1 + token.length);
    if (path.isEmpty()) return redirectToPage(exchange);
    String name = path.substring(1);
    var route = routes.get(method + " " + name);
    if (route == null) {
      String other = method.equals("GET") ? "POST" : "GET";
      return routes.containsKey(other + " " + name)
          ? refuseMethod(exchange, other)
          : refuse(exchange, 404, "nothing of this name is here");
    }
    return switch (route) {
      case Route.File file -> sendFile(exchange, file);
      case Route.Text text -> sendText(exchange, text);
      case Route.Events events -> events.feed().admit(exchange) || refuse(exchange, 503, "there are enough viewers");
    };
  }

  private static void guard(Headers headers) {
    headers.set("Content-Security-Policy", POLICY);
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  /// Why the request gets no answer, or null. The first question is whether it is meant for this server at all.
  private @Nullable String refusal(HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    var uri = exchange.getRequestURI();
    String host = only(headers.get("Host"));
    if (host == null || !hosts.contains(host) || uri.isAbsolute() || uri.getRawAuthority() != null) {
      return "this is not the host that was asked for";
    }
    var origins = headers.get("Origin");
    if (origins != null && !("http://" + host).equals(only(origins))) return "a page of another origin may not ask";
    return hasToken(uri.getRawPath()) ? null : "the link is not complete: open the one that was printed";
  }

  private static @Nullable String only(@Nullable List<String> values) {
    return values != null && values.size() == 1 ? values.getFirst() : null;
  }

  private boolean hasToken(@Nullable String path) {
    if (path == null || !path.startsWith("/")) return false;
    int end = path.indexOf('/', 1);
    var given = path.substring(1, end < 0 ? path.length() : end).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(token, given);
  }

  private static boolean redirectToPage(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Location", exchange.getRequestURI().getRawPath() + "/");
    return refuse(exchange, 308, "the page is below");
  }

  private static boolean refuseMethod(HttpExchange exchange, String allowed) throws IOException {
    exchange.getResponseHeaders().set("Allow", allowed);
    return refuse(exchange, 405, "expected: " + allowed);
  }

  private static boolean refuse(HttpExchange exchange, int status, String text) throws IOException {
    // What the body would be is not read.
    exchange.getResponseHeaders().set("Connection", "close");
    return send(exchange, status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static boolean sendFile(HttpExchange exchange, Route.File file) throws IOException {
    try (InputStream in = file.owner().getResourceAsStream(file.name())) {
      if (in == null) throw new IOException("the resource " + file.name() + " is gone");
      return send(exchange, 200, typeOf(file.name()), in.readAllBytes());
    }
  }

  private static boolean sendText(HttpExchange exchange, Route.Text text) throws IOException {
    String asked;
    if (text.reads()) {
      var body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
      if (body.length > BODY_BYTES_MAX) return refuse(exchange, 413, "expected: at most " + BODY_BYTES_MAX + " bytes");
      asked = new String(body, StandardCharsets.UTF_8);
    } else {
      String query = exchange.getRequestURI().getRawQuery();
      asked = query == null ? "" : query;
    }
    String answer;
    try {
      answer = text.answer().apply(asked);
    } catch (IllegalArgumentException e) {
      return refuse(exchange, 400, String.valueOf(e.getMessage()));
    }
    return send(exchange, 200, "application/json", answer.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head) exchange.getResponseBody().write(body);
    return false;
  }

  private static String typeOf(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "json" -> "application/json";
      case "txt" -> "text/plain; charset=utf-8";
      default -> throw new IllegalArgumentException(name + " (expected: html, css, js, svg, json or txt)");
    };
  }
}
