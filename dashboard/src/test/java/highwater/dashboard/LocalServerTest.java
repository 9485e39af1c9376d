package highwater.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import highwater.contract.Remains;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whom the server answers, whom it refuses, and how little it holds.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LocalServerTest {
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger pokes = new AtomicInteger();
  private LocalServer server;
  private URI link;
  private String host;

  @BeforeEach
  void start() throws IOException {
    server = described(LocalServer.onLoopback(0)).start();
    link = server.link();
    host = link.getHost() + ":" + link.getPort();
  }

  private LocalServer.Builder described(LocalServer.Builder builder) {
    return builder
        .page(LocalServerTest.class, "page-under-test.html")
        .get("echo", query -> "{\"query\":\"" + query + "\"}")
        .post(
            "poke",
            body -> {
              if (body.equals("no")) throw new IllegalArgumentException("body: no (expected: yes)");
              return "{\"pokes\":" + pokes.incrementAndGet() + ",\"length\":" + body.length() + "}";
            })
        .events("events", Duration.ofMillis(5), () -> "{\"n\":" + made.incrementAndGet() + "}");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Raw.Answer get(String path) throws IOException {
    return Raw.ask(link, "GET " + path + " HTTP/1.1", "Host: " + host);
  }

  @Test
  void theLinkLeadsToThePageOnTheLoopbackInterface() throws Exception {
    assertThat(InetAddress.getByName(link.getHost()).isLoopbackAddress()).isTrue();
    var answer =
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("a page");
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
  }

  @Test
  void everyLinkHasATokenOfItsOwnOf256Bits() throws IOException {
    try (var other = described(LocalServer.onLoopback(0)).start()) {
      assertThat(link.getPath()).matches("/[A-Za-z0-9_-]{43}/");
      assertThat(other.link().getPath()).isNotEqualTo(link.getPath());
      assertThat(Raw.ask(link, "GET " + other.link().getPath() + " HTTP/1.1", "Host: " + host).status()).isEqualTo(403);
    }
  }

  @Test
  void aRequestWithoutTheTokenIsRefused() throws IOException {
    String token = link.getPath().substring(1, 44);
    String otherFirst = (token.charAt(0) == 'A' ? "B" : "A") + token.substring(1);
    var paths =
        List.of(
            "/",
            "/page-under-test.html",
            "/echo",
            "/events",
            "//" + token + "/",
            "/" + token.substring(0, 42) + "/",
            "/" + token + "A/",
            "/" + otherFirst + "/",
            "/%" + Integer.toHexString(token.charAt(0)) + token.substring(1) + "/",
            "/?" + token,
            "/./" + token + "/");
    for (String path : paths) {
      var answer = get(path);
      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(answer.body().length()).as(answer.body()).isLessThan(100);
      assertThat(answer.text()).doesNotContain(token);
    }
    assertThat(made).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.org", "example.org:PORT", "127.0.0.1", "127.0.0.1:1", "localhost.example.org:PORT", ""})
  void aRequestForAForeignHostIsRefused(String foreign) throws IOException {
    String named = foreign.replace("PORT", Integer.toString(link.getPort()));
    var answer = Raw.ask(link, "GET " + link.getPath() + " HTTP/1.1", "Host: " + named);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).isEqualTo("this is not the host that was asked for\n");
  }

  @Test
  void aRequestWithoutAHostOrWithTwoIsRefused() throws IOException {
    // The JDK's server answers some of these itself.
    assertThat(Raw.ask(link, "GET " + link.getPath() + " HTTP/1.1").status()).isIn(400, 403);
    assertThat(Raw.ask(link, "GET " + link.getPath() + " HTTP/1.0").status()).isIn(400, 403);
    assertThat(Raw.ask(link, "GET " + link.getPath() + " HTTP/1.1", "Host: " + host, "Host: example.org").status())
        .isIn(400, 403);
  }

  @Test
  void aTargetThatNamesAnotherHostIsRefused() throws IOException {
    assertThat(get("http://example.org" + link.getPath()).status()).isEqualTo(403);
    assertThat(get("//example.org" + link.getPath()).status()).isEqualTo(403);
  }

  @Test
  void theLoopbackInterfaceHasItsUsualNames() throws IOException {
    for (String name : List.of("localhost", "127.0.0.1", "[::1]")) {
      String named = name + ":" + link.getPort();
      assertThat(Raw.ask(link, "GET " + link.getPath() + " HTTP/1.1", "Host: " + named).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://example.org", "null", "https://HOST", "http://127.0.0.1:1", "http://localhost:PORT", ""})
  void aRequestOfAnotherOriginIsRefused(String foreign) throws IOException {
    String origin = foreign.replace("HOST", host).replace("PORT", Integer.toString(link.getPort()));
    for (String method : List.of("GET", "POST")) {
      String path = link.getPath() + (method.equals("GET") ? "echo" : "poke");
      var answer =
          Raw.ask(link, method + " " + path + " HTTP/1.1", "Host: " + host, "Origin: " + origin, "Content-Length: 0");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).isEqualTo("a page of another origin may not ask\n");
      assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    }
    assertThat(pokes).hasValue(0);
  }

  @Test
  void thePagesOwnOriginMayAsk() throws IOException {
    String path = link.getPath() + "poke";
    var answer =
        Raw.ask(link, "POST " + path + " HTTP/1.1", "Host: " + host, "Origin: http://" + host, "Content-Length: 0");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"pokes\":1,\"length\":0}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "PATCH"})
  void onlyGetAndPostAreAnswered(String method) throws IOException {
    var answer = Raw.ask(link, method + " " + link.getPath() + " HTTP/1.1", "Host: " + host);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("GET, POST");
  }

  @Test
  void eachPathHasItsMethod() throws IOException {
    assertThat(get(link.getPath() + "poke").status()).isEqualTo(405);
    var posted = Raw.ask(link, "POST " + link.getPath() + "echo HTTP/1.1", "Host: " + host, "Content-Length: 0");
    assertThat(posted.status()).isEqualTo(405);
    assertThat(posted.header("Allow")).isEqualTo("GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not-listed.txt",
        "../dashboard/page-under-test.html",
        "..%2fdashboard%2fpage-under-test.html",
        "./page-under-test.html",
        "page-under-test.html/",
        "page%2dunder-test.html",
        "/highwater/dashboard/page-under-test.html",
        "LocalServer.class"
      })
  void aFileIsServedUnderItsExactNameAlone(String name) throws IOException {
    assertThat(LocalServerTest.class.getResource("not-listed.txt")).isNotNull();
    assertThat(get(link.getPath() + name).status()).isEqualTo(404);
    assertThat(get(link.getPath() + "page-under-test.html").status()).isEqualTo(200);
  }

  @Test
  void everyAnswerTellsTheBrowserToKeepToItself() throws IOException {
    for (String path : List.of(link.getPath(), link.getPath() + "echo", link.getPath() + "none", "/")) {
      var answer = get(path);
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
          .doesNotContain("unsafe", "http", "*", "data:");
      assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
    }
  }

  @Test
  void theLinkWithoutItsLastSlashLeadsToThePage() throws IOException {
    String cut = link.getPath().substring(0, 44);
    var answer = get(cut);
    assertThat(answer.status()).isEqualTo(308);
    assertThat(answer.header("Location")).isEqualTo(link.getPath());
  }

  @Test
  void anAnswerIsMadeFromTheQueryOrTheBody() throws IOException {
    assertThat(get(link.getPath() + "echo?run=7").body()).isEqualTo("{\"query\":\"run=7\"}");
    assertThat(get(link.getPath() + "echo").body()).isEqualTo("{\"query\":\"\"}");
    assertThat(post("yes").body()).isEqualTo("{\"pokes\":1,\"length\":3}");
  }

  @Test
  void whatIsAskedWronglyIsSaid() throws IOException {
    var answer = post("no");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo("body: no (expected: yes)\n");
  }

  @Test
  void aBodyOverTheBoundIsRefused() throws IOException {
    assertThat(post("x".repeat(LocalServer.BODY_BYTES_MAX)).status()).isEqualTo(200);
    assertThat(post("x".repeat(LocalServer.BODY_BYTES_MAX + 1)).status()).isEqualTo(413);
    assertThat(pokes).hasValue(1);
  }

  private Raw.Answer post(String body) throws IOException {
    return Raw.ask(
        link,
        "POST " + link.getPath() + "poke HTTP/1.1",
        "Host: " + host,
        "Content-Length: " + body.length(),
        "Connection: close",
        "",
        body);
  }

  @Test
  void aTakenPortIsOneLine() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> LocalServer.onLoopback(port).start())
          .isInstanceOf(IOException.class)
          .hasMessageMatching(
              "port " + port + " of 127\\.0\\.0\\.1 cannot be opened: .* \\(expected: a free port; .*\\)");
    }
  }

  @Test
  void aPortThatIsGivenIsTheOneOfTheLink() throws IOException {
    int port = link.getPort();
    server.close();
    server = described(LocalServer.onLoopback(port)).start();
    assertThat(server.link().getPort()).isEqualTo(port);
  }

  @Test
  void theWildcardAndPortsThatAreNoneAreRefused() throws IOException {
    var wildcard = InetAddress.getByName("0.0.0.0");
    assertThatThrownBy(() -> LocalServer.at(wildcard, 0)).hasMessageContaining("expected: one address of this machine");
    assertThatThrownBy(() -> LocalServer.onLoopback(65_536)).hasMessageContaining("1 to 65535");
    assertThatThrownBy(() -> LocalServer.onLoopback(-1)).hasMessageContaining("1 to 65535");
    assertThatThrownBy(() -> LocalServer.onLoopback(0).page(LocalServerTest.class, "missing.html"))
        .hasMessageContaining("no resource missing.html");
  }

  @Test
  void anAddressThatIsNamedIsTheOnlyHostThere() throws Exception {
    var address = outward();
    assumeTrue(address != null, "this machine has the loopback interface alone");
    try (var open = described(LocalServer.at(address, 0)).start()) {
      String own = open.link().getRawAuthority();
      assertThat(own).startsWith(address.getHostAddress());
      String line = "GET " + open.link().getPath() + " HTTP/1.1";
      assertThat(Raw.ask(open.link(), line, "Host: " + own).status()).isEqualTo(200);
      assertThat(Raw.ask(open.link(), line, "Host: localhost:" + open.link().getPort()).status()).isEqualTo(403);
    }
  }

  private static @Nullable InetAddress outward() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst()
        .orElse(null);
  }

  @Test
  void nothingIsMadeWhileNobodyLooks() throws IOException {
    assertThat(made).hasValue(0);
    try (var viewer = new Viewer()) {
      assertThat(viewer.data()).isEqualTo("{\"n\":1}");
      assertThat(viewer.data()).startsWith("{\"n\":");
    }
    Remains.await("rest", () -> threadsNamed("highwater-beat", "highwater-viewer").isEmpty());
    int rest = made.get();
    try (var viewer = new Viewer()) {
      assertThat(viewer.data()).isEqualTo("{\"n\":" + (rest + 1) + "}");
    }
  }

  @Test
  void oneDocumentIsMadeForAllViewers() throws IOException {
    try (var one = new Viewer();
        var other = new Viewer()) {
      for (int i = 0; i < 5; i++) {
        one.data();
        other.data();
      }
      int last = Integer.parseInt(one.data().replaceAll("\\D", ""));
      assertThat(last).isGreaterThanOrEqualTo(6);
      // One beat, once those of other servers have ended.
      Remains.await("one beat", () -> threadsNamed("highwater-beat").size() == 1);
    }
  }

  @Test
  void moreViewersThanTheBoundAreToldSo() throws IOException {
    var viewers = new ArrayList<Viewer>();
    try {
      for (int i = 0; i < LocalServer.VIEWERS_MAX; i++) viewers.add(new Viewer());
      for (var viewer : viewers) viewer.data();
      assertThat(get(link.getPath() + "events").status()).isEqualTo(503);
      viewers.removeLast().close();
      Remains.await("room for another", () -> threadsNamed("highwater-viewer").size() < LocalServer.VIEWERS_MAX);
      var another = new Viewer();
      viewers.add(another);
      assertThat(another.data()).startsWith("{\"n\":");
    } finally {
      for (var viewer : viewers) viewer.close();
    }
  }

  @Test
  void aSlowViewerSkipsAndHoldsUpNobody() throws IOException {
    String filler = "x".repeat(1 << 18);
    var count = new AtomicInteger();
    try (var big =
            LocalServer.onLoopback(0)
                .events(
                    "events",
                    Duration.ofMillis(1),
                    () -> "{\"n\":" + count.incrementAndGet() + ",\"f\":\"" + filler + "\"}")
                .start();
        var slow = new Viewer(big.link());
        var quick = new Viewer(big.link())) {
      // The slow one takes nothing while the quick one takes 50 MiB, more than sockets hold.
      int last = 0;
      for (int i = 0; i < 200; i++) last = number(quick.data());
      int before = number(slow.data());
      int skipped = 0;
      while (before < last && skipped == 0) {
        String event = slow.event();
        // On a machine so slow that its patience has ended.
        if (event.equals("end")) return;
        int next = number(event);
        assertThat(next).isGreaterThan(before);
        skipped = next - before - 1;
        before = next;
      }
      assertThat(skipped).as("documents the slow viewer did not get, of " + last).isPositive();
    }
  }

  private static int number(String document) {
    return Integer.parseInt(document.substring(document.indexOf(':') + 1, document.indexOf(',')));
  }

  @Test
  void aDocumentThatCannotBeMadeIsSaidAndTheNextOneIsTried() throws IOException {
    var tries = new AtomicInteger();
    try (var broken =
            LocalServer.onLoopback(0)
                .events(
                    "events",
                    Duration.ofMillis(1),
                    () -> {
                      if (tries.incrementAndGet() == 1) throw new IllegalStateException("not\nyet");
                      return "{}";
                    })
                .start();
        var viewer = new Viewer(broken.link())) {
      assertThat(viewer.event()).isEqualTo("trouble java.lang.IllegalStateException: not yet");
      assertThat(viewer.event()).isEqualTo(" {}");
    }
  }

  @Test
  void closeSendsALastEventAndEndsEverything() throws IOException {
    try (var viewer = new Viewer()) {
      viewer.data();
      server.close();
      String event;
      do event = viewer.event();
      while (event.startsWith(" "));
      assertThat(event).matches("last \\{\"n\":[0-9]+}");
      assertThat(viewer.event()).isEqualTo("end");
    }
    assertThatThrownBy(() -> Raw.connect(link)).isInstanceOf(IOException.class);
    Remains.await(
        "the end of the server's threads",
        () ->
            threadsNamed(
                    "highwater-beat", "highwater-viewer", "highwater-exchange", "highwater-server", "HTTP-Dispatcher")
                .isEmpty());
    server.close();
  }

  @Test
  void aViewerThatTakesNothingDoesNotKeepTheServerFromClosing() throws IOException {
    String filler = "x".repeat(8 << 20);
    var asked = new AtomicInteger();
    var big =
        LocalServer.onLoopback(0)
            .events(
                "events",
                Duration.ofMillis(1),
                () -> "{\"n\":" + asked.incrementAndGet() + ",\"f\":\"" + filler + "\"}")
            .start();
    try (var stuck = new Viewer(big.link())) {
      Remains.await("a third document", () -> asked.get() > 2);
      big.close();
      Remains.await("the viewer's end", () -> threadsNamed("highwater-viewer").isEmpty());
      assertThat(stuck.socket.isClosed()).isFalse();
    }
  }

  @Test
  void itsThreadsAreDaemons() throws IOException {
    try (var viewer = new Viewer()) {
      viewer.data();
      var threads = threadsNamed("HTTP-Dispatcher", "highwater-");
      assertThat(threads).hasSizeGreaterThanOrEqualTo(3).allMatch(Thread::isDaemon);
    }
  }

  @Test
  void requestsThatAreNeverCompleteDoNotKeepOthersOutForEver() throws Exception {
    var threads = new BoundedThreads(1, Duration.ofMillis(1));
    var interrupted = new AtomicInteger();
    var through = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    threads.execute(
        () -> {
          begun.countDown();
          try {
            Thread.sleep(Duration.ofHours(1));
          } catch (InterruptedException e) {
            interrupted.incrementAndGet();
          }
        });
    begun.await();
    long since = System.nanoTime();
    Remains.await("the time that one may take", () -> System.nanoTime() - since > 2_000_000);
    threads.execute(through::countDown);
    assertThat(through.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(interrupted).hasValue(1);
    threads.shutdownNow();
  }

  private static List<Thread> threadsNamed(String... beginnings) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> Arrays.stream(beginnings).anyMatch(thread.getName()::startsWith))
        .toList();
  }

  /// A page that listens to events.
  private final class Viewer implements AutoCloseable {
    final Socket socket;
    private final BufferedReader reader;

    Viewer() throws IOException {
      this(link);
    }

    Viewer(URI link) throws IOException {
      socket = Raw.connect(link);
      String request = "GET " + link.getPath() + "events HTTP/1.1\r\nHost: " + link.getRawAuthority() + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 8192);
      assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
    }

    /// The next event that has no name.
    String data() throws IOException {
      String event = event();
      assertThat(event).startsWith(" ");
      return event.substring(1);
    }

    /// The name and the data of the next event, or `end`.
    String event() throws IOException {
      String name = "";
      for (String line; (line = reader.readLine()) != null; ) {
        if (line.startsWith("event: ")) name = line.substring(7);
        if (line.startsWith("data: ")) return name + " " + line.substring(6);
      }
      return "end";
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
