package highwater.s3;

import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// The contract of targets, against s3proxy behind a gate, in parts of 5 MiB.
class S3TargetContractTest extends TargetContract {
  private static final AtomicInteger KEYS = new AtomicInteger();

  @Override
  protected int cancels() {
    return 5;
  }

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new Peer(taking, "taken-" + KEYS.incrementAndGet());
  }

  private static final class Peer extends Gate implements TakingPeer {
    private final Taking taking;
    private final String key;

    Peer(Taking taking, String key) throws IOException {
      super(Server.s3proxy());
      this.taking = taking;
      this.key = key;
    }

    private boolean isThrough() {
      return taken.get() >= taking.untilBytes();
    }

    @Override
    boolean answers(Passage passage) throws Exception {
      // What removes an upload always gets through, or every test would leave one.
      if (!isThrough() || passage.method().equals("DELETE") || passage.method().equals("GET")) return false;
      return switch (taking.then()) {
        case KEEP -> false;
        case DIE -> {
          die();
          yield true;
        }
        case REFUSE -> passage.answer("403 Forbidden", "AccessDenied");
        case STOP -> {
          passage.stopReading();
          yield true;
        }
      };
    }

    @Override
    int toServer(Passage passage, int count) throws Exception {
      if (isThrough() && taking.then() == Taking.Then.DIE) die();
      if (isThrough() && taking.then() == Taking.Then.STOP) passage.stopReading();
      long left = Math.max(1, taking.untilBytes() - taken.get());
      return (int) Math.min(Math.min(count, taking.pieceBytes()), left);
    }

    @Override
    void bodyPassed(Passage passage) {
      if (isThrough() && taking.then() == Taking.Then.DIE) die();
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return S3Tests.at(S3Streams.write(Server.BUCKET, key), endpoint()).partBytes(5 << 20);
    }

    @Override
    public byte @Nullable [] whole() {
      try {
        return Server.s3proxy().client().getObjectAsBytes(get -> get.bucket(Server.BUCKET).key(key)).asByteArray();
      } catch (NoSuchKeyException e) {
        return null;
      }
    }

    @Override
    public List<String> leftovers() {
      return Server.s3proxy().uploads().stream().filter(upload -> upload.startsWith(key + " ")).toList();
    }

    @Override
    public long takenBytes() {
      return taken.get();
    }

    @Override
    public void awaitLetGo() {
      release();
      Remains.await("the end of every connection", () -> openConnections() == 0);
    }
  }
}
