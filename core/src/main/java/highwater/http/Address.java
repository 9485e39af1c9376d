package highwater.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An http(s) address that has nothing secret in its name.
///
/// @param uri what is asked for
record Address(URI uri) {
  private static final String EXPECTED = "(expected: http://HOST/PATH or https://HOST/PATH)";

  Address {
    if (uri.getRawUserInfo() != null || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
      throw new IllegalArgumentException(
          "address: a user or password stands in it, which others can read (expected: an address without them; give an"
              + " Authorization header instead; ~/.netrc is not read)");
    }
    var scheme = schemeOf(uri);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("address: its scheme is neither http nor https " + EXPECTED);
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw new IllegalArgumentException("address: it names no host " + EXPECTED);
    }
    if (uri.getPort() > 65_535 || uri.getPort() == 0) {
      throw new IllegalArgumentException("address: port " + uri.getPort() + " (expected: 1 to 65535)");
    }
  }

  private static String schemeOf(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }

  boolean isSecure() {
    return schemeOf(uri).equals("https");
  }

  /// The address without what may be secret: the query's values and the fragment.
  String name() {
    var path = uri.getRawPath();
    return Words.oneLine(schemeOf(uri) + "://" + authority() + (path == null || path.isEmpty() ? "/" : path))
        + (uri.getRawQuery() == null ? "" : "?…");
  }

  private String authority() {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  String hostAndPort() {
    return uri.getHost() + ":" + (uri.getPort() >= 0 ? uri.getPort() : isSecure() ? 443 : 80);
  }

  /// Whether both lead to the same server, which may then see the same headers.
  boolean hasOriginOf(Address other) {
    return isSecure() == other.isSecure() && hostAndPort().equalsIgnoreCase(other.hostAndPort());
  }

  /// Where a redirect to `location` leads; throws `IllegalArgumentException` as the constructor does.
  Address resolve(String location) {
    var to = uri.resolve(location);
    return new Address(to);
  }

  /// The query's values, which no message may repeat.
  List<String> secrets() {
    var secrets = new ArrayList<String>();
    for (var query : new String[] {uri.getRawQuery(), uri.getQuery()}) {
      if (query == null) continue;
      for (var pair : query.split("&", -1)) secrets.add(pair.substring(pair.indexOf('=') + 1));
    }
    return secrets;
  }

  @Override
  public String toString() {
    return name();
  }
}
