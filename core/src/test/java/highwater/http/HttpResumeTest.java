package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Probe;
import highwater.contract.Remains;
import highwater.http.RawServer.RawCall;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An interrupted download goes on where that is safe, moves only what is missing, and never mixes two versions.
@Timeout(60)
class HttpResumeTest {
  private static final int BYTES = 3_000_000;
  private static final String TAG = "ETag: \"v1\"";
  private static final String DATE = "Date: Tue, 03 Mar 2026 10:00:10 GMT";
  private static final String CHANGED = "Last-Modified: Tue, 03 Mar 2026 10:00:00 GMT";

  private static HttpOrigin get(RawServer server) {
    return HttpStreams.get(server.uri("/data"));
  }

  private static long first(RawCall call) {
    var range = call.header("Range");
    return range.isEmpty() ? 0 : Long.parseLong(range.substring("bytes=".length(), range.length() - 1));
  }

  /// Answers a request with what is missing, up to byte `until`.
  private static void giveRest(RawCall call, long until, String... headers) throws IOException {
    long first = first(call);
    var validator = String.join("\r\n", headers);
    if (call.header("Range").isEmpty()) call.head("HTTP/1.1 200 OK", "Content-Length: " + BYTES, validator);
    else {
      call.head(
          "HTTP/1.1 206 Partial Content",
          "Content-Length: " + (BYTES - first),
          "Content-Range: bytes " + first + "-" + (BYTES - 1) + "/" + BYTES,
          validator);
    }
    call.bytes(first, until);
  }

  /// A server that breaks off the nth answer at what `untils` says.
  private static RawServer breaking(IntFunction<Long> untils, String... headers) throws IOException {
    var answers = new AtomicInteger();
    return RawServer.of(call -> giveRest(call, untils.apply(answers.getAndIncrement()), headers));
  }

  private static long sent(RawServer server) {
    return server.calls.stream().mapToLong(call -> call.sentBytes).sum();
  }

  @Test
  void onlyTheMissingBytesMove() throws Exception {
    long[] untils = {1_000_000, 1_000_001, 2_500_000, BYTES};
    var lengths = new CopyOnWriteArrayList<Long>();
    try (var server = breaking(i -> untils[i], TAG)) {
      Outcomes.read(get(server).onLength(lengths::add), BYTES);
      assertThat(sent(server)).isEqualTo(BYTES);
      assertThat(server.calls)
          .extracting(call -> call.header("Range"))
          .containsExactly("", "bytes=1000000-", "bytes=1000001-", "bytes=2500000-");
      assertThat(server.calls.getLast().header("If-Range")).isEqualTo("\"v1\"");
      assertThat(lengths).containsExactly((long) BYTES);
    }
  }

  @Test
  void aDateWillDoWhereItIsOlderThanTheAnswer() throws Exception {
    try (var server = breaking(i -> i == 0 ? 1_000_000L : BYTES, CHANGED, DATE)) {
      Outcomes.read(get(server), BYTES);
      assertThat(server.calls.getLast().header("If-Range")).isEqualTo(CHANGED.substring("Last-Modified: ".length()));
    }
  }

  @Test
  void aTransferThatStopsIsResumedToo() throws Exception {
    var answers = new AtomicInteger();
    try (var server =
        RawServer.of(
            call -> {
              boolean first = answers.getAndIncrement() == 0;
              giveRest(call, first ? 500_000 : BYTES, TAG);
              if (first) call.awaitGone();
            })) {
      Outcomes.read(
          get(server).connectTimeout(Outcomes.LONG).idleTimeout(Outcomes.SHORT).totalTimeout(Outcomes.LONG), BYTES);
      assertThat(sent(server)).isEqualTo(BYTES);
    }
  }

