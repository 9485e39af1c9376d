package highwater.http;

import highwater.blocking.BlockingSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Reads a request's body through the JDK's server, which tells one that was cut short from one that ended.
final class ExchangeSource implements BlockingSource {
  private final String name;
  private final ExchangeBody body;
  private final ExchangeBody.Calls calls;
  private long positionBytes;

  ExchangeSource(String name, ExchangeBody body, Duration idle) {
    this.name = name;
    this.body = body;
    calls = new ExchangeBody.Calls(idle);
  }

  @Override
  public void open() {
    calls.open();
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int read;
    do {
      read = readSome(buffer);
    } while (read == 0);
    if (read > 0) {
      buffer.position(buffer.position() + read);
      positionBytes += read;
    }
    return read;
  }

  private int readSome(ByteBuffer buffer) throws IOException {
    var in = body.exchange.getRequestBody();
    int offset = buffer.arrayOffset() + buffer.position();
    try {
      return calls.make(() -> in.read(buffer.array(), offset, buffer.remaining()));
    } catch (IOException e) {
      throw new IOException(
          "cannot read "
              + name
              + " at byte "
              + positionBytes
              + ": "
              + body.reason(e)
              + " (expected: all of the body, and its end)",
          e);
    }
  }

  @Override
  public void stop(Throwable cause) {
    calls.stop();
  }

  @Override
  public void close() {
    calls.close();
  }

  @Override
  public boolean readsIntoArrays() {
    return true;
  }

  @Override
  public String waitsFor() {
    return body.client() + " to send data";
  }
}
