package highwater.http;

import java.net.URI;
import java.net.URISyntaxException;

/// Makes the recipes of HTTP and HTTPS: a GET as a pipeline's beginning, a PUT or a POST as its end.
///
/// All of them speak HTTP/1.1, verify certificates, go through the proxies that `http_proxy`, `https_proxy` and `no_proxy`
/// name, and have limits on time: 10 s to connect, 60 s without progress, 24 h in all. Names and messages show an address
/// without its query's values.
public final class HttpStreams {
  private HttpStreams() {}

  /// A recipe that reads `uri`; throws `IllegalArgumentException` where that is no http(s) address, or has a user in it.
  public static HttpOrigin get(URI uri) {
    return new HttpOrigin(new Address(uri), HttpSettings.DEFAULT);
  }

  /// A recipe that writes `uri` with a PUT; throws as [#get(URI)] does.
  public static HttpTarget put(URI uri) {
    return new HttpTarget("PUT", new Address(uri), HttpTarget.UNKNOWN_LENGTH, HttpSettings.DEFAULT);
  }

  /// A recipe that sends a POST to `uri`; throws as [#get(URI)] does.
  public static HttpTarget post(URI uri) {
    return new HttpTarget("POST", new Address(uri), HttpTarget.UNKNOWN_LENGTH, HttpSettings.DEFAULT);
  }

  /// Reads an address as a user wrote it; throws `IllegalArgumentException` with a message that does not repeat what may be
  /// secret in it.
  public static URI uri(String text) {
    try {
      return new Address(new URI(text)).uri();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "address: not an http(s) address, at character "
              + (e.getIndex() + 1)
              + " (expected: http://HOST/PATH or https://HOST/PATH; write special characters as %XX)");
    }
  }
}
