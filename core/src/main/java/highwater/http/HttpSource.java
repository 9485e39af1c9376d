package highwater.http;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Reads one resource with GET, and goes on after an interruption where that is safe.
///
/// ```
/// open ─▶ ask ──200──▶ read … ─▶ whole
///          ▲ │          │ interrupted at byte p, the version is known
///          │ └─502…────┐▼
///          └── pause ◀─┴─ ask for p- of that version ──206──▶ read …      200: another version, which is a failure
/// ```
final class HttpSource implements BlockingSource {
  private static final int REDIRECTS_MAX = 10;
  private static final long UNKNOWN = -1;

  /// Before the nth try in a row: a quarter of a second, doubled each time, at most this.
  private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Address address;
  private final HttpSettings settings;
  private final RunClient client;

  /// Where the last request went, which a redirect may have led to; and the proxy before it.
  private Address asked;

  private @Nullable InetSocketAddress proxy;
  private @Nullable Patience patience;
  private @Nullable DemandedBody body;
  private volatile boolean answered;
  private long positionBytes;
  private long totalBytes = UNKNOWN;
  private boolean begun;
  private @Nullable Validator validator;

  /// How often it was tried since the last byte came.
  private int tries;

  /// The try that comes after the pause of this moment, or 0.
  private volatile int pausing;

  HttpSource(Address address, HttpSettings settings) {
    this.address = address;
    asked = address;
    this.settings = settings;
    client = new RunClient(settings);
  }

  @Override
  public void open() throws Exception {
    patience = settings.patience();
    body = answeredBody();
  }

  @Override
  public int read(ByteBuffer buffer) throws Exception {
    for (; ; ) {
      try {
        int read = requireNonNull(body).read(buffer, requireNonNull(patience));
        if (read < 0) {
          checkLength();
          return -1;
        }
        positionBytes += read;
        tries = 0;
        return read;
      } catch (IOException e) {
        requireNonNull(body).cancel();
        pauseOrThrow(e);
        body = answeredBody();
      }
    }
  }

  /// The client has counted too; this is what the run relies on.
  private void checkLength() throws HttpFailure {
    if (totalBytes != UNKNOWN && positionBytes != totalBytes) {
      throw failure("the response had " + Words.bytes(positionBytes), "expected: " + Words.bytes(totalBytes));
    }
  }

  private DemandedBody answeredBody() throws Exception {
    for (; ; ) {
      try {
        var answer = accepted(ask());
        answered = true;
        return answer;
      } catch (IOException e) {
        pauseOrThrow(e);
      }
    }
  }

  /// Waits before the next try, or throws what the run fails with.
  private void pauseOrThrow(IOException failure) throws Exception {
    if (client.isStopped()) throw failure;
    if (failure instanceof HttpFailure told && !told.passing) throw told;
    if (tries >= settings.retries()) {
      throw interrupted(failure, tries == 0 ? "" : "; tried " + tries + (tries == 1 ? " more time" : " more times"));
    }
    if (positionBytes > 0 && validator == null) {
      throw interrupted(failure, "; not resumed: the server gave no ETag or date by which its version is known");
    }
    if (isLasting(failure)) throw interrupted(failure, "");
    tries++;
    pausing = tries;
    long pause = Math.min(PAUSE_NANOS_MAX, PAUSE_NANOS << Math.min(tries - 1, 20));
    if (!client.pause(requireNonNull(patience).pauseNanos(pause))) throw failure;
    pausing = 0;
  }

  /// What another try does not change.
  private static boolean isLasting(IOException failure) {
    return (failure instanceof Late late && late.inAll)
        || Words.find(failure, SSLHandshakeException.class) != null
        || Words.find(failure, UnresolvedAddressException.class) != null
        || Words.isNoHttp(failure);
  }

  private HttpFailure interrupted(IOException failure, String more) {
    if (failure instanceof HttpFailure told) {
      var message = String.valueOf(told.getMessage());
      return more.isEmpty()
          ? told
          : new HttpFailure(message.substring(0, message.length() - 1) + more + ")", false, told.getCause());
    }
    var advice =
        totalBytes == UNKNOWN || positionBytes == 0
            ? Words.connectionAdvice(failure, asked, "expected: the whole of it; try again")
            : "expected: " + Words.bytes(totalBytes);
    var reason = settings.withoutSecrets(Words.reason(failure, asked, proxy, settings.connect()), address);
    return failure(reason, advice + more, failure);
  }

  private HttpFailure failure(String what, String advice) {
    return failure(what, advice, null);
  }

  private HttpFailure failure(String what, String advice, @Nullable Throwable cause) {
    return new HttpFailure(message(what, advice), false, cause);
  }

  private String message(String what, String advice) {
    var at = begun ? " at byte " + positionBytes : "";
    return "cannot read " + address.name() + at + ": " + what + " (" + advice + ")";
  }

  /// Asks for what is missing, and follows where that leads.
  private HttpResponse<DemandedBody> ask() throws Exception {
    var to = address;
    for (int redirects = 0; ; redirects++) {
      asked = to;
      findProxy();
      var request = settings.request(to, to.hasOriginOf(address)).header("Accept-Encoding", "identity").GET();
      if (positionBytes > 0) {
        request.header("Range", "bytes=" + positionBytes + "-").header("If-Range", requireNonNull(validator).text());
      }
      var response = client.await(client.send(request.build()), requireNonNull(patience), settings.connect());
      var location = response.headers().firstValue("Location");
      if (!isRedirect(response.statusCode()) || location.isEmpty()) return response;
      to = redirected(response, to, location.get(), redirects);
    }
  }

