package highwater.process;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/// A process as a target: a shell that gives a file its name only at the end of its input.
class ProcessTargetContractTest extends TargetContract {
  /// What a pipe holds, and the block that `head` reads beyond what it prints.
  private static final long OUTSIDE_BYTES = (64 << 10) + (64 << 10);

  @TempDir static Path peers;

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    var folder = Files.createTempDirectory(peers, "peer");
    var part = folder.resolve("part");
    var whole = folder.resolve("whole");
    var pid = folder.resolve("pid");
    var head = "head -c " + Math.min(taking.untilBytes(), 1L << 40) + " >" + part;
    var script =
        switch (taking.then()) {
          case KEEP -> "dd status=none bs=" + taking.pieceBytes() + " of=" + part + " && mv " + part + " " + whole;
          case DIE -> head + "; echo enough of it >&2; exit 7";
          case REFUSE -> head + "; cat >/dev/null; echo refused >&2; exit 9";
          case STOP -> head + "; exec sleep 600";
        };
    return new Peer(Command.shell("echo $$ >" + pid + "; " + script), part, whole, pid);
  }

  private record Peer(Command command, Path part, Path wholeFile, Path pid) implements TakingPeer {
    @Override
    public PullTarget<ByteBuffer> target() {
      return ProcessStreams.write(command);
    }

    @Override
    public byte @Nullable [] whole() throws IOException {
      awaitLetGo();
      return Files.exists(wholeFile) ? Files.readAllBytes(wholeFile) : null;
    }

    @Override
    public long takenBytes() {
      try {
        return Files.size(part);
      } catch (IOException e) {
        return 0;
      }
    }

    @Override
    public long outsideBytes() {
      return OUTSIDE_BYTES;
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
