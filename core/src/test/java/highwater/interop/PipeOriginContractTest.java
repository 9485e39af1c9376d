package highwater.interop;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;

/// A pipe of the system's as an origin, handed in live: its end says nothing of whether its writer was done.
class PipeOriginContractTest extends OriginContract {
  /// What a pipe holds, on every Linux.
  private static final long PIPE_BYTES = 64 << 10;

  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new Peer(giving);
  }

  @Override
  protected boolean tellsDeathFromEnd() {
    return false;
  }

  private static final class Peer implements GivingPeer {
    private final Giving giving;
    private final Pipe pipe = Pipe.open();
    private final PullOrigin<ByteBuffer> origin = JavaIo.fromChannel(pipe.source());
    private final Thread thread;
    private volatile long givenBytes;

    Peer(Giving giving) throws IOException {
      this.giving = giving;
      thread = Thread.ofPlatform().daemon().start(this::give);
    }

    private void give() {
      try (var sink = pipe.sink()) {
        var out = Channels.newOutputStream(sink);
        while (givenBytes < giving.untilBytes()) {
          long next = Math.min(giving.untilBytes(), givenBytes + giving.pieceBytes());
          Pattern.write(out, givenBytes, next, giving.pieceBytes());
          givenBytes = next;
        }
        if (giving.then() == Giving.Then.STOP) awaitClosed();
      } catch (IOException e) {
        // It was let go.
      }
    }

    private void awaitClosed() {
      Remains.await("the close of the pipe", () -> !pipe.source().isOpen());
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return origin;
    }

    @Override
    public long givenBytes() {
      return givenBytes;
    }

    /// The pipe, and the piece that is being written.
    @Override
    public long outsideBytes() {
      return PIPE_BYTES + giving.pieceBytes();
    }

    @Override
    public void awaitLetGo() {
      Remains.await("the end of the writer", () -> !thread.isAlive());
    }

    @Override
    public void close() throws IOException {
      // A run that was cancelled at once has not taken it.
      pipe.source().close();
      awaitLetGo();
    }
  }
}
