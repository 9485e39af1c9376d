package highwater.http;

import com.sun.net.httpserver.HttpExchange;
import highwater.contract.Giving;
import highwater.contract.GivingClient;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;

/// A request's body keeps the contract of origins, in the JDK's server.
class ExchangeOriginContractTest {
  private static GivingPeer peer(Giving giving, boolean chunked) throws IOException {
    var recipe = new CompletableFuture<PullOrigin<ByteBuffer>>();
    var served = new CompletableFuture<HttpExchange>();
    var path =
        ExchangeHost.path(
            exchange -> {
              served.complete(exchange);
              recipe.complete(HttpServerStreams.request(exchange));
            });
    // Without an answer: the connection closes.
    return new GivingClient(
        giving, chunked, ExchangeHost.port(), path, recipe, () -> served.thenAccept(HttpExchange::close).join());
  }

  @Nested
  class OfLength extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return ExchangeOriginContractTest.peer(giving, false);
    }
  }

  @Nested
  class InChunks extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return ExchangeOriginContractTest.peer(giving, true);
    }
  }
}