  @Test
  void chunksAreResumedAsWell() throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              if (!call.header("Range").isEmpty()) {
                giveRest(call, BYTES, TAG);
                return;
              }
              call.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", TAG);
              call.text(Integer.toHexString(BYTES) + "\r\n");
              call.bytes(0, 700_000);
            })) {
      Outcomes.read(get(server), BYTES);
      assertThat(sent(server)).isEqualTo(BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ETag: W/\"v1\"",
        "Last-Modified: Tue, 03 Mar 2026 10:00:10 GMT\r\n" + DATE,
        CHANGED,
        "Accept-Ranges: none\r\n" + TAG
      })
  void withoutAVersionNothingIsResumed(String headers) throws Exception {
    try (var server = breaking(_ -> 1_000_000L, headers.isEmpty() ? "X-Nothing: here" : headers)) {
      assertThat(Outcomes.failure(get(server), BYTES)).contains(" at byte 1000000: ", "not resumed");
      assertThat(server.calls).hasSize(1);
    }
  }

  @Test
  void anotherVersionIsNotMixedIn() throws Exception {
    var answers = new AtomicInteger();
    try (var server =
        RawServer.of(
            call -> {
              // As a server does whose If-Range does not match: everything, anew.
              call.head("HTTP/1.1 200 OK", "Content-Length: " + BYTES, answers.get() == 0 ? TAG : "ETag: \"v2\"");
              call.bytes(0, answers.getAndIncrement() == 0 ? 1_000_000 : BYTES);
            })) {
      assertThat(Outcomes.failure(get(server), BYTES)).contains(" at byte 1000000: ", "sends the whole again");
      assertThat(server.calls).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1000000-2999999/3000000, v2", // another version, though asked for this one
    "999999-2999999/3000000, v1",
    "1000001-2999999/3000000, v1",
    "1000000-2999998/3000000, v1",
    "1000000-2999999/2999999, v1",
    "1000000-3999999/4000000, v1",
    "nonsense, v1"
  })
  void otherBytesThanTheRestAreNotTaken(String range, String tag) throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              if (call.header("Range").isEmpty()) giveRest(call, 1_000_000, TAG);
              else {
                call.head(
                    "HTTP/1.1 206 So",
                    "Content-Length: 2000000",
                    "Content-Range: bytes " + range,
                    "ETag: \"" + tag + "\"");
                call.bytes(1_000_000, BYTES);
              }
            })) {
      assertThat(Outcomes.failure(get(server), BYTES)).contains(" at byte 1000000: ", "start again");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {416, 404, 403})
  void aRestThatIsRefusedIsAFailure(int status) throws Exception {
    try (var server =
        RawServer.of(
            call -> {
              if (call.header("Range").isEmpty()) giveRest(call, 1_000_000, TAG);
              else call.head("HTTP/1.1 " + status + " So", "Content-Length: 0");
            })) {
      Outcomes.failure(get(server), BYTES);
      assertThat(server.calls).hasSize(2);
    }
  }

  @Test
  void triesAreCountedSinceTheLastByte() throws Exception {
    try (var server = breaking(i -> Math.min(BYTES, (i + 1) * 750_000L), TAG)) {
      Outcomes.read(get(server).retries(1), BYTES);
      assertThat(server.calls).hasSize(4);
      assertThat(sent(server)).isEqualTo(BYTES);
    }
  }

  @Test
  void triesHaveALimit() throws Exception {
    try (var server = breaking(_ -> 1_000_000L, TAG)) {
      assertThat(Outcomes.failure(get(server).retries(2), BYTES)).contains(" at byte 1000000: ", "tried 2 more times");
      assertThat(server.calls).hasSize(3);
    }
  }

  @Test
  void zeroRetriesTurnItOff() throws Exception {
    try (var server = breaking(_ -> 1_000_000L, TAG)) {
      Outcomes.failure(get(server).retries(0), BYTES);
      assertThat(server.calls).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 503, 504})
  void aServerThatIsBusyIsAskedAgain(int status) throws Exception {
    var answers = new AtomicInteger();
    try (var server =
        RawServer.of(
            call -> {
              if (answers.getAndIncrement() == 0) call.head("HTTP/1.1 " + status + " So", "Content-Length: 0");
              else giveRest(call, BYTES, TAG);
            })) {
      Outcomes.read(get(server), BYTES);
      assertThat(server.calls).hasSize(2);
    }
  }

  @Test
  void aServerThatStaysBusyIsAFailure() throws Exception {
    try (var server = RawServer.of(call -> call.head("HTTP/1.1 503 So", "Content-Length: 0"))) {
      assertThat(Outcomes.failure(get(server).retries(1), BYTES)).contains(": 503", "tried 1 more time)");
      assertThat(server.calls).hasSize(2);
    }
  }

  @Test
  void aBreakBeforeTheFirstByteNeedsNoVersion() throws Exception {
    try (var server = breaking(i -> i == 0 ? 0L : BYTES, "X-Nothing: here")) {
      Outcomes.read(get(server), BYTES);
      assertThat(server.calls).hasSize(2);
    }
  }

  @Test
  void aCancelEndsThePauseBeforeATry() throws Exception {
    try (var server = breaking(_ -> 1_000_000L, TAG)) {
      // Whichever pause it comes in: there are more than 100 s of them.
      var run = Pipeline.from(get(server).retries(20)).to(Probe.of(BYTES).target()).start();
      Remains.await("the third try", () -> server.calls.size() >= 3);
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    }
  }
}
