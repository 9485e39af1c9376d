package highwater.interop;

import highwater.blocking.CallThread;
import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import java.net.Socket;

/// The stream of a socket as an origin, read by a virtual thread.
class InputStreamOriginContractTest extends OriginContract {
  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new GivingSocket(
        giving,
        server ->
            JavaIo.fromInputStream(() -> new Socket(server.getAddress(), server.getPort()).getInputStream())
                .on(CallThread.VIRTUAL));
  }
}
