package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.contract.Probe;
import highwater.contract.Remains;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.EOFException;
import java.io.InputStream;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PUT and POST: when the body becomes whole, what a server's answer makes of it, limits on time.
@Timeout(60)
class HttpPutTest {
  private static final int BYTES = 3_000_000;
  private static final String CREATED = "HTTP/1.1 201 Created";

  private static HttpTarget put(TestServer server) {
    return HttpStreams.put(server.uri("/data"));
  }

  /// Takes a body and says so.
  private static RawServer taking(AtomicLong taken) throws Exception {
    return RawServer.of(
        call -> {
          taken.set(Pattern.read(call.body()));
          call.head(CREATED, "Content-Length: 0");
        });
  }

  @Test
  void aBodyOfUnknownLengthIsSentInChunks() throws Exception {
    var taken = new AtomicLong(-1);
    try (var server = taking(taken)) {
      Outcomes.write(put(server).header("X-Name", "value"), BYTES);
      assertThat(taken).hasValue(BYTES);
      var call = server.calls.getFirst();
      assertThat(call.requestLine).isEqualTo("PUT /data HTTP/1.1");
      assertThat(call.header("Transfer-Encoding")).isEqualTo("chunked");
      assertThat(call.header("X-Name")).isEqualTo("value");
    }
  }

