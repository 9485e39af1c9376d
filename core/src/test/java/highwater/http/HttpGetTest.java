package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// GET: what is taken for whole and what is not, statuses, redirects, limits on time.
@Timeout(60)
class HttpGetTest {
  private static final String OK = "HTTP/1.1 200 OK";
  private static final int BYTES = 100_000;

  private static HttpOrigin get(TestServer server) {
    return HttpStreams.get(server.uri("/data")).retries(0);
  }

  private static HttpOrigin get(TestServer server, String path) {
    return HttpStreams.get(server.uri(path)).retries(0);
  }

  // ---------------------------------------------------------------- whole or not

  @Test
  void aBodyShorterThanItsLengthIsAFailureThatNamesBoth() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: " + BYTES);
              call.bytes(0, 40_000);
            })) {
      assertThat(Outcomes.failure(get(server), BYTES))
          .isEqualTo(
              "cannot read "
                  + server.uri("/data")
                  + " at byte 40000: the connection ended before the data did (expected: "
                  + "100,000 bytes)");
    }
  }

  @Test
  void whatFollowsALengthIsNoPartOfTheBody() throws Exception {
    // HTTP ends a body there; the client closes the connection, and does not tell that more came.
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: " + BYTES);
              call.bytes(0, BYTES + 500);
            })) {
      Outcomes.read(get(server), BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0\r\n", "7", "zz\r\n"})
  void aChunkedBodyWithoutItsLastChunkIsAFailure(String rest) throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Transfer-Encoding: chunked");
              call.text("3e8\r\n");
              call.bytes(0, 1000);
              call.text("\r\n" + rest);
            })) {
      assertThat(Outcomes.failure(get(server), 1000)).startsWith("cannot read " + server.uri("/data") + " at byte ");
    }
  }

  @Test
  void aResetIsAFailure() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head("HTTP/1.0 200 OK");
              call.bytes(0, 1000);
              call.reset();
            })) {
      assertThat(Outcomes.failure(get(server), 1000)).contains(" at byte ");
    }
  }

  @Test
  void twoLengthsAreAFailure() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: 10", "Content-Length: 20");
              call.bytes(0, 20);
            })) {
      assertThat(Outcomes.failure(get(server), 10)).contains("(expected: ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: many", "SSH-2.0-OpenSSH", "HTTP/1.1 two hundred"})
  void whatIsNoHttpIsAFailureWithoutRetries(String answer) throws Exception {
    try (var server = RawServer.of(call -> call.head(answer))) {
      assertThat(Outcomes.failure(get(server).retries(3), 0)).doesNotContain("more time", "For input string");
      assertThat(server.calls).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: chunked\r\nContent-Length: 3"
      })
  void aTransferEncodingThatTheClientDoesNotUndoIsAFailure(String lines) throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, lines);
              call.text("5\r\nhello\r\n0\r\n\r\n");
            })) {
      assertThat(Outcomes.failure(get(server), 5)).contains("Transfer-Encoding").contains("(expected: ");
    }
  }

  @Test
  void aBodyThatEndsWithItsConnectionIsReadWithAWarning() throws Exception {
    var warnings = new CopyOnWriteArrayList<String>();
    try (var server =
        RawServer.of(
            call -> {
              call.head("HTTP/1.0 200 OK");
              call.bytes(0, BYTES);
            })) {
      Outcomes.read(get(server).onWarning(warnings::add), BYTES);
      assertThat(warnings)
          .singleElement()
          .asString()
          .contains("--expect-bytes", "--expect-sha256")
          .doesNotContain("\n");
    }
  }

  @Test
  void anEncodingIsNotAskedForAndNotUndone() throws Exception {
    var warnings = new CopyOnWriteArrayList<String>();
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: 1000", "Content-Encoding: gzip");
              call.bytes(0, 1000);
            })) {
      Outcomes.read(get(server).onWarning(warnings::add), 1000);
      assertThat(server.calls.getFirst().header("Accept-Encoding")).isEqualTo("identity");
      assertThat(warnings).singleElement().asString().contains("gzip");
    }
  }

  @Test
  void theLengthIsToldInTheRunAndNotBefore() throws Exception {
    var lengths = new CopyOnWriteArrayList<Long>();
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: 1000");
              call.bytes(0, 1000);
            })) {
      var origin = get(server).onLength(lengths::add);
      assertThat(origin.lengthBytes()).isEqualTo(OptionalLong.empty());
      assertThat(server.calls).isEmpty();
      Outcomes.read(origin, 1000);
      assertThat(lengths).containsExactly(1000L);
    }
  }

  // ---------------------------------------------------------------- statuses

  @Test
  void aStatusShowsTheBeginningOfTheBodyOnOneLine() throws Exception {
    var body = "no\nsuch \u001b[31mkey\u001b[0m " + "x".repeat(5000);
    try (var server =
        RawServer.of(
            call -> {
              call.head("HTTP/1.1 403 Nope", "Content-Length: " + body.length());
              call.text(body);
            })) {
      assertThat(Outcomes.failure(get(server, "/data?sig=geheimnis"), 0))
          .startsWith("cannot read " + server.uri("/data") + "?…: 403 Forbidden: no such \\x1b[31mkey\\x1b[0m xxxx")
          .endsWith("… (expected: 200; give the credentials it asks for in a header)")
          .hasSizeLessThan(420);
    }
  }

  @Test
  void noMessageRepeatsASecretThatTheServerRepeats() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              var said = "bad: " + call.requestLine + " " + call.header("Authorization");
              call.head("HTTP/1.1 401 Nope", "Content-Length: " + said.length());
              call.text(said);
            })) {
      var origin = get(server, "/data?sig=geheimnis").header("Authorization", "Bearer sesam-oeffne-dich");
      assertThat(Outcomes.failure(origin, 0)).contains("401").doesNotContain("geheimnis", "sesam");
      assertThat(origin.toString() + origin.name()).doesNotContain("geheimnis", "sesam");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 206, 301, 304, 404, 500})
  void everyOtherStatusThan200IsAFailure(int status) throws Exception {
    try (var server = RawServer.of(call -> call.head("HTTP/1.1 " + status + " So", "Content-Length: 0"))) {
      assertThat(Outcomes.failure(get(server), 0)).contains(": " + status).contains("expected: 200");
    }
  }

  // ---------------------------------------------------------------- redirects

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreFollowed(int status) throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              if (call.requestLine.contains("/data")) {
                call.head("HTTP/1.1 " + status + " So", "Location: /there", "Content-Length: 0");
              } else {
                call.head(OK, "Content-Length: 1000");
                call.bytes(0, 1000);
              }
            })) {
      Outcomes.read(get(server).header("X-Token", "abc"), 1000);
      assertThat(server.calls).extracting(call -> call.header("X-Token")).containsExactly("abc", "abc");
    }
  }

  @Test
  void headersGoToNoOtherServer() throws Exception {
    try (var other =
            RawServer.of(
                call -> {
                  call.head(OK, "Content-Length: 1000");
                  call.bytes(0, 1000);
                });
        var server =
            RawServer.of(call -> call.head("HTTP/1.1 302 So", "Location: " + other.uri("/x"), "Content-Length: 0"))) {
      Outcomes.read(get(server).header("Authorization", "Bearer secret"), 1000);
      assertThat(server.calls.getFirst().header("Authorization")).isEqualTo("Bearer secret");
      assertThat(other.calls.getFirst().header("Authorization")).isEmpty();
    }
  }

  @Test
  void redirectsHaveALimit() throws Exception {
    try (var server =
        RawServer.of(call -> call.head("HTTP/1.1 302 So", "Location: /data?again=12345678", "Content-Length: 0"))) {
      assertThat(Outcomes.failure(get(server), 0)).contains("at most 10 redirects", "/data?…").doesNotContain("1234");
      assertThat(server.calls).hasSize(11);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://127.0.0.1/x", "http://user:geheim@127.0.0.1/x", "http://[", "http:///x"})
  void redirectsThatCannotBeFollowedAreFailures(String location) throws Exception {
    try (var server =
        RawServer.of(call -> call.head("HTTP/1.1 302 So", "Location: " + location, "Content-Length: 0"))) {
      assertThat(Outcomes.failure(get(server), 0)).contains("302 Found").doesNotContain("geheim");
    }
  }

  // ---------------------------------------------------------------- time and connections

  @Test
  void aServerThatGivesNothingMoreIsAFailureAfterTheIdleTime() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: 1000");
              call.bytes(0, 500);
              call.awaitGone();
            })) {
      assertThat(
              Outcomes.failure(
                  get(server).connectTimeout(Outcomes.LONG).idleTimeout(Outcomes.SHORT).totalTimeout(Outcomes.LONG),
                  1000))
          .contains(" at byte 500: no byte came for 2 s (expected: 1,000 bytes");
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsAFailure() throws Exception {
    try (var server = RawServer.of(RawServer.RawCall::awaitGone)) {
      assertThat(
              Outcomes.failure(
                  get(server).connectTimeout(Outcomes.SHORT).idleTimeout(Outcomes.SHORT).totalTimeout(Outcomes.LONG),
                  1000))
          .contains("no response came for 4 s");
    }
  }

  @Test
  void aRunHasATimeInAll() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              call.head(OK, "Content-Length: 1000000");
              for (long at = 0; ; at++) {
                call.bytes(at, at + 1);
                LockSupport.parkNanos(5_000_000);
              }
            })) {
      assertThat(
              Outcomes.failure(
                  get(server)
                      .retries(5)
                      .connectTimeout(Outcomes.LONG)
                      .idleTimeout(Outcomes.LONG)
                      .totalTimeout(Outcomes.SHORT),
                  1_000_000))
          .contains("it took longer than 2 s in all");
    }
  }

  @Test
  void nobodyThereIsAFailure() throws Exception {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertThat(Outcomes.failure(HttpStreams.get(URI.create("http://127.0.0.1:" + port + "/")).retries(0), 0))
        .isEqualTo(
            "cannot read http://127.0.0.1:"
                + port
                + "/: no connection to 127.0.0.1:"
                + port
                + " (expected: a server that answers; check host, port and proxies)");
  }

  @Test
  void aRedirectToNobodyNamesWhoIsNotThere() throws Exception {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    try (var server =
        RawServer.of(call -> call.head("HTTP/1.1 302 Found", "Location: http://127.0.0.1:" + port + "/there"))) {
      assertThat(Outcomes.failure(get(server).retries(0), 0)).contains("no connection to 127.0.0.1:" + port + " (");
    }
  }

  @Test
  void anUnknownHostIsAFailureWithoutRetries() {
    assertThat(Outcomes.failure(HttpStreams.get(URI.create("http://nobody.invalid/")).environment(Map.of()), 0))
        .contains("unknown host nobody.invalid")
        .doesNotContain("more time");
  }
}
