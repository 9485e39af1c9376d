package highwater.s3;

import java.io.IOException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/// The SDK's client over `HttpURLConnection`, which breaks the connection of a request that fails before it has an answer.
///
/// The SDK's own leaves it open where the failure comes from the body: an interrupt that meets the thread between two reads
/// of it, say. The server would then wait for the rest, until the garbage collector finds the socket.
///
/// @param client the SDK's
record BrokenOffClient(SdkHttpClient client) implements SdkHttpClient {
  /// Makes one as the SDK wants it made: owned by the service's client, which closes it.
  record Builder(UrlConnectionHttpClient.Builder builder) implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return new BrokenOffClient(builder.buildWithDefaults(defaults));
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Breaking(client.prepareRequest(request));
  }

  private record Breaking(ExecutableHttpRequest request) implements ExecutableHttpRequest {
    @Override
    public HttpExecuteResponse call() throws IOException {
      try {
        return request.call();
      } catch (Throwable thrown) {
        request.abort();
        throw thrown;
      }
    }

    @Override
    public void abort() {
      request.abort();
    }
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }
}
