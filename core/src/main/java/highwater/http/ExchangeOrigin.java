package highwater.http;

import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.time.Duration;

/// The recipe that reads the request's body of an exchange of the JDK's server; made by [HttpServerStreams#request], for one
/// run.
///
/// The body is whole when its announced bytes have come, or its last chunk. Two chunks are read ahead, and no more, so that a
/// slow sink holds back the client.
public final class ExchangeOrigin implements PullOrigin<ByteBuffer> {
  private static final int CHUNK_BYTES = ChunkBuffers.DEFAULT_BYTES;

  /// The server reads through a buffer of 8 KiB, and a channel's buffer of 8 KiB.
  private static final int SERVER_BUFFERS = 2;

  private static final int SERVER_BUFFER_BYTES = 8 << 10;

  private final ExchangeBody body;
  private final Duration idle;

  ExchangeOrigin(ExchangeBody body) {
    this(body, ExchangeBody.IDLE);
  }

  private ExchangeOrigin(ExchangeBody body, Duration idle) {
    this.body = body;
    this.idle = idle;
  }

  /// The same, given up when the client sends nothing for `time`; 60 s if nothing is said. The server has no limit of its own.
  public ExchangeOrigin idleTimeout(Duration time) {
    return new ExchangeOrigin(body, ExchangeBody.checked(time));
  }

  /// What was asked for, without the query.
  @Override
  public String name() {
    return "body of " + body.asked();
  }

  @Override
  public String advice() {
    return "the client, or the way from it, sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        ByteSizes.rounded(CHUNK_BYTES) + " chunks, two ahead, by a thread of its own; the JDK's server",
        CHUNK_BYTES,
        BlockingPull.term("read", CHUNK_BYTES),
        Term.of("server", SERVER_BUFFERS, SERVER_BUFFER_BYTES));
  }

  @Override
  public Pull<ByteBuffer> pull() {
    body.take();
    return new BlockingPull(name(), new ExchangeSource(name(), body, idle), CallThread.VIRTUAL, CHUNK_BYTES);
  }

  @Override
  public String toString() {
    return name();
  }
}
