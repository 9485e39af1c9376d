package highwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

@Timeout(60)
class BrokenOffClientTest {
  private static final int BYTES = 1 << 20;

  /// Gives some of its bytes, then fails.
  private static final class Failing extends InputStream {
    private int given;

    @Override
    public int read() throws IOException {
      if (given == BYTES / 2) throw new IOException("stopped");
      given++;
      return 'x';
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (given == BYTES / 2) throw new IOException("stopped");
      int read = Math.min(length, BYTES / 2 - given);
      given += read;
      return read;
    }
  }

  @Test
  void aBodyThatFailsBreaksItsConnection() throws Exception {
    var builder = new BrokenOffClient.Builder(UrlConnectionHttpClient.builder());
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var client = builder.buildWithDefaults(AttributeMap.empty())) {
      var request =
          SdkHttpFullRequest.builder()
              .method(SdkHttpMethod.PUT)
              .uri(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/key"))
              .putHeader("Content-Length", Integer.toString(BYTES))
              .build();
      var body = new Failing();
      var put =
          client.prepareRequest(
              HttpExecuteRequest.builder().request(request).contentStreamProvider(() -> body).build());
      assertThatThrownBy(put::call).hasMessage("stopped");
      try (var peer = server.accept()) {
        // Ends, since the connection did.
        assertThat(peer.getInputStream().readAllBytes().length).isBetween(1, BYTES - 1);
      }
    }
  }
}
