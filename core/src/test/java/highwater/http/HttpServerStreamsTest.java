package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import highwater.contract.Pattern;
import highwater.contract.Probe;
import highwater.contract.RawClient;
import highwater.contract.Remains;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the bodies of the JDK's server do beyond the contracts of ends, asked of a client that sees each byte.
@Timeout(60)
class HttpServerStreamsTest {
  private static final int BYTES = 3_000_000;

  private final CompletableFuture<PipelineRun> run = new CompletableFuture<>();

  /// The run that a handler has started.
  private PipelineRun run() {
    return run.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private void join() throws Exception {
    run().completion().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private RawClient get(String path, String... headers) throws IOException {
    var client = new RawClient(ExchangeHost.port());
    var lines = new String[headers.length + 2];
    lines[0] = "GET " + path + " HTTP/1.1";
    lines[1] = "Host: localhost";
    System.arraycopy(headers, 0, lines, 2, headers.length);
    client.head(lines);
    return client;
  }

  private String giving(Probe probe, UnaryOperator<ExchangeTarget> settings) {
    return ExchangeHost.path(
        exchange ->
            run.complete(
                Pipeline.from(probe.origin()).to(settings.apply(HttpServerStreams.response(exchange))).start()));
  }

  @Test
  void aFailureBeforeTheFirstByteIsAnswered() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, 0), target -> target))) {
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @Test
  void aFailureBreaksABodyOfChunksOffBeforeItsLast() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, BYTES / 2), target -> target))) {
      var body = client.answer();
      assertThat(client.header("Transfer-Encoding")).isEqualTo("chunked");
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFailureAfterTheLastByteBreaksABodyOfLengthOffAllTheSame() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, BYTES), target -> target.length(BYTES)))) {
      var body = client.answer();
      assertThat(client.header("Content-Length")).isEqualTo("" + BYTES);
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void aLengthOfNothingIsAnnouncedToo() throws Exception {
    try (var client = get(giving(Probe.of(0), target -> target.length(0)))) {
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.header("Content-Length")).isEqualTo("0");
    }
    join();
  }

  @Test
  void moreThanTheLengthFailsTheRun() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), target -> target.length(BYTES - 1)))) {
      var body = client.answer();
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(EOFException.class);
    }
    assertThatThrownBy(this::join).hasMessageContaining("more data than announced, 2,999,999 bytes (expected: ");
  }

  /// The server reads what is left of the request's body before it lets go of the connection.
  @Test
  void aFailureIsAnsweredToAClientThatOwesSomeOfItsRequest() throws Exception {
    var path = giving(Probe.failing(BYTES, 0), target -> target);
    try (var client = new RawClient(ExchangeHost.port())) {
      client.head("PUT " + path + " HTTP/1.1", "Host: localhost", "Content-Length: 1000");
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(500);
      assertThatThrownBy(this::join).rootCause().isInstanceOf(Probe.Boom.class);
    }
  }

  @Test
  void theLengthIsAnnouncedAndHeldTo() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), target -> target.length(BYTES)))) {
      assertThat(Pattern.read(client.answer())).isEqualTo(BYTES);
      assertThat(client.header("Content-Length")).isEqualTo("" + BYTES);
    }
    join();
  }

  @Test
  void lessThanTheLengthFailsTheRun() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), target -> target.length(BYTES + 1)))) {
      var body = client.answer();
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(EOFException.class);
    }
    assertThatThrownBy(this::join).hasMessageContaining("3000000 of 3,000,001 bytes (expected: ");
  }

  @Test
  void anotherRequestFollowsOnTheSameConnection() throws Exception {
    var path = giving(Probe.of(BYTES), target -> target);
    try (var client = get(path)) {
      assertThat(Pattern.read(client.answer())).isEqualTo(BYTES);
      client.head("GET " + giving(Probe.of(10), target -> target.status(201)) + " HTTP/1.1", "Host: localhost");
      assertThat(Pattern.read(client.answer())).isEqualTo(10);
      assertThat(client.status()).isEqualTo(201);
    }
  }

  @Test
  void whatASlowSourceHasGivenIsSent() throws Exception {
    try (var client = get(giving(Probe.stopping(BYTES, 10), target -> target))) {
      assertThat(client.answer().readNBytes(10)).isEqualTo(Pattern.bytes(10));
      run().cancel("enough");
    }
  }

  @Test
  void aClientThatLeavesEndsTheRunAndClosesTheSource() throws Exception {
    var probe = Probe.of(1L << 40);
    try (var client = get(giving(probe, target -> target))) {
      assertThat(client.answer().readNBytes(100)).isEqualTo(Pattern.bytes(100));
      client.reset();
    }
    assertThatThrownBy(this::join)
        .hasCauseInstanceOf(PipelineException.class)
        .hasMessageContaining("has gone (expected: a client that takes all of it");
    assertThat(probe.isClosed()).isTrue();
  }

  @Test
  void aClientThatTakesNothingIsNamedAndGivenUp() throws Exception {
    var probe = Probe.of(1L << 40);
    var path = giving(probe, target -> target.idleTimeout(Duration.ofSeconds(2)));
    try (var client = get(path)) {
      var body = client.answer();
      assertThat(body.readNBytes(100)).isEqualTo(Pattern.bytes(100));
      Remains.awaitQuiet(probe::movedBytes);
      assertThat(run().diagnose().toString()).contains("the client of GET " + path + " at 127.0.0.1 to take data");
      assertThatThrownBy(this::join).hasMessageContaining("nothing moved for 2 s");
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aBodyCanBeTheAnswerToItself() throws Exception {
    var path =
        ExchangeHost.path(
            exchange ->
                run.complete(
                    Pipeline.from(HttpServerStreams.request(exchange))
                        .to(HttpServerStreams.response(exchange))
                        .start()));
    try (var client = HttpClient.newHttpClient()) {
      var bytes = Pattern.bytes(BYTES);
      var uri = URI.create("http://127.0.0.1:" + ExchangeHost.port() + path);
      var request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(bytes)).build();
      assertThat(client.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(bytes);
    }
  }

  @Test
  void aSilentClientIsGivenUp() throws Exception {
    var path =
        ExchangeHost.path(
            exchange -> {
              var origin = HttpServerStreams.request(exchange).idleTimeout(Duration.ofMillis(200));
              run.complete(Pipeline.from(origin).to(Probe.of(BYTES).target()).start());
            });
    try (var client = new RawClient(ExchangeHost.port())) {
      client.head("PUT " + path + " HTTP/1.1", "Host: localhost", "Content-Length: " + BYTES);
      assertThatThrownBy(this::join).hasMessageContaining("nothing moved for 200 ms (expected: ");
      client.drain();
    }
  }

  @Test
  void overTlsAFailureIsNoEndEither() throws Exception {
    try (var certificate = TestCertificate.of("localhost");
        var client = HttpClient.newBuilder().sslContext(certificate.context()).build()) {
      var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
      server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
      server.createContext(
          "/whole",
          HttpServerStreams.handler(
              exchange -> Pipeline.from(Probe.of(BYTES).origin()).to(HttpServerStreams.response(exchange))));
      server.createContext(
          "/failing",
          HttpServerStreams.handler(
              exchange ->
                  Pipeline.from(Probe.failing(BYTES, BYTES).origin()).to(HttpServerStreams.response(exchange))));
      server.start();
      try {
        var at = "https://localhost:" + server.getAddress().getPort();
        var whole = HttpRequest.newBuilder(URI.create(at + "/whole")).build();
        assertThat(client.send(whole, BodyHandlers.ofByteArray()).body()).isEqualTo(Pattern.bytes(BYTES));
        var failing = HttpRequest.newBuilder(URI.create(at + "/failing")).build();
        assertThatThrownBy(() -> client.send(failing, BodyHandlers.ofByteArray())).isInstanceOf(IOException.class);
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    var target = new CompletableFuture<ExchangeTarget>();
    try (var client = get(ExchangeHost.path(exchange -> target.complete(HttpServerStreams.response(exchange))))) {
      Pipeline.from(Probe.of(1).origin()).to(target.join()).run();
      assertThat(client.answer().readAllBytes()).hasSize(1);
      assertThatThrownBy(() -> Pipeline.from(Probe.of(1).origin()).to(target.join()).run())
          .hasMessageContaining("has had its run (expected: one");
      assertThatThrownBy(() -> target.join().length(-1)).hasMessageContaining("length: -1 (expected: ");
      assertThatThrownBy(() -> target.join().status(204)).hasMessageContaining("status: 204 (expected: ");
      assertThatThrownBy(() -> target.join().idleTimeout(Duration.ZERO)).hasMessageContaining("idle timeout: PT0S");
      assertThat(Pipeline.from(Probe.of(1).origin()).to(target.join()).explain().toString())
          .contains("write 3 × 64 KiB")
          .contains("server 4 × 64 KiB");
    }
  }
}
