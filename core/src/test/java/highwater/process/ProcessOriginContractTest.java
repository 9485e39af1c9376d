package highwater.process;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.pipeline.PullOrigin;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// A process as an origin, against `dd`, `head` and `sleep`.
class ProcessOriginContractTest extends OriginContract {
  /// What a pipe holds, on every Linux.
  private static final long PIPE_BYTES = 64 << 10;

  @TempDir static Path peers;

  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    var file = Peers.pattern(peers, giving.totalBytes());
    var pid = Files.createTempFile(peers, "pid", "");
    var script =
        switch (giving.then()) {
          case END -> "exec dd status=none bs=" + giving.pieceBytes() + " if=" + file;
          case DIE -> "head -c " + giving.untilBytes() + " " + file + "; echo it broke >&2; exit 3";
          case STOP -> "head -c " + giving.untilBytes() + " " + file + "; exec sleep 600";
        };
    return new Peer(Command.shell("echo $$ >" + pid + "; " + script), pid, giving.pieceBytes());
  }

  private record Peer(Command command, Path pid, int pieceBytes) implements GivingPeer {
    @Override
    public PullOrigin<ByteBuffer> origin() {
      return ProcessStreams.read(command);
    }

    @Override
    public long givenBytes() {
      return Peers.positionOf(Peers.pid(pid), 0);
    }

    /// The pipe, and the piece that the program has read and cannot write.
    @Override
    public long outsideBytes() {
      return PIPE_BYTES + pieceBytes;
    }

    @Override
    public void awaitLetGo() {
      Peers.awaitGone(Peers.pid(pid));
    }

    @Override
    public void close() {
      awaitLetGo();
    }
  }
}
