package highwater.servlet;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.time.Duration;

/// The recipe that writes a servlet's response; made by [ServletStreams#response], for one run.
///
/// Chunks are gathered in a buffer of 64 KiB, which goes to the container when it is full or when the source has nothing for
/// the moment; a second one is filled while the container has the first. A client that takes nothing holds back the source
/// with these. What ends the body (the last chunk, or the last of the bytes that were announced) is sent when every part of
/// the run has succeeded. The run is over when the container says that the request is complete. HTTP has no answer to a
/// response: whether the client has used it is not known, and that it has gone is noticed when something is written.
public final class ResponseTarget implements PullTarget<ByteBuffer> {
  private static final long UNKNOWN_LENGTH = -1;

  /// What the container gathers, and what it sends from.
  private static final int CONTAINER_BUFFERS = 2;

  private final ResponseSide side;
  private final long lengthBytes;
  private final Duration idle;

  ResponseTarget(ResponseSide side) {
    this(side, UNKNOWN_LENGTH, IdleLimit.DEFAULT);
  }

  private ResponseTarget(ResponseSide side, long lengthBytes, Duration idle) {
    this.side = side;
    this.lengthBytes = lengthBytes;
    this.idle = idle;
  }

  /// The same for a body of exactly `bytes`, which is announced as Content-Length; otherwise that is known only where the
  /// servlet has set the header, or where all of it fits the container's buffer. A run with more or less fails.
  public ResponseTarget length(long bytes) {
    if (bytes < 0) throw new IllegalArgumentException("length: " + bytes + " (expected: 0 or more bytes)");
    return new ResponseTarget(side, bytes, idle);
  }

  /// The same, given up when the client does not take a buffer (64 KiB or less) in `time`; 60 s if nothing is said. The
  /// container has a limit of its own, and the shorter one counts.
  public ResponseTarget idleTimeout(Duration time) {
    return new ResponseTarget(side, lengthBytes, IdleLimit.checked(time));
  }

  /// What was asked for, without the query.
  @Override
  public String name() {
    return "response to " + side.client.asked();
  }

  @Override
  public String advice() {
    return "the client, or the way to it, sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "a buffer with the container, one being filled; no thread",
        0,
        Term.of("write", ResponsePut.BUFFERS, ChunkBuffers.DEFAULT_BYTES),
        Term.of("container", CONTAINER_BUFFERS, side.containerBytes()));
  }

  /// The client waits for it.
  @Override
  public boolean isAwaited() {
    return true;
  }

  @Override
  public Put<ByteBuffer> put() {
    side.take();
    return new ResponsePut(name(), side, lengthBytes, new IdleLimit(idle));
  }

  @Override
  public String toString() {
    return name();
  }
}
