package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a connection of its own, inline, into one direct buffer that is lent again and again.
///
/// @param name what messages call it
/// @param settings how its connections are kept
/// @param links what makes one
record SocketOrigin(String name, NetSettings settings, Links links) implements PullOrigin<ByteBuffer> {
  @Override
  public String advice() {
    return "the other side, or the way to it, sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    int chunk = settings.chunkBytes();
    var terms = new ArrayList<>(List.of(Term.of("read", 1, chunk)));
    if (settings.tls() != null) terms.add(Term.of("TLS", 1, TlsWire.heldBytesOfOne()));
    return new Footprint(
        ByteSizes.rounded(chunk) + " chunks, one buffer, when the socket is ready", terms, chunk, true);
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new Reading(links, settings.chunkBytes());
  }

  private static final class Reading implements Pull<ByteBuffer> {
    private final Links links;
    private final int chunkBytes;
    private @Nullable Link link;
    private @Nullable ByteBuffer buffer;
    private boolean filled;
    private boolean ended;

    Reading(Links links, int chunkBytes) {
      this.links = links;
      this.chunkBytes = chunkBytes;
    }

    @Override
    public void open(PartContext context) throws Exception {
      var opened = links.link(context.strand(), context::wake);
      link = opened;
      buffer = ChunkBuffers.take(chunkBytes);
      opened.begin();
    }

    @Override
    public Progress poll() throws Exception {
      if (filled) return Progress.READY;
      if (ended) return Progress.DONE;
      var from = requireNonNull(link, "open() comes first");
      var into = requireNonNull(buffer).clear();
      int read = from.isOpen() ? from.read(into) : 0;
      if (read == 0) {
        from.await();
        return Progress.WAITING;
      }
      from.rest();
      into.flip();
      filled = read > 0;
      ended = !filled;
      return filled ? Progress.READY : Progress.DONE;
    }

    @Override
    public ByteBuffer next() {
      assert filled : "READY comes first";
      filled = false;
      return requireNonNull(buffer);
    }

    /// Drops the buffer: who was lent it may be reading it still, on a thread that is left behind.
    @Override
    public void abort(Throwable cause) {
      buffer = null;
      if (link != null) link.reset();
    }

    @Override
    public void close() {
      if (buffer != null) ChunkBuffers.giveBack(buffer);
      buffer = null;
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
