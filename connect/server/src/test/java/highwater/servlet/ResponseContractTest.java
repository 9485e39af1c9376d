package highwater.servlet;

import highwater.contract.Taking;
import highwater.contract.TakingClient;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// A response's body keeps the contract of targets, in Jetty.
class ResponseContractTest extends TargetContract {
  @Override
  protected TakingPeer peer(Taking taking) throws IOException {
    var recipe = new CompletableFuture<PullTarget<ByteBuffer>>();
    var path = ServletHost.path((request, response) -> recipe.complete(ServletStreams.response(request, response)));
    return new TakingClient(taking, ServletHost.port(), path, recipe);
  }

  @Override
  protected boolean hearsAnAnswer() {
    return false;
  }
}
