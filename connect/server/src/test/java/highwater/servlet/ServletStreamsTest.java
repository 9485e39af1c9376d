package highwater.servlet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

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
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What servlets' bodies do beyond the contracts of ends, in Jetty, asked of a client that sees each byte.
@Timeout(60)
class ServletStreamsTest {
  private static final int BYTES = 3_000_000;
  private static final Path ABSENT = Path.of("target", "absent", "file");
  private static final int MORE_THAN_SOCKETS_HOLD = 20_000_000;

  private final CompletableFuture<PipelineRun> run = new CompletableFuture<>();

  /// The run that a servlet has started.
  private PipelineRun run() {
    return run.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private void join() throws Exception {
    run().completion().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static RawClient get(String path, String... headers) throws IOException {
    var client = new RawClient(ServletHost.port());
    ask(client, path, headers);
    return client;
  }

  private static void ask(RawClient client, String path, String... headers) throws IOException {
    var lines = new ArrayList<String>();
    lines.add("GET " + path + " HTTP/1.1");
    lines.add("Host: localhost");
    lines.addAll(List.of(headers));
    client.head(lines.toArray(String[]::new));
  }

  private String giving(Probe probe, UnaryOperator<ResponseTarget> settings) {
    return ServletHost.path((request, response) -> give(probe, settings, request, response));
  }

  private void give(
      Probe probe, UnaryOperator<ResponseTarget> settings, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var target = settings.apply(ServletStreams.response(request, response));
    run.complete(Pipeline.from(probe.origin()).to(target).start());
  }

  private static void assertBreaksOff(InputStream body) {
    assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream())).isInstanceOf(IOException.class);
  }

