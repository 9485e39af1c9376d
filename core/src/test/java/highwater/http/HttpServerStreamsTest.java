package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import highwater.CancelHandle;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.codec.Gzip;
import highwater.contract.Pattern;
import highwater.contract.Probe;
import highwater.contract.RawClient;
import highwater.contract.Remains;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Stage;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the bodies of the JDK's server do beyond the contracts of ends, asked of a client that sees each byte.
@Timeout(60)
class HttpServerStreamsTest {
  private static final int BYTES = 3_000_000;
  private static final Path ABSENT = Path.of("target", "absent", "file");

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

  /// Each fails before the response was opened.
  static Stream<Named<HttpServerStreams.Recipe>> runsThatOpenNothing() {
    var absent = FileStreams.read(ABSENT);
    var handle = new CancelHandle();
    handle.cancel("early");
    return Stream.of(
        named("a file that is not there", exchange -> Pipeline.from(absent).to(HttpServerStreams.response(exchange))),
        named(
            "a folder for a file",
            exchange -> Pipeline.from(FileStreams.read(Path.of("target"))).to(HttpServerStreams.response(exchange))),
        named(
            "behind gzip",
            exchange -> Pipeline.from(absent).through(Gzip.compress()).to(HttpServerStreams.response(exchange))),
        named(
            "behind gzip with workers",
            exchange ->
                Pipeline.from(absent).through(Gzip.compress().workers(2)).to(HttpServerStreams.response(exchange))),
        named(
            "behind a live stream",
            exchange ->
                Pipeline.from(absent)
                    .through(Stage.of("pass", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())))
                    .to(HttpServerStreams.response(exchange))),
        named(
            "before a live stream that cannot be made",
            exchange ->
                Pipeline.from(Probe.of(1).origin())
                    .through(
                        Stage.<ByteBuffer, ByteBuffer>of(
                            "none",
                            () -> {
                              throw new IllegalStateException("no stream");
                            }))
                    .to(HttpServerStreams.response(exchange))),
        named(
            "cancelled before it begins",
            exchange ->
                Pipeline.from(Probe.of(1).origin()).to(HttpServerStreams.response(exchange)).cancelledBy(handle)),
        named(
            "late before its budget is free",
            exchange ->
                Pipeline.from(Probe.of(1).origin())
                    .to(HttpServerStreams.response(exchange))
                    .withBudget(used())
                    .withDeadline(Duration.ofMillis(1))));
  }

  private static Named<HttpServerStreams.Recipe> named(String what, HttpServerStreams.Recipe recipe) {
    return Named.of(what, recipe);
  }

  /// A budget of which nothing is free.
  private static Budget used() {
    var budget = Budget.of(1 << 20);
    var _ = budget.takeMinimum(1 << 20, () -> {});
    return budget;
  }

  @ParameterizedTest
  @MethodSource("runsThatOpenNothing")
  void aRunThatOpensNothingIsAnswered(HttpServerStreams.Recipe recipe) throws Exception {
    try (var client = get(ExchangeHost.path(HttpServerStreams.handler(recipe)))) {
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @Test
  void aRunThatOpensNothingInItsHandlerIsAnsweredToo() throws Exception {
    var path =
        ExchangeHost.path(
            exchange -> Pipeline.from(FileStreams.read(ABSENT)).to(HttpServerStreams.response(exchange)).run());
    try (var client = get(path)) {
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @Test
  void aClientThatHasLeftCostsNothingWhereTheRunOpensNothing() throws Exception {
    try (var client = get(giving(Probe.of(1), target -> target))) {
      assertThat(client.answer().readAllBytes()).hasSize(1);
    }
    var before = Remains.descriptors();
    for (int i = 0; i < 20; i++) {
      var target = new CompletableFuture<ExchangeTarget>();
      try (var client = get(ExchangeHost.path(exchange -> target.complete(HttpServerStreams.response(exchange))))) {
        target.orTimeout(30, TimeUnit.SECONDS).join();
        client.reset();
      }
      assertThatThrownBy(() -> Pipeline.from(FileStreams.read(ABSENT)).to(target.join()).run())
          .rootCause()
          .isInstanceOf(NoSuchFileException.class);
    }
    Remains.awaitDescriptors(before);
  }

  /// What is thrown in the handler is the server's to answer, as any other failure there.
  @Test
  void aStartThatIsRefusedClosesTheConnection() throws Exception {
    var path =
        ExchangeHost.path(
            HttpServerStreams.handler(
                exchange ->
                    Pipeline.from(Probe.of(1).origin())
                        .to(HttpServerStreams.response(exchange))
                        .withBudget(Budget.of(1))));
    try (var client = get(path)) {
      assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
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

  private String announcing(String length, int bytes) {
    return ExchangeHost.path(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Length", length);
          run.complete(Pipeline.from(Probe.of(bytes).origin()).to(HttpServerStreams.response(exchange)).start());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BYTES})
  void aLengthThatTheHandlerAnnouncesIsHeldToAsWell(int bytes) throws Exception {
    try (var client = get(announcing("" + bytes, bytes))) {
      assertThat(Pattern.read(client.answer())).isEqualTo(bytes);
      assertThat(client.header("Content-Length")).isEqualTo("" + bytes);
      assertThat(client.header("Transfer-Encoding")).isEmpty();
    }
    join();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000})
  void lessThanTheHandlerHasAnnouncedFailsTheRun(int bytes) throws Exception {
    try (var client = get(announcing("100001", bytes))) {
      assertThat(client.answer().readAllBytes().length == bytes && client.status() == 200).isFalse();
    } catch (EOFException e) {
      // It broke off.
    }
    assertThatThrownBy(this::join)
        .hasMessageContaining("less data than announced: " + bytes + " of 100,001 bytes (expected: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  void moreThanTheHandlerHasAnnouncedFailsTheRun(int bytes) throws Exception {
    try (var client = get(announcing("" + (bytes - 1), bytes))) {
      var body = client.answer();
      if (client.status() == 200) {
        assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(EOFException.class);
      }
    }
    assertThatThrownBy(this::join).hasMessageContaining("more data than announced, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "-1"})
  void aLengthThatIsNoneFailsTheRun(String length) throws Exception {
    try (var client = get(announcing(length, 1))) {
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(500);
    }
    assertThatThrownBy(this::join)
        .hasMessageContaining("the handler has set Content-Length to " + length + " (expected: the body's number");
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
