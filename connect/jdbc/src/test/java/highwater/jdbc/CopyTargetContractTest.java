package highwater.jdbc;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.nio.ByteBuffer;

/// The contract of targets: COPY into PostgreSQL, through a gate.
class CopyTargetContractTest extends TargetContract {
  @Override
  protected int cancels() {
    return 5;
  }

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new PostgresTakingPeer(taking, 2) {
      @Override
      public PullTarget<ByteBuffer> target() {
        return Hexadecimal.encoded(PostgresCopy.in(source(), "copy " + table() + " (data) from stdin"), true);
      }
    };
  }
}
