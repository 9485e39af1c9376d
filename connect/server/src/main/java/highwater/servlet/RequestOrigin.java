package highwater.servlet;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;

/// The recipe that reads a servlet's request body; made by [ServletStreams#request], for one run.
///
/// Nothing is read before it is asked for, so that a slow sink holds back the client. The body is whole when the container
/// says so: the announced bytes, or the last chunk. A run that ends early reads no more; what is left is the container's,
/// which closes the connection behind the response.
public final class RequestOrigin implements PullOrigin<ByteBuffer> {
  static final int CHUNK_BYTES = ChunkBuffers.DEFAULT_BYTES;

  /// What a container over HTTP/1.1 has read from the connection: a buffer, and one that is being used up.
  private static final int CONTAINER_BUFFERS = 2;

  private final RequestSide side;
  private final Duration idle;

  RequestOrigin(RequestSide side) {
    this(side, IdleLimit.DEFAULT);
  }

  private RequestOrigin(RequestSide side, Duration idle) {
    this.side = side;
    this.idle = idle;
  }

  /// The same, given up when the client sends nothing for `time`; 60 s if nothing is said. The container has a limit of its
  /// own, and the shorter one counts.
  public RequestOrigin idleTimeout(Duration time) {
    return new RequestOrigin(side, IdleLimit.checked(time));
  }

  /// What was asked for, without the query.
  @Override
  public String name() {
    return "body of " + side.client.asked();
  }

  @Override
  public String advice() {
    return "the client, or the way from it, sets the pace";
  }

  @Override
  public OptionalLong lengthBytes() {
    return side.lengthBytes() < 0 ? OptionalLong.empty() : OptionalLong.of(side.lengthBytes());
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        ByteSizes.rounded(CHUNK_BYTES) + " chunks, one buffer; no thread",
        CHUNK_BYTES,
        Term.of("read", 1, CHUNK_BYTES),
        Term.of("container", CONTAINER_BUFFERS, CHUNK_BYTES));
  }

  @Override
  public Pull<ByteBuffer> pull() {
    side.take();
    return new RequestPull(name(), side, new IdleLimit(idle));
  }

  @Override
  public String toString() {
    return name();
  }
}