  @Test
  void aFailureBeforeTheFirstByteIsAnsweredAndSaysNothingOfItself() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, 0), UnaryOperator.identity()))) {
      assertThat(new String(client.answer().readAllBytes(), StandardCharsets.UTF_8)).doesNotContain("boom");
      assertThat(client.status()).isEqualTo(500);
    }
  }

  /// What makes a pipeline that ends in a response.
  interface Recipe {
    Pipeline into(ResponseTarget response);
  }

  /// Each fails before the response was opened.
  static Stream<Named<Recipe>> runsThatOpenNothing() {
    var absent = Pipeline.from(FileStreams.read(ABSENT));
    var handle = new CancelHandle();
    handle.cancel("early");
    return Stream.of(
        named("a file that is not there", absent::to),
        named("a folder for a file", Pipeline.from(FileStreams.read(Path.of("target")))::to),
        named("behind gzip", absent.through(Gzip.compress())::to),
        named(
            "behind a live stream",
            absent.through(Stage.of("pass", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())))::to),
        named(
            "cancelled before it begins",
            response -> Pipeline.from(Probe.of(1).origin()).to(response).cancelledBy(handle)),
        named(
            "late before its budget is free",
            response ->
                Pipeline.from(Probe.of(1).origin())
                    .to(response)
                    .withBudget(used())
                    .withDeadline(Duration.ofMillis(1))));
  }

  private static Named<Recipe> named(String what, Recipe recipe) {
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
  void aRunThatOpensNothingIsAnswered(Recipe recipe) throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> run.complete(recipe.into(ServletStreams.response(request, response)).start()));
    try (var client = get(path)) {
      assertThat(new String(client.answer().readAllBytes(), StandardCharsets.UTF_8)).doesNotContain("absent");
      assertThat(client.status()).isEqualTo(500);
    }
    var failure = catchThrowable(this::join);
    assertThat(failure).isNotNull();
    assertThat(run().failure()).isNotNull();
    assertThat(requireNonNull(run().failure()).getSuppressed()).isEmpty();
  }

  @Test
  void aClientThatHasLeftCostsNothingWhereTheRunOpensNothing() throws Exception {
    try (var client = get(giving(Probe.of(1), UnaryOperator.identity()))) {
      assertThat(client.answer().readAllBytes()).hasSize(1);
    }
    var before = Remains.descriptors();
    for (int i = 0; i < 20; i++) {
      var target = new CompletableFuture<ResponseTarget>();
      var path = ServletHost.path((request, response) -> target.complete(ServletStreams.response(request, response)));
      try (var client = get(path)) {
        target.orTimeout(30, TimeUnit.SECONDS).join();
        client.reset();
      }
      assertThatThrownBy(() -> Pipeline.from(FileStreams.read(ABSENT)).to(target.join()).run())
          .rootCause()
          .isInstanceOf(NoSuchFileException.class);
    }
    Remains.awaitDescriptors(before);
  }

  /// What is thrown in the servlet is the container's to answer, as any other failure there.
  @Test
  void aStartThatIsRefusedIsAnsweredByTheContainer() throws Exception {
    var path =
        ServletHost.path(
            (request, response) ->
                run.complete(
                    Pipeline.from(Probe.of(1).origin())
                        .to(ServletStreams.response(request, response))
                        .withBudget(Budget.of(1))
                        .start()));
    try (var client = get(path)) {
      client.answer();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @ParameterizedTest
  @CsvSource({"204,1", "204,1500000", "304,1", "304,1500000"})
  void aBodyForAStatusWithoutOneFailsTheRun(int status, int bytes) throws Exception {
    try (var client = get(withStatus(status, bytes))) {
      client.answer();
      assertThat(client.status()).isEqualTo(500);
    }
    assertThatThrownBy(this::join).hasMessageContaining("a status of " + status + " has no body (expected: ");
  }

  /// The length of a 304 is that of the body which the client has.
  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void aStatusWithoutABodyCanBeTheEndOfARunThatGivesNone(int status) throws Exception {
    try (var client = get(withStatus(status, 0))) {
      client.answer();
      assertThat(client.status()).isEqualTo(status);
      assertThat(client.header("Transfer-Encoding")).isEmpty();
    }
    join();
  }

  private String withStatus(int status, int bytes) {
    return ServletHost.path(
        (request, response) -> {
          response.setStatus(status);
          if (status == 304) response.setContentLengthLong(BYTES);
          give(Probe.of(bytes), UnaryOperator.identity(), request, response);
        });
  }

  @Test
  void aFailureBreaksABodyOfChunksOffBeforeItsLast() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, BYTES / 2), UnaryOperator.identity()))) {
      var body = client.answer();
      assertThat(client.header("Transfer-Encoding")).isEqualTo("chunked");
      assertBreaksOff(body);
    }
  }

  /// Without chunks the end of the connection would be that of the body, whatever ended it.
  @Test
  void aClientThatWantsTheConnectionClosedSeesAFailureToo() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, BYTES / 2), UnaryOperator.identity()), "Connection: close")) {
      var body = client.answer();
      assertThat(client.header("Transfer-Encoding")).isEqualTo("chunked");
      assertBreaksOff(body);
    }
  }

  @Test
  void aFailureAfterTheLastByteBreaksABodyOfLengthOffAllTheSame() throws Exception {
    try (var client = get(giving(Probe.failing(BYTES, BYTES), target -> target.length(BYTES)))) {
      var body = client.answer();
      assertThat(client.header("Content-Length")).isEqualTo("" + BYTES);
      assertBreaksOff(body);
    }
  }

  @Test
  void aLengthThatTheServletAnnouncesIsHeldToAsWell() throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> {
              response.setContentLengthLong(BYTES);
              give(Probe.failing(BYTES, BYTES), UnaryOperator.identity(), request, response);
            });
    try (var client = get(path)) {
      var body = client.answer();
      assertThat(client.header("Content-Length")).isEqualTo("" + BYTES);
      assertBreaksOff(body);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000})
  void lessThanTheServletHasAnnouncedFailsTheRun(int bytes) throws Exception {
    try (var client = get(announcing(100_001, bytes))) {
      assertThat(client.answer().readAllBytes().length == bytes && client.status() == 200).isFalse();
    } catch (EOFException e) {
      // It broke off.
    }
    assertThatThrownBy(this::join)
        .hasMessageContaining("less data than announced: " + bytes + " of 100,001 bytes (expected: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20_000, 65_536, 100_000})
  void moreThanTheServletHasAnnouncedFailsTheRun(int bytes) throws Exception {
    try (var client = get(announcing(bytes - 1, bytes))) {
      var body = client.answer();
      if (client.status() == 200) assertBreaksOff(body);
    }
    assertThatThrownBy(this::join).hasMessageContaining("more data than announced, ");
  }

  private String announcing(int announcedBytes, int givenBytes) {
    return ServletHost.path(
        (request, response) -> {
          response.setContentLengthLong(announcedBytes);
          give(Probe.of(givenBytes), UnaryOperator.identity(), request, response);
        });
  }

  @Test
  void theLengthIsAnnounced() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), target -> target.length(BYTES)))) {
      assertThat(Pattern.read(client.answer())).isEqualTo(BYTES);
      assertThat(client.header("Content-Length")).isEqualTo("" + BYTES);
    }
    join();
  }

  @Test
  void lessThanTheLengthFailsTheRun() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), target -> target.length(BYTES + 1)))) {
      assertBreaksOff(client.answer());
    }
    assertThatThrownBy(this::join)
        .hasMessageContaining("less data than announced: 3000000 of 3,000,001 bytes (expected: ");
  }

  @Test
  void moreThanTheLengthFailsTheRun() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), target -> target.length(BYTES - 1)))) {
      assertBreaksOff(client.answer());
    }
    assertThatThrownBy(this::join).hasMessageContaining("more data than announced, 2,999,999 bytes (expected: ");
  }

  @Test
  void anotherRequestFollowsOnTheSameConnection() throws Exception {
    try (var client = get(giving(Probe.of(BYTES), UnaryOperator.identity()))) {
      assertThat(Pattern.read(client.answer())).isEqualTo(BYTES);
      ask(client, giving(Probe.of(10), target -> target.length(10)));
      assertThat(Pattern.read(client.answer())).isEqualTo(10);
      ask(client, giving(Probe.of(0), UnaryOperator.identity()));
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(200);
    }
  }

  @Test
  void whatASlowSourceHasGivenIsSent() throws Exception {
    try (var client = get(giving(Probe.stopping(BYTES, 10), UnaryOperator.identity()))) {
      assertThat(client.answer().readNBytes(10)).isEqualTo(Pattern.bytes(10));
      run().cancel("enough");
    }
  }

  @Test
  void aSlowClientHoldsBackTheSource() throws Exception {
    var probe = Probe.of(1L << 40);
    var path = giving(probe, UnaryOperator.identity());
    try (var client = get(path)) {
      var body = client.answer();
      assertThat(body.readNBytes(100)).isEqualTo(Pattern.bytes(100));
      long held = Remains.awaitQuiet(probe::movedBytes);
      // What the sockets of both sides hold, and the buffers of the run.
      assertThat(held).isLessThan(12L << 20);
      assertThat(run().diagnose().toString()).contains("the client of GET " + path + " at 127.0.0.1 to take data");
      // And lets it go on.
      body.skipNBytes(20L << 20);
      Remains.await("more of the source", () -> probe.movedBytes() > held);
      run().cancel("enough");
    }
  }

  @Test
  void aClientThatLeavesEndsTheRunAndClosesTheSource() throws Exception {
    var probe = Probe.of(1L << 40);
    try (var client = get(giving(probe, UnaryOperator.identity()))) {
      assertThat(client.answer().readNBytes(100)).isEqualTo(Pattern.bytes(100));
      client.reset();
    }
    assertThatThrownBy(this::join)
        .hasCauseInstanceOf(PipelineException.class)
        .hasMessageContaining("has gone (expected: a client that takes all of it");
    assertThat(probe.isClosed()).isTrue();
  }

  @Test
  void aClientThatTakesNothingIsGivenUp() throws Exception {
    try (var client = get(giving(Probe.of(1L << 40), target -> target.idleTimeout(Duration.ofSeconds(1))))) {
      var body = client.answer();
      assertThat(body.readNBytes(100)).isEqualTo(Pattern.bytes(100));
      assertThatThrownBy(this::join).hasMessageContaining(" within 1 s (expected: ");
      assertBreaksOff(body);
    }
  }

  @Test
  void theTimeOfAllOfTheRequestIsNoEnd() throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> {
              give(Probe.of(1L << 40), UnaryOperator.identity(), request, response);
              request.getAsyncContext().setTimeout(500);
            });
    try (var client = get(path)) {
      var body = client.answer();
      assertThat(body.readNBytes(100)).isEqualTo(Pattern.bytes(100));
      assertThatThrownBy(this::join)
          .hasMessageContaining("it took longer than 500 ms in all (expected: ")
          .hasRootCauseInstanceOf(TimeoutException.class);
      assertBreaksOff(body);
    }
  }

  @Test
  void theTimeOfAllOfTheRequestIsAFailureBeforeTheFirstByteToo() throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> {
              give(Probe.stopping(BYTES, 0), UnaryOperator.identity(), request, response);
              request.getAsyncContext().setTimeout(200);
            });
    try (var client = get(path)) {
      client.answer().readAllBytes();
      assertThat(client.status()).isEqualTo(500);
      assertThatThrownBy(this::join).hasMessageContaining("it took longer than 200 ms in all (expected: ");
    }
  }

  /// More clients that wait, of both kinds, than the server has threads.
  @Test
  void aBodyThatWaitsHoldsNoThread() throws Exception {
    var runs = new ArrayList<PipelineRun>();
    var taken =
        ServletHost.path(
            (request, response) -> {
              var target = ServletStreams.response(request, response);
              var started = Pipeline.from(Probe.of(1L << 40).origin()).to(target).start();
              synchronized (runs) {
                runs.add(started);
              }
            });
    var given =
        ServletHost.path(
            (request, response) -> {
              var started = Pipeline.from(ServletStreams.request(request)).to(Probe.of(100).target()).start();
              ServletStreams.answerWhenDone(started, request, response, 201);
              synchronized (runs) {
                runs.add(started);
              }
            });
    var clients = new ArrayList<RawClient>();
    try {
      for (int i = 0; i < 3 * ServletHost.THREADS; i++) {
        var client = get(taken);
        clients.add(client);
        assertThat(client.answer().readNBytes(100)).isEqualTo(Pattern.bytes(100));
        var giver = new RawClient(ServletHost.port());
        clients.add(giver);
        giver.head("PUT " + given + " HTTP/1.1", "Host: localhost", "Content-Length: 100");
      }
      try (var client = get(giving(Probe.of(BYTES), UnaryOperator.identity()))) {
        assertThat(Pattern.read(client.answer())).isEqualTo(BYTES);
      }
      assertThat(runs).hasSize(6 * ServletHost.THREADS);
    } finally {
      for (var client : clients) client.close();
      synchronized (runs) {
        runs.forEach(started -> started.cancel("enough"));
      }
    }
    for (var started : runs) assertThat(catchThrowable(started::join)).isNotNull();
  }

  @Test
  void aBodyCanBeTheAnswerToItself() throws Exception {
    var path =
        ServletHost.path(
            (request, response) ->
                run.complete(
                    Pipeline.from(ServletStreams.request(request))
                        .to(ServletStreams.response(request, response))
                        .start()));
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var bytes = Pattern.bytes(BYTES);
      var request = HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofByteArray(bytes)).build();
      assertThat(client.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(bytes);
    }
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + ServletHost.port() + path);
  }

  @Test
  void overHttp2AFailureResetsTheStream() throws Exception {
    var whole = giving(Probe.of(BYTES), UnaryOperator.identity());
    var failing = giving(Probe.failing(BYTES, BYTES), UnaryOperator.identity());
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      var got = client.send(HttpRequest.newBuilder(uri(whole)).build(), BodyHandlers.ofByteArray());
      assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(got.body()).isEqualTo(Pattern.bytes(BYTES));
      assertThatThrownBy(() -> client.send(HttpRequest.newBuilder(uri(failing)).build(), BodyHandlers.ofByteArray()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("RST_STREAM");
      // The connection is none the worse.
      var another = HttpRequest.newBuilder(uri(giving(Probe.of(BYTES), UnaryOperator.identity()))).build();
      var again = client.send(another, BodyHandlers.ofByteArray());
      assertThat(again.body()).isEqualTo(Pattern.bytes(BYTES));
    }
  }

  @Test
  void aRequestIsAnsweredWhenItsRunIsDone() throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> {
              run.complete(Pipeline.from(ServletStreams.request(request)).to(Probe.of(BYTES).target()).start());
              ServletStreams.answerWhenDone(run(), request, response, 201);
            });
    try (var client = new RawClient(ServletHost.port())) {
      client.head("PUT " + path + " HTTP/1.1", "Host: localhost", "Content-Length: " + BYTES);
      Pattern.write(client.body(false), 0, BYTES, 10_000);
      assertThat(client.answer().readAllBytes()).isEmpty();
      assertThat(client.status()).isEqualTo(201);
    }
  }

  @Test
  void aRequestWhoseRunFailsIsAnsweredToo() throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> {
              run.complete(Pipeline.from(ServletStreams.request(request)).to(Probe.failing(BYTES, 1).target()).start());
              ServletStreams.answerWhenDone(run(), request, response, 201);
            });
    try (var client = new RawClient(ServletHost.port())) {
      client.head("PUT " + path + " HTTP/1.1", "Host: localhost", "Content-Length: " + BYTES);
      Pattern.write(client.body(false), 0, 1000, 1000);
      client.answer();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @Test
  void aSilentClientIsGivenUp() throws Exception {
    var path =
        ServletHost.path(
            (request, response) -> {
              var origin = ServletStreams.request(request).idleTimeout(Duration.ofMillis(200));
              run.complete(Pipeline.from(origin).to(Probe.of(BYTES).target()).start());
              ServletStreams.answerWhenDone(run(), request, response, 201);
            });
    try (var client = new RawClient(ServletHost.port())) {
      client.head("PUT " + path + " HTTP/1.1", "Host: localhost", "Content-Length: " + BYTES);
      assertThatThrownBy(this::join).hasMessageContaining("no byte came for 200 ms (expected: ");
      client.answer();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @Test
  void aRunInsideTheServletWouldWaitForItself() throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    var path =
        ServletHost.path(
            (request, response) -> {
              var target = ServletStreams.response(request, response);
              thrown.complete(catchThrowable(() -> Pipeline.from(Probe.of(1).origin()).to(target).run()));
            });
    try (var client = get(path)) {
      assertThat(thrown.orTimeout(30, TimeUnit.SECONDS).join())
          .hasMessageContaining("run() inside the servlet would wait for itself")
          .hasMessageContaining("(expected: start(), and to return)");
      client.answer();
      assertThat(client.status()).isEqualTo(500);
    }
  }

  /// Wrapped as a filter would: every call is one that the API allows.
  @Test
  void isReadyIsAskedBeforeEachCallAndTheContainerIsLeftAloneWhileItIsFalse() throws Exception {
    var strict = new CompletableFuture<StrictResponse>();
    var path =
        ServletHost.path(
            (request, response) -> {
              var wrapped = new StrictResponse(response);
              strict.complete(wrapped);
              give(Probe.of(MORE_THAN_SOCKETS_HOLD), UnaryOperator.identity(), request, wrapped);
            });
    try (var client = get(path)) {
      var body = client.answer();
      Remains.await("the wait for the client", () -> strict.join().waits() > 0);
      assertThat(Pattern.read(body)).isEqualTo(MORE_THAN_SOCKETS_HOLD);
    }
    join();
    assertThat(strict.join().broken()).isEmpty();
    assertThat(strict.join().writes()).isPositive();
  }

  @Test
  void isReadyCanBeAskedTwice() throws Exception {
    var path =
        ServletHost.path(
            (request, response) ->
                give(Probe.of(BYTES), UnaryOperator.identity(), request, new StrictResponse(response).askingTwice()));
    try (var client = get(path)) {
      assertThat(Pattern.read(client.answer())).isEqualTo(BYTES);
    }
    join();
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    var path =
        ServletHost.waitingPath(
            (request, response) -> thrown.complete(catchThrowable(() -> ServletStreams.response(request, response))));
    try (var client = get(path)) {
      client.answer();
      assertThat(thrown.join())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the request cannot be asynchronous (expected: asyncSupported = true");
    }
    var target = new CompletableFuture<ResponseTarget>();
    var asked = ServletHost.path((request, response) -> target.complete(ServletStreams.response(request, response)));
    try (var client = get(asked)) {
      var made = target.orTimeout(30, TimeUnit.SECONDS).join();
      assertThat(Pipeline.from(Probe.of(1).origin()).to(made).explain().toString())
          .contains("write 2 × 64 KiB")
          .contains("container 2 × ");
      Pipeline.from(Probe.of(1).origin()).to(made).run();
      assertThat(client.answer().readAllBytes()).hasSize(1);
      assertThatThrownBy(() -> Pipeline.from(Probe.of(1).origin()).to(made).run())
          .hasMessageContaining("has had its run (expected: one");
      assertThatThrownBy(() -> made.length(-1)).hasMessageContaining("length: -1 (expected: ");
      assertThatThrownBy(() -> made.idleTimeout(Duration.ZERO)).hasMessageContaining("idle timeout: PT0S (expected: ");
      assertThat(made.toString()).isEqualTo("response to GET " + asked);
    }
  }
}
