package highwater.http;

import highwater.contract.Taking;
import highwater.contract.TakingClient;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// A response's body keeps the contract of targets, in the JDK's server.
class ExchangeTargetContractTest extends TargetContract {
  @Override
  protected TakingPeer peer(Taking taking) throws IOException {
    var recipe = new CompletableFuture<PullTarget<ByteBuffer>>();
    var path = ExchangeHost.path(exchange -> recipe.complete(HttpServerStreams.response(exchange)));
    return new TakingClient(taking, ExchangeHost.port(), path, recipe);
  }

  @Override
  protected boolean hearsAnAnswer() {
    return false;
  }
}