  private void findProxy() throws HttpFailure {
    try {
      proxy = client.proxyFor(asked);
    } catch (IllegalArgumentException e) {
      throw new HttpFailure("cannot read " + address.name() + ": " + e.getMessage(), false, null);
    }
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private Address redirected(HttpResponse<DemandedBody> response, Address from, String location, int redirects)
      throws HttpFailure {
    response.body().cancel();
    var what = Words.status(response.statusCode()) + ", which leads to " + Answer.placeName(location, from);
    if (redirects == REDIRECTS_MAX) {
      throw failure(what, "expected: at most " + REDIRECTS_MAX + " redirects; give the address where they end");
    }
    Address to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw failure(what, "expected: an http(s) address without a user in it; give the one that is meant");
    }
    if (from.isSecure() && !to.isSecure()) {
      throw failure(what, "expected: no way from https to http; give that address if it is what you want");
    }
    return to;
  }

  /// Makes sure that the response has the bytes that are missing, and notes what it says of the whole.
  private DemandedBody accepted(HttpResponse<DemandedBody> response) throws Exception {
    if (positionBytes > 0) {
      checkContinuation(response);
    } else {
      if (response.statusCode() != 200) throw refused(response, "expected: 200; ");
      noteWhole(response);
    }
    return response.body();
  }

  private HttpFailure refused(HttpResponse<DemandedBody> response, String expected) throws InterruptedException {
    int status = response.statusCode();
    boolean passing = status == 502 || status == 503 || status == 504;
    var what = Answer.inWords(response, address, settings);
    return new HttpFailure(message(what, expected + Words.advice(status)), passing, null);
  }

  private void noteWhole(HttpResponse<DemandedBody> response) throws HttpFailure {
    var headers = response.headers();
    long length = lengthOf(headers, response);
    validator = Validator.of(headers);
    totalBytes = length;
    boolean first = !begun;
    begun = true;
    if (first && length != UNKNOWN) settings.lengths().accept(length);
    if (first) warn(headers);
  }

  private long lengthOf(HttpHeaders headers, HttpResponse<DemandedBody> response) throws HttpFailure {
    var codings = headers.allValues("Transfer-Encoding");
    if (!codings.isEmpty()) {
      // Chunks have an end of their own. The JDK's client undoes them for this one value alone, and where no length is
      // said.
      boolean chunked = codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked");
      if (chunked && headers.firstValue("Content-Length").isEmpty()) return UNKNOWN;
      response.body().cancel();
      throw failure(
          "the response has a Transfer-Encoding that hides its end: "
              + Words.oneLine(String.join(", ", codings))
              + (chunked ? ", and a Content-Length" : ""),
          "expected: chunked alone; ask who runs the server");
    }
    var lengths = headers.allValues("Content-Length").stream().map(String::strip).distinct().toList();
    if (lengths.isEmpty()) return UNKNOWN;
    if (lengths.size() == 1 && lengths.getFirst().matches("\\d{1,18}")) return Long.parseLong(lengths.getFirst());
    response.body().cancel();
    throw failure(
        "the response has a Content-Length that makes no sense", "expected: one length; ask who runs the server");
  }

  private void warn(HttpHeaders headers) {
    if (totalBytes == UNKNOWN && headers.firstValue("Transfer-Encoding").isEmpty()) {
      settings
          .warnings()
          .accept(
              address.name()
                  + ": the server says neither a length nor where the data ends, so data that is cut short looks whole"
                  + " (remedy: --expect-bytes or --expect-sha256)");
    }
    var coding = headers.firstValue("Content-Encoding").orElse("identity").strip();
    if (!coding.equalsIgnoreCase("identity") && !coding.isEmpty()) {
      settings
          .warnings()
          .accept(
              address.name()
                  + ": the server encodes the data as "
                  + Words.oneLine(coding)
                  + " unasked; it is passed on as it comes (remedy: a stage that decodes it)");
    }
  }

  private void checkContinuation(HttpResponse<DemandedBody> response) throws Exception {
    var headers = response.headers();
    int status = response.statusCode();
    if (status == 200 || status == 412 || status == 416) {
      response.body().cancel();
      throw failure(
          "the transfer was interrupted, and the server "
              + (status == 200 ? "sends the whole again instead of the rest" : "no longer has the rest"),
          "expected: the rest of the same version; what is read changed, or the server has no ranges: start again");
    }
    if (status != 206) throw refused(response, "expected: 206 and the rest of the same version; ");
    var range = ContentRange.parse(headers.firstValue("Content-Range").orElse(""));
    if (range == null || range.first() != positionBytes || !endsWhereItShould(range)) {
      response.body().cancel();
      throw failure(
          "the transfer was interrupted, and the server sends other bytes than the rest",
          "expected: the bytes from " + positionBytes + " to the end; start again");
    }
    if (requireNonNull(validator).contradicts(headers)) {
      response.body().cancel();
      throw failure(
          "the transfer was interrupted, and what is read changed meanwhile",
          "expected: the rest of the same version; start again");
    }
    if (totalBytes == UNKNOWN) totalBytes = range.total();
  }

  private boolean endsWhereItShould(ContentRange range) {
    if (range.total() >= 0 && range.last() != range.total() - 1) return false;
    return totalBytes == UNKNOWN ? range.total() >= 0 : range.last() == totalBytes - 1;
  }

  @Override
  public void stop(Throwable cause) {
    client.stop();
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String waitsFor() {
    int next = pausing;
    if (next > 0) {
      return "try "
          + next
          + " of "
          + settings.retries()
          + " to reach "
          + address.hostAndPort()
          + ", which broke off or refused";
    }
    return (answered ? "data from " : "an answer of ") + address.hostAndPort();
  }
}
