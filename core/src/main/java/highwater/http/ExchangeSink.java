package highwater.http;

import com.sun.net.httpserver.HttpExchange;
import highwater.blocking.BlockingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Sends a response through the JDK's server; its end is sent by the commit.
final class ExchangeSink implements BlockingSink {
  private static final String CONTENT_LENGTH = "Content-Length";
  private static final int INTERNAL_SERVER_ERROR = 500;
  private static final int NO_BODY = -1;
  private static final int IN_CHUNKS = 0;

  /// How long a client whose run has failed may take to say the rest of its request.
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final String name;
  private final ExchangeBody body;
  private final HttpExchange exchange;
  private final int status;

  /// Said by the recipe, or from the first byte on by the handler's own header.
  private long lengthBytes;

  private final Duration idle;
  private final ExchangeBody.Calls calls;

  /// The last of the announced bytes, which make the body whole.
  private byte @Nullable [] held;

  private long positionBytes;
  private boolean begun;
  private boolean headersSent;
  private boolean whole;

  ExchangeSink(String name, ExchangeBody body, int status, long lengthBytes, Duration idle) {
    this.name = name;
    this.body = body;
    exchange = body.exchange;
    this.status = status;
    this.lengthBytes = lengthBytes;
    this.idle = idle;
    calls = new ExchangeBody.Calls(idle);
  }

  private boolean knowsLength() {
    return lengthBytes >= 0;
  }

  @Override
  public void open() {
    calls.open();
  }

  /// Before the first byte: what the handler announced by itself counts as if the recipe had said it.
  private void begin() throws IOException {
    if (begun) return;
    begun = true;
    var said = exchange.getResponseHeaders().getFirst(CONTENT_LENGTH);
    if (knowsLength() || said == null) return;
    try {
      lengthBytes = Long.parseLong(said);
    } catch (NumberFormatException e) {
      throw noLength(said, e);
    }
    if (lengthBytes < 0) throw noLength(said, null);
  }

  private IOException noLength(String said, @Nullable Throwable cause) {
    return new IOException(
        "cannot write "
            + name
            + ": the handler has set Content-Length to "
            + Words.oneLine(said)
            + " (expected: the body's number of bytes, or no such header)",
        cause);
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    begin();
    int length = chunk.remaining();
    if (knowsLength() && length > lengthBytes - positionBytes) {
      throw failure("there is more data than announced, " + Words.bytes(lengthBytes), null);
    }
    int offset = chunk.arrayOffset() + chunk.position();
    if (knowsLength() && positionBytes + length == lengthBytes) {
      held = Arrays.copyOfRange(chunk.array(), offset, offset + length);
    } else {
      send(chunk.array(), offset, length);
    }
    chunk.position(chunk.limit());
    positionBytes += length;
  }

  private void send(byte[] bytes, int offset, int length) throws IOException {
    make(
        () -> {
          sendHeaders();
          var out = exchange.getResponseBody();
          out.write(bytes, offset, length);
          // Small chunks are gathered while the client is busy, so this is seldom more than one for 64 KiB.
          out.flush();
        });
  }

  private void sendHeaders() throws IOException {
    if (headersSent) return;
    headersSent = true;
    exchange.sendResponseHeaders(status, knowsLength() ? (lengthBytes == 0 ? NO_BODY : lengthBytes) : IN_CHUNKS);
  }

  @Override
  public void finish() throws IOException {
    begin();
    if (knowsLength() && positionBytes != lengthBytes) {
      throw failure("there is less data than announced: " + positionBytes + " of " + Words.bytes(lengthBytes), null);
    }
  }

  @Override
  public void commit() throws IOException {
    var last = held;
    if (last != null) send(last, 0, last.length);
    make(
        () -> {
          sendHeaders();
          exchange.getResponseBody().close();
        });
    whole = true;
  }

  /// One step of the response.
  private interface Step {
    void make() throws IOException;
  }

  private void make(Step step) throws IOException {
    try {
      calls.make(
          () -> {
            step.make();
            return true;
          });
    } catch (IOException e) {
      throw failure(body.reason(e), e);
    }
  }

  private IOException failure(String what, @Nullable Throwable cause) {
    return new IOException(
        "cannot write "
            + name
            + " at byte "
            + positionBytes
            + ": "
            + what
            + " (expected: a client that takes all of it; what it has shows that it is incomplete)",
        cause);
  }

  @Override
  public void stop(Throwable cause) {
    calls.stop();
  }

  @Override
  public void close() throws IOException {
    calls.close();
    // Whatever interrupted this thread has had its effect; what follows interrupts for itself.
    Thread.interrupted();
    if (whole) return;
    if (headersSent) {
      breakOff();
      exchange.close();
    } else {
      answerFailure();
    }
  }

  /// The server sends the answer, and then reads what the client owes of the request's body, which may never come.
  private void answerFailure() {
    var call = new ExchangeBody.Calls(shorter(idle, FAREWELL));
    call.open();
    try {
      var _ =
          call.make(
              () -> {
                exchange.sendResponseHeaders(INTERNAL_SERVER_ERROR, NO_BODY);
                return true;
              });
    } catch (IOException e) {
      // The client has gone, which nobody needs to be told: the run has failed already.
    } finally {
      call.close();
      exchange.close();
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// Closes the connection's channel: a write on a thread that is interrupted does, and sends nothing. Only then may the
  /// exchange be closed, which would send the end of the body.
  private void breakOff() throws IOException {
    var out = exchange.getResponseBody();
    Thread.currentThread().interrupt();
    try {
      // What a write that failed has left behind: the server's stream takes no more before that is gone.
      out.flush();
      out.write(0);
      out.flush();
    } catch (IOException e) {
      return;
    } finally {
      Thread.interrupted();
    }
    throw new IOException(
        "cannot break off the "
            + name
            + ": an interrupt does not close its connection (expected: the JDK's own server; it is left without an"
            + " end)");
  }

  @Override
  public boolean writesFromArrays() {
    return true;
  }

  @Override
  public String waitsFor() {
    return body.client() + " to take data";
  }
}
