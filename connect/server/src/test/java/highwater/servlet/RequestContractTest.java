package highwater.servlet;

import highwater.contract.Giving;
import highwater.contract.GivingClient;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.pipeline.PullOrigin;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;

/// A request's body keeps the contract of origins, in Jetty.
class RequestContractTest {
  private static GivingPeer peer(Giving giving, boolean chunked) throws IOException {
    var recipe = new CompletableFuture<PullOrigin<ByteBuffer>>();
    var async = new CompletableFuture<AsyncContext>();
    var path =
        ServletHost.path(
            (request, _) -> {
              recipe.complete(ServletStreams.request(request));
              async.complete(request.getAsyncContext());
            });
    return new GivingClient(
        giving, chunked, ServletHost.port(), path, recipe, () -> async.thenAccept(RequestContractTest::end).join());
  }

  private static void end(AsyncContext async) {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      // The client broke off, and the container has ended it.
    }
  }

  @Nested
  class OfLength extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return RequestContractTest.peer(giving, false);
    }
  }

  @Nested
  class InChunks extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return RequestContractTest.peer(giving, true);
    }
  }
}
