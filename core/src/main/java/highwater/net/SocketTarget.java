package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import highwater.strand.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes to a connection of its own, inline; its end is sent by the commit.
///
/// What the peer sends is read and dropped from the first byte to its end, for a peer that answers while it reads would end up
/// waiting for this side, and never take more.
///
/// @param name what messages call it
/// @param settings how its connections are kept
/// @param awaitsPeerEnd whether it is done only when its peer has ended too
/// @param links what makes a connection
record SocketTarget(String name, NetSettings settings, boolean awaitsPeerEnd, Links links)
    implements PullTarget<ByteBuffer> {
  @Override
  public String advice() {
    return "the other side, or the way to it, sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var terms = new ArrayList<>(List.of(Term.of("peer's words", 1, ChunkBuffers.DEFAULT_BYTES)));
    if (settings.tls() != null) terms.add(Term.of("TLS", 1, TlsWire.heldBytesOfOne()));
    return new Footprint("chunk by chunk, when the socket is ready", terms, 0, true);
  }

  @Override
  public Put<ByteBuffer> put() {
    return new Writing(links, awaitsPeerEnd, settings.idle());
  }

  private static final class Writing implements Put<ByteBuffer> {
    /// How long a peer whose end is not waited for must have sent nothing before the connection is closed: 1 s.
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How many buffers are dropped before other turns come.
    private static final int BUFFERS_A_TURN = 16;

    private final Links links;
    private final boolean awaitsPeerEnd;
    private final long idleNanos;
    private @Nullable PartContext context;
    private @Nullable Link link;
    private @Nullable ByteBuffer chunk;
    private boolean finished;
    private boolean peerEnded;
    private boolean settled;

    /// Set while it lingers.
    private @Nullable Timer lingerTimer;

    private boolean lingers;
    private long lingersUntilNanos;
    private long quietUntilNanos;
    private long heardBytes;

    Writing(Links links, boolean awaitsPeerEnd, Duration idle) {
      this.links = links;
      this.awaitsPeerEnd = awaitsPeerEnd;
      idleNanos = idle.toNanos();
    }

    private Link link() {
      return requireNonNull(link, "open() comes first");
    }

    @Override
    public void open(PartContext context) throws Exception {
      this.context = context;
      var opened = links.link(context.strand(), context::wake);
      link = opened;
      opened.begin();
    }

    @Override
    public Progress poll() throws Exception {
      var to = link();
      if (to.isOpen()) {
        boolean sent = hasSentAll(to);
        dropInput(to);
        if (sent) {
          to.rest();
          return finished ? Progress.DONE : Progress.HUNGRY;
        }
      }
      to.await();
      return Progress.WAITING;
    }

    private boolean hasSentAll(Link to) throws IOException {
      var rest = chunk;
      if (rest != null) {
        while (rest.hasRemaining()) if (to.write(rest) == 0) return false;
        chunk = null;
      }
      return to.flush();
    }

    /// Reads and drops what the peer has sent, until it has ended or the socket is watched for more.
    private void dropInput(Link from) throws IOException {
      if (peerEnded || from.isInputWatched()) return;
      var buffer = ChunkBuffers.take(ChunkBuffers.DEFAULT_BYTES);
      try {
        for (int i = 0; i < BUFFERS_A_TURN; i++) {
          int read = from.drop(buffer.clear());
          if (read <= 0) {
            peerEnded = read < 0;
            return;
          }
        }
      } catch (IOException e) {
        // How its side ends is nobody's concern where that is not waited for; a reset tells that it has not taken
        // everything.
        if (awaitsPeerEnd || !from.isOutputEnded() || !NetErrors.isTruncated(e)) throw e;
        peerEnded = true;
        return;
      } finally {
        ChunkBuffers.giveBack(buffer);
      }
      requireNonNull(context).wake();
    }

    @Override
    public void offer(ByteBuffer offered) {
      chunk = offered;
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void commit() {
      // The end is said where the run asks whether it has settled: it may have to wait for room.
    }

    @Override
    public boolean settled() throws Exception {
      var to = link;
      if (settled || to == null || to.isClosed()) return true;
      if (to.isOpen() && to.endOutput()) {
        dropInput(to);
        settled = peerEnded || (!awaitsPeerEnd && hasLingered(to));
        if (settled) return true;
        if (!awaitsPeerEnd) {
          to.rest();
          return false;
        }
      }
      to.await();
      return false;
    }

    /// Whether a peer that need not end has been quiet for long enough, or has sent for an idle limit.
    ///
    /// A connection that is closed while the peer's bytes are unread, or still come, is reset, which takes from the peer what it has
    /// not read; and how far it has read is told by nobody.
    private boolean hasLingered(Link at) {
      var strand = requireNonNull(context).strand();
      long now = strand.nanoTime();
      if (!lingers) lingersUntilNanos = now + idleNanos;
      if (!lingers || at.readBytes() != heardBytes) {
        lingers = true;
        heardBytes = at.readBytes();
        quietUntilNanos = now + LINGER_NANOS;
      }
      long left = Math.min(quietUntilNanos - now, lingersUntilNanos - now);
      if (left > 0 && lingerTimer == null) lingerTimer = strand.after(left, this::lookAgain).unref();
      return left <= 0;
    }

    private void lookAgain() {
      lingerTimer = null;
      requireNonNull(context).wake();
    }

    @Override
    public void abort(Throwable cause) {
      if (link != null) link.reset();
    }

    @Override
    public void close() {
      if (lingerTimer != null) lingerTimer.cancel();
      if (link != null) link.close();
    }

    @Override
    public @Nullable String waitsFor() {
      return link == null ? null : link.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return Cause.PEER;
    }
  }
}
