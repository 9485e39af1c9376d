package highwater.s3;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import software.amazon.awssdk.core.sync.RequestBody;

/// The contract of origins, against s3proxy behind a gate, by ranges far smaller than the objects.
class S3OriginContractTest extends OriginContract {
  private static final Set<Long> STORED = new HashSet<>();

  @Override
  protected int cancels() {
    return 5;
  }

  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    // One that dies when it has given everything it announced has given everything: it announces one byte more.
    boolean dies = giving.then() == Giving.Then.DIE && giving.untilBytes() == giving.totalBytes();
    return new Peer(giving, store(giving.totalBytes() + (dies ? 1 : 0)));
  }

  /// An object of this length, made once.
  private static String store(long bytes) {
    var key = "given-" + bytes;
    if (STORED.add(bytes)) {
      Server.s3proxy()
          .client()
          .putObject(put -> put.bucket(Server.BUCKET).key(key), RequestBody.fromBytes(Pattern.bytes((int) bytes)));
    }
    return key;
  }

  private static final class Peer extends Gate implements GivingPeer {
    private final Giving giving;
    private final String key;

    Peer(Giving giving, String key) throws IOException {
      super(Server.s3proxy());
      this.giving = giving;
      this.key = key;
    }

    @Override
    int toClient(Passage passage, long position, int count) throws Exception {
      long left = giving.untilBytes() - position;
      if (left <= 0 && giving.then() == Giving.Then.DIE) die();
      if (left <= 0 && giving.then() == Giving.Then.STOP) passage.stop();
      return (int) Math.min(Math.min(count, giving.pieceBytes()), Math.max(1, left));
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return S3Tests.at(S3Streams.read(Server.BUCKET, key), endpoint()).partBytes(256 << 10);
    }

    @Override
    public long givenBytes() {
      return given.get();
    }

    @Override
    public long outsideBytes() {
      return 8 << 20; // The first request is for everything: what the system holds of its answer.
    }

    @Override
    public void awaitLetGo() {
      Remains.await("the end of every connection", () -> openConnections() == 0);
    }
  }
}
