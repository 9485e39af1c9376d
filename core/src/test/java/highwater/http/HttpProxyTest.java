package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Proxies: which the environment names for whom, and that the requests go through them.
@Timeout(60)
class HttpProxyTest {
  private static final URI ELSEWHERE = URI.create("http://nobody.invalid/data?q=1");

  private static Map<String, String> proxied(String variable, TestServer proxy) {
    return Map.of(variable, "http://127.0.0.1:" + proxy.port());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http_proxy", "HTTP_PROXY"})
  void aGetGoesThroughTheProxy(String variable) throws Exception {
    try (var proxy =
        RawServer.of(
            call -> {
              call.head("HTTP/1.1 200 OK", "Content-Length: 1000");
              call.bytes(0, 1000);
            })) {
      Outcomes.read(HttpStreams.get(ELSEWHERE).environment(proxied(variable, proxy)), 1000);
      assertThat(proxy.calls.getFirst().requestLine).isEqualTo("GET http://nobody.invalid/data?q=1 HTTP/1.1");
    }
  }

  @Test
  void aPutGoesThroughTheProxy() throws Exception {
    try (var proxy =
        RawServer.of(
            call -> {
              call.body().readAllBytes();
              call.head("HTTP/1.1 201 Created", "Content-Length: 0");
            })) {
      Outcomes.write(HttpStreams.put(ELSEWHERE).environment(proxied("http_proxy", proxy)), 1000);
      assertThat(proxy.calls.getFirst().requestLine).startsWith("PUT http://nobody.invalid/data");
    }
  }

  @Test
  void httpsGoesThroughATunnel() throws Exception {
    try (var certificate = TestCertificate.of("localhost");
        var server =
            RawServer.of(
                certificate.listen(),
                call -> {
                  call.head("HTTP/1.1 200 OK", "Content-Length: 1000");
                  call.bytes(0, 1000);
                });
        var proxy = RawServer.of(call -> tunnel(call, server.port()))) {
      var origin =
          HttpStreams.get(URI.create("https://localhost:" + server.port() + "/data"))
              .environment(proxied("https_proxy", proxy));
      // Its certificate is not trusted, which the client can only know through the tunnel.
      assertThat(Outcomes.failure(origin, 1000)).contains("TLS: ");
      assertThat(proxy.calls).isNotEmpty();
      assertThat(proxy.calls.getFirst().requestLine).isEqualTo("CONNECT localhost:" + server.port() + " HTTP/1.1");
    }
  }

  private static void tunnel(RawServer.RawCall call, int port) throws IOException {
    try (var there = new Socket(InetAddress.getLoopbackAddress(), port)) {
      call.head("HTTP/1.1 200 Connected");
      var back = Thread.ofVirtual().start(() -> move(there, call.out));
      move(call.in, there.getOutputStream());
      there.shutdownOutput();
      back.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void move(Socket from, OutputStream to) {
    try {
      move(from.getInputStream(), to);
    } catch (IOException e) {
      // It has gone.
    }
  }

  private static void move(InputStream from, OutputStream to) throws IOException {
    var piece = new byte[8192];
    for (int read; (read = from.read(piece)) >= 0; ) {
      to.write(piece, 0, read);
      to.flush();
    }
  }

  @Test
  void aProxyThatDoesNotAnswerIsNamed() throws Exception {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    var environment = Map.of("http_proxy", "http://127.0.0.1:" + port);
    var expected = "no connection to the proxy 127.0.0.1:" + port;
    assertThat(Outcomes.failure(HttpStreams.get(ELSEWHERE).environment(environment).retries(0), 0)).contains(expected);
    assertThat(Outcomes.failure(HttpStreams.put(ELSEWHERE).environment(environment), 0)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://me:geheim@127.0.0.1:1", "socks5://127.0.0.1:1", "http://[geheim", "http:///geheim"})
  void aProxyThatCannotBeUsedIsAFailureWithoutItsSecret(String proxy) {
    var origin = HttpStreams.get(ELSEWHERE).environment(Map.of("http_proxy", proxy));
    assertThat(Outcomes.failure(HttpStreams.put(ELSEWHERE).environment(Map.of("http_proxy", proxy)), 0))
        .contains("http_proxy")
        .doesNotContain("geheim");
    assertThat(Outcomes.failure(origin, 0))
        .startsWith("cannot read http://nobody.invalid/data?…: the proxy of http_proxy: ")
        .doesNotContain("geheim", "more time");
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/, '', proxy:3128",
    "http://a.example/, example, ",
    "http://a.example/, .example, ",
    "http://a.example/, *.example, ",
    "http://a.example/, A.EXAMPLE, ",
    "http://a.example/, 'x,a.example y', ",
    "http://a.example/, *, ",
    "http://a.example/, ample, proxy:3128",
    "http://a.example/, a.example:80, ",
    "http://a.example:8080/, a.example:80, proxy:3128",
    "http://a.example:8080/, a.example, ",
    "http://[::1]:8080/, ::1, ",
    "http://[::1]:8080/, [::1], ",
    "http://127.0.0.1/, 127.0.0.1, ",
    "https://a.example/, '', secure:80"
  })
  void noProxyNamesHostsAndTheirSubdomains(String address, String list, String proxy) {
    var proxies =
        new EnvironmentProxies(Map.of("http_proxy", "proxy:3128", "HTTPS_PROXY", "http://secure", "no_proxy", list));
    var found = proxies.proxyFor(new Address(URI.create(address)));
    assertThat(found == null ? null : found.getHostString() + ":" + found.getPort()).isEqualTo(proxy);
  }

  @Test
  void aHeaderOfACgiProgramIsNoProxy() {
    var proxies = new EnvironmentProxies(Map.of("HTTP_PROXY", "evil:1", "REQUEST_METHOD", "GET"));
    assertThat(proxies.proxyFor(new Address(URI.create("http://a/")))).isNull();
  }
}
