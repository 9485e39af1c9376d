package highwater.interop;

import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import org.jspecify.annotations.Nullable;

/// A pipe of the system's as a target, handed in live: its reader sees an end, however the run went.
class PipeTargetContractTest extends TargetContract {
  /// What a pipe holds, on every Linux.
  private static final long PIPE_BYTES = 64 << 10;

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new Peer(taking);
  }

  @Override
  protected boolean tellsFailureFromEnd() {
    return false;
  }

  @Override
  protected boolean hearsAnAnswer() {
    return false;
  }

  private static final class Peer implements TakingPeer {
    private final Taking taking;
    private final Pipe pipe = Pipe.open();
    private final PullTarget<ByteBuffer> target = JavaIo.toChannel(pipe.sink());
    private final Thread thread;
    private volatile long takenBytes;
    private volatile byte @Nullable [] whole;

    Peer(Taking taking) throws IOException {
      this.taking = taking;
      thread = Thread.ofPlatform().daemon().start(this::take);
    }

    private void take() {
      var taken = new ByteArrayOutputStream();
      try (var source = pipe.source()) {
        var in = Channels.newInputStream(source);
        var piece = new byte[taking.pieceBytes()];
        while (takenBytes < taking.untilBytes()) {
          int read = in.read(piece, 0, (int) Math.min(piece.length, taking.untilBytes() - takenBytes));
          if (read < 0) break;
          taken.write(piece, 0, read);
          takenBytes = taken.size();
        }
        if (taking.then() == Taking.Then.KEEP) whole = taken.toByteArray();
        if (taking.then() == Taking.Then.STOP) {
          Remains.await("the close of the pipe", () -> !pipe.sink().isOpen());
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return target;
    }

    @Override
    public byte @Nullable [] whole() {
      awaitLetGo();
      return whole;
    }

    @Override
    public long takenBytes() {
      return takenBytes;
    }

    @Override
    public long outsideBytes() {
      return PIPE_BYTES;
    }

    @Override
    public void awaitLetGo() {
      Remains.await("the end of the reader", () -> !thread.isAlive());
    }

    @Override
    public void close() throws IOException {
      // A run that was cancelled at once has not taken it.
      pipe.sink().close();
      awaitLetGo();
    }
  }
}