  @Test
  void postIsSentAsPost() throws Exception {
    var taken = new AtomicLong(-1);
    try (var server = taking(taken)) {
      Outcomes.write(HttpStreams.post(server.uri("/data?a=b")), 10);
      assertThat(server.calls.getFirst().requestLine).isEqualTo("POST /data?a=b HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, BYTES})
  void aKnownLengthIsAnnounced(int bytes) throws Exception {
    var taken = new AtomicLong(-1);
    try (var server = taking(taken)) {
      Outcomes.write(put(server).length(bytes), bytes);
      assertThat(taken).hasValue(bytes);
      assertThat(server.calls.getFirst().header("Content-Length")).isEqualTo("" + bytes);
      assertThat(server.calls.getFirst().header("Transfer-Encoding")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void otherDataThanAnnouncedIsNeverWhole(int difference) throws Exception {
    var taken = new AtomicLong(-1);
    try (var server = taking(taken)) {
      assertThat(Outcomes.failure(put(server).length(BYTES), BYTES + difference))
          .contains(difference < 0 ? "less data than announced" : "more data than announced", "3,000,000 bytes");
      Remains.await("the end of the request", () -> server.active() == 0);
      assertThat(taken).hasValue(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BYTES - 1, BYTES})
  void aFailureFurtherUpIsNeverWholeWithAKnownLengthEither(int at) throws Exception {
    var taken = new AtomicLong(-1);
    try (var server = taking(taken)) {
      var failure =
          catchThrowable(() -> Pipeline.from(Probe.failing(BYTES, at).origin()).to(put(server).length(BYTES)).run());
      assertThat(failure).isInstanceOf(PipelineException.class).hasCauseInstanceOf(Probe.Boom.class);
      Remains.await("the end of the request", () -> server.active() == 0);
      assertThat(taken).hasValue(-1);
    }
  }

  @Test
  void anEmptyBodyIsNotSentBeforeItIsSureThatItIsEmpty() throws Exception {
    var taken = new AtomicLong(-1);
    try (var server = taking(taken)) {
      assertThat(Outcomes.failure(put(server).length(0), 1)).contains("more data than announced");
      assertThat(server.calls).isEmpty();
    }
  }

  // ---------------------------------------------------------------- answers

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204})
  void everyAnswerOf2xxWillDo(int status) throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.body().readAllBytes();
              call.head("HTTP/1.1 " + status + " So", status == 204 ? "X-No: body" : "Content-Length: 0");
            })) {
      Outcomes.write(put(server), 1000);
    }
  }

  @Test
  void aRefusalIsShown() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.body().readAllBytes();
              call.head("HTTP/1.1 507 So", "Content-Length: 9");
              call.text("no\nroom\n\n");
            })) {
      assertThat(Outcomes.failure(put(server), BYTES))
          .isEqualTo(
              "cannot write "
                  + server.uri("/data")
                  + " at byte 3000000: 507 Insufficient Storage: no room (expected: 2xx; send less, or ask who runs the"
                  + " server)");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerThatRefusesBeforeTheDataIsHeard(boolean asks) throws Exception {
    // It reads nothing, says no and closes: with the question first no byte is lost on the way.
    try (var server =
        RawServer.of(
            call -> {
              call.head("HTTP/1.1 403 Nope", "Content-Length: 4", "Connection: close");
              call.text("nope");
              if (!asks) call.socket.close();
            })) {
      var message = Outcomes.failure(put(server).expectContinue(asks), BYTES);
      if (asks) assertThat(message).contains("403 Forbidden: nope");
    }
  }

  @Test
  void aRedirectIsAFailureThatNamesTheNewAddress() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.body().readAllBytes();
              call.head("HTTP/1.1 307 So", "Location: /there?sig=geheimnis", "Content-Length: 0");
            })) {
      assertThat(Outcomes.failure(put(server), 1000))
          .contains(
              "307 Temporary Redirect, which leads to " + server.uri("/there") + "?… (expected: 2xx; give that address")
          .doesNotContain("geheimnis");
    }
  }

  @Test
  void anAnswerBeforeAllWasSentIsAFailure() throws Exception {
    try (var server = RawServer.of(call -> call.head("HTTP/1.1 200 OK", "Content-Length: 0"))) {
      assertThat(Outcomes.failure(put(server), BYTES)).contains("200 OK before it had all of the data");
    }
  }

  @Test
  void anAnswerThatIsCutShortIsAFailure() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.body().readAllBytes();
              call.text("HTTP/1.1 20");
            })) {
      Outcomes.failure(put(server), BYTES);
    }
  }

  @Test
  void nothingIsEverSentTwice() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.body().readNBytes(1000);
              call.reset();
            })) {
      assertThat(Outcomes.failure(put(server), BYTES)).contains("nothing is sent again");
      assertThat(server.calls).hasSize(1);
    }
  }

  // ---------------------------------------------------------------- the moment of the end

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEndIsSentByTheCommitAlone(boolean knownLength) throws Exception {
    // The run waits before its commit, because its source has not ended; the server has every byte that it may have.
    var got = new AtomicLong();
    var failure = new AtomicReference<Exception>();
    try (var server =
        RawServer.of(
            call -> {
              try {
                InputStream body = call.body();
                for (var piece = new byte[8192]; ; ) {
                  int read = body.read(piece);
                  if (read < 0) break;
                  got.addAndGet(read);
                }
              } catch (Exception e) {
                failure.set(e);
                throw e;
              }
            })) {
      var target = knownLength ? put(server).length(BYTES) : put(server);
      var probe = Probe.stopping(BYTES + 1, BYTES);
      var run = Pipeline.from(probe.origin()).to(target).start();
      Remains.await("the last byte before the stop", () -> probe.movedBytes() == BYTES);
      long had = Remains.awaitQuiet(got::get);
      assertThat(had).isPositive();
      if (knownLength) assertThat(had).isLessThan(BYTES);
      else assertThat(had).isEqualTo(BYTES);
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).hasMessage("enough");
      Remains.await("the end of the request", () -> server.active() == 0);
      assertThat(failure.get()).isInstanceOfAny(EOFException.class, java.net.SocketException.class);
    }
  }

  // ---------------------------------------------------------------- time

  @Test
  void aServerThatTakesNothingMoreIsAFailureAfterTheIdleTime() throws Exception {
    var done = new CountDownLatch(1);
    try (var server =
        RawServer.of(
            call -> {
              call.continueIfAsked();
              done.await();
            })) {
      assertThat(
              Outcomes.failure(
                  put(server).connectTimeout(Outcomes.LONG).idleTimeout(Outcomes.SHORT).totalTimeout(Outcomes.LONG),
                  100L << 20))
          .contains("the server took no byte for 2 s");
      done.countDown();
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsAFailureAfterTheIdleTime() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.body().readAllBytes();
              call.awaitGone();
            })) {
      assertThat(
              Outcomes.failure(
                  put(server).connectTimeout(Outcomes.SHORT).idleTimeout(Outcomes.SHORT).totalTimeout(Outcomes.LONG),
                  BYTES))
          .contains("no response came for 2 s", "whether the server kept the data is not known");
    }
  }

  @Test
  void settingsAreChecked() {
    var target = HttpStreams.put(HttpStreams.uri("http://127.0.0.1/x"));
    var seen = new CopyOnWriteArrayList<String>();
    seen.add(catchThrowable(() -> target.length(-1)).getMessage());
    seen.add(catchThrowable(() -> target.header("Content-Length", "5")).getMessage());
    seen.add(catchThrowable(() -> target.header("X-A", "geheim\r\nX-B: c")).getMessage());
    seen.add(catchThrowable(() -> target.header("X A", "geheim")).getMessage());
    seen.add(
        catchThrowable(
                () ->
                    target
                        .connectTimeout(Outcomes.SHORT)
                        .idleTimeout(Outcomes.SHORT.negated())
                        .totalTimeout(Outcomes.LONG))
            .getMessage());
    assertThat(seen).allMatch(message -> message.contains("(expected: ") && !message.contains("geheim"));
  }
}
