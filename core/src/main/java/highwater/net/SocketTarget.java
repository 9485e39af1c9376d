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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes to a connection of its own, inline; its end is sent by the commit.
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
    return new Writing(links, awaitsPeerEnd);
  }

  private static final class Writing implements Put<ByteBuffer> {
    private final Links links;
    private final boolean awaitsPeerEnd;
    private @Nullable Link link;
    private @Nullable ByteBuffer chunk;
    private boolean finished;
    private boolean peerEnded;
    private boolean settled;

    Writing(Links links, boolean awaitsPeerEnd) {
      this.links = links;
      this.awaitsPeerEnd = awaitsPeerEnd;
    }

    private Link link() {
      return requireNonNull(link, "open() comes first");
    }

    @Override
    public void open(PartContext context) throws Exception {
      var opened = links.link(context.strand(), context::wake);
      link = opened;
      opened.begin();
    }

    @Override
    public Progress poll() throws Exception {
      var to = link();
      if (to.isOpen() && hasSentAll(to)) return finished ? Progress.DONE : Progress.HUNGRY;
      // A peer that sends while nobody reads it would end up waiting for this side, and never take more.
      if (to.isOpen() && !peerEnded) dropInput(to);
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

    /// Reads and drops what the peer has sent, one buffer of it at most; whether there may be more at once.
    private boolean dropInput(Link from) throws IOException {
      var buffer = ChunkBuffers.take(ChunkBuffers.DEFAULT_BYTES);
      try {
        int read = from.read(buffer);
        peerEnded = read < 0;
        return read > 0;
      } finally {
        ChunkBuffers.giveBack(buffer);
      }
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
      if (to.endOutput()) {
        while (awaitsPeerEnd && !peerEnded && dropInput(to)) {}
        settled = peerEnded || !awaitsPeerEnd;
        if (settled) return true;
      }
      to.await();
      return false;
    }

    @Override
    public void abort(Throwable cause) {
      if (link != null) link.reset();
    }

    @Override
    public void close() {
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
