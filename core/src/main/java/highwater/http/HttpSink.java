package highwater.http;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Sends one body with PUT or POST; its end is sent by the commit, and nothing is ever sent twice.
///
/// What makes the body whole is the last chunk's header, or the last of the bytes that were announced: both are held back
/// until everything else has succeeded. Without it the connection breaks, and no server can take the body for whole.
final class HttpSink implements BlockingSink {
  private final String method;
  private final Address address;
  private final long lengthBytes;
  private final boolean asksFirst;
  private final HttpSettings settings;
  private final RunClient client;
  private final SentBody body;

  private @Nullable InetSocketAddress proxy;
  private @Nullable Patience patience;
  private @Nullable CompletableFuture<HttpResponse<DemandedBody>> exchange;
  private @Nullable ByteBuffer held;
  private long positionBytes;
  private volatile Waiting waiting = Waiting.TO_CONNECT;

  private enum Waiting {
    TO_CONNECT,
    TO_SEND,
    FOR_THE_ANSWER
  }

  HttpSink(String method, Address address, long lengthBytes, boolean asksFirst, HttpSettings settings) {
    this.method = method;
    this.address = address;
    this.lengthBytes = lengthBytes;
    this.asksFirst = asksFirst;
    this.settings = settings;
    client = new RunClient(settings);
    body = new SentBody(lengthBytes);
  }

  private boolean knowsLength() {
    return lengthBytes >= 0;
  }

  @Override
  public void open() throws Exception {
    patience = settings.patience();
    // A body of no bytes is whole as soon as it is announced: the commit sends it.
    if (lengthBytes == 0) return;
    var request = settings.request(address, true).expectContinue(asksFirst).method(method, body).build();
    var sent = send(request);
    var _ = sent.whenComplete((_, _) -> body.end());
    awaitDemand(true);
    waiting = Waiting.TO_SEND;
  }

  private CompletableFuture<HttpResponse<DemandedBody>> send(HttpRequest request) throws HttpFailure {
    try {
      proxy = client.proxyFor(address);
      var sent = client.send(request);
      exchange = sent;
      return sent;
    } catch (IOException e) {
      throw failure(e);
    } catch (IllegalArgumentException e) {
      throw new HttpFailure("cannot write " + address.name() + ": " + e.getMessage(), false, null);
    }
  }

  /// Waits until the client asks for more; throws what the exchange ended with.
  private void awaitDemand(boolean connecting) throws Exception {
    var limits = requireNonNull(patience);
    try {
      long nanos = connecting ? limits.nanos(settings.connect()) : limits.nanos();
      switch (body.awaitDemand(nanos)) {
        case ASKED -> {}
        case OVER -> throw endedEarly();
        case LATE -> throw limits.late(connecting ? "the server did not ask for the data" : "the server took no byte");
      }
    } catch (Late e) {
      throw failure(e);
    }
  }

  private IOException endedEarly() throws Exception {
    var response = response();
    return refused(response, response.statusCode() / 100 == 2 ? " before it had all of the data" : "");
  }

  @Override
  public void write(ByteBuffer chunk) throws Exception {
    int length = chunk.remaining();
    if (knowsLength() && length > lengthBytes - positionBytes) {
      throw failure("there is more data than announced", "expected: " + Words.bytes(lengthBytes), null);
    }
    // The client does not say when it is done with a buffer, so it gets one to keep.
    var copy = ByteBuffer.allocate(length).put(chunk).flip();
    awaitDemand(false);
    positionBytes += length;
    if (knowsLength() && positionBytes == lengthBytes) held = copy;
    else body.give(copy);
  }

  @Override
  public void finish() throws Exception {
    if (knowsLength() && positionBytes != lengthBytes) {
      throw failure(
          "there is less data than announced, " + Words.bytes(positionBytes),
          "expected: " + Words.bytes(lengthBytes),
          null);
    }
    if (lengthBytes != 0) awaitDemand(false);
  }

  @Override
  public void commit() throws Exception {
    waiting = Waiting.FOR_THE_ANSWER;
    if (lengthBytes == 0) {
      var _ = send(settings.request(address, true).method(method, BodyPublishers.noBody()).build());
    } else {
      // Asked for since finish(), but the exchange may have ended meanwhile.
      awaitDemand(false);
      if (held != null) body.give(held);
      body.complete();
    }
    var response = response();
    if (response.statusCode() / 100 != 2) throw refused(response, "");
    response.body().cancel();
  }

  /// What the server answered, or a failure of the connection as the run fails with it. A client of the user's that has
  /// followed a redirect has sent the data elsewhere, or nowhere.
  private HttpResponse<DemandedBody> response() throws Exception {
    try {
      var response = client.await(requireNonNull(exchange), requireNonNull(patience), Duration.ZERO);
      if (response.previousResponse().isPresent()) {
        response.body().cancel();
        var place = Answer.placeName(response.uri().toString(), address);
        throw failure(
            "the server leads to " + place, "expected: the place where the data is taken; give that address", null);
      }
      return response;
    } catch (HttpFailure e) {
      throw e;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private HttpFailure refused(HttpResponse<DemandedBody> response, String more) throws InterruptedException {
    int status = response.statusCode();
    var what = Answer.inWords(response, address, settings) + more;
    var advice =
        status / 100 == 3
            ? "give that address: data that was begun cannot be sent again"
            : status / 100 == 2 ? "a server that takes all of it" : Words.advice(status);
    return failure(what, "expected: 2xx; " + advice, null);
  }

  private HttpFailure failure(IOException cause) {
    var reason = settings.withoutSecrets(Words.reason(cause, address, proxy, settings.connect()), address);
    // Once the end is sent, the server may have kept the data and only its answer was lost.
    var advice =
        waiting == Waiting.FOR_THE_ANSWER
            ? "expected: an answer of 2xx; whether the server kept the data is not known: look there, then send it"
                + " again"
            : positionBytes == 0
                ? Words.connectionAdvice(cause, address, "expected: a server that takes all of it; try again")
                : "expected: a server that takes all of it; what it has is incomplete, and nothing is sent again";
    return failure(reason, advice, cause);
  }

  private HttpFailure failure(String what, String advice, @Nullable Throwable cause) {
    var at = waiting == Waiting.TO_CONNECT && positionBytes == 0 ? "" : " at byte " + positionBytes;
    return new HttpFailure("cannot write " + address.name() + at + ": " + what + " (" + advice + ")", false, cause);
  }

  @Override
  public void stop(Throwable cause) {
    client.stop();
    body.end();
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String waitsFor() {
    return switch (waiting) {
      case TO_CONNECT -> address.hostAndPort() + " to ask for the data";
      case TO_SEND -> address.hostAndPort() + " to take data";
      case FOR_THE_ANSWER -> "the answer of " + address.hostAndPort();
    };
  }
}
