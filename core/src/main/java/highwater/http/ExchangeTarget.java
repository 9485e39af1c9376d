package highwater.http;

import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.time.Duration;

/// The recipe that sends the response of an exchange of the JDK's server; made by [HttpServerStreams#response], for one run.
///
/// What ends the body (the last chunk, or the last of the announced bytes) is sent when every part of the run has succeeded.
/// HTTP has no answer to a response: whether the client has used it is not known, and that it has gone is noticed when
/// something is written. The answer to a HEAD is what a GET's would begin with: its run ends at the first chunk, which is dropped.
/// Over HTTP/1.0 a body without a length ends with its connection, whatever ended that.
public final class ExchangeTarget implements PullTarget<ByteBuffer> {
  static final long UNKNOWN_LENGTH = -1;
  private static final int OK = 200;

  /// What the server copies a write into, which is twice as large, the system's copy, and the end of an announced body, which
  /// waits for the commit.
  private static final int SERVER_BUFFERS = 4;

  private final ExchangeBody body;
  private final int status;
  private final long lengthBytes;
  private final Duration idle;

  ExchangeTarget(ExchangeBody body) {
    this(body, OK, UNKNOWN_LENGTH, ExchangeBody.IDLE);
  }

  private ExchangeTarget(ExchangeBody body, int status, long lengthBytes, Duration idle) {
    this.body = body;
    this.status = status;
    this.lengthBytes = lengthBytes;
    this.idle = idle;
  }

  /// The same with a status that has a body, 200 if nothing is said.
  public ExchangeTarget status(int status) {
    if (status < 200 || status > 599 || status == 204 || status == 304) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599, but 204 and 304 have no body)");
    }
    return new ExchangeTarget(body, status, lengthBytes, idle);
  }

  /// The same for a body of exactly `bytes`, which is announced as Content-Length; otherwise that is known only where the
  /// handler has set the header, and the body is sent in chunks where it has not. A run with more or less fails.
  public ExchangeTarget length(long bytes) {
    if (bytes < 0) throw new IllegalArgumentException("length: " + bytes + " (expected: 0 or more bytes)");
    return new ExchangeTarget(body, status, bytes, idle);
  }

  /// The same, given up when the client does not take a buffer (64 KiB or less) within `time`; 60 s if nothing is said. The
  /// server has no limit of its own.
  public ExchangeTarget idleTimeout(Duration time) {
    return new ExchangeTarget(body, status, lengthBytes, ExchangeBody.checked(time));
  }

  /// What was asked for, without the query.
  @Override
  public String name() {
    return "response to " + body.asked();
  }

  @Override
  public String advice() {
    return "the client, or the way to it, sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "two buffers ahead, by a thread of its own; the JDK's server",
        0,
        BlockingPut.term("write"),
        Term.of("server", SERVER_BUFFERS, ChunkBuffers.DEFAULT_BYTES));
  }

  /// The client waits for it.
  @Override
  public boolean isAwaited() {
    return true;
  }

  @Override
  public Put<ByteBuffer> put() {
    body.take();
    if (body.isHead()) return new HeadPut(sending(0), body.exchange, lengthBytes);
    return sending(lengthBytes);
  }

  private BlockingPut sending(long bytes) {
    return new BlockingPut(name(), new ExchangeSink(name(), body, status, bytes, idle), CallThread.VIRTUAL);
  }

  @Override
  public String toString() {
    return name();
  }
}
