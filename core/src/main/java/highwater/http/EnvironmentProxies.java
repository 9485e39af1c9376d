package highwater.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The proxies that the environment names: `http_proxy`, `https_proxy` and `no_proxy`, in lower case or else in upper.
///
/// `no_proxy` is a list of hosts, which stand for their subdomains too, with or without a port; `*` is every host.
/// `HTTP_PROXY` is not looked at where `REQUEST_METHOD` is set: in a CGI program it is a header of whoever calls.
final class EnvironmentProxies extends ProxySelector {
  private static final List<Proxy> NONE = List.of(Proxy.NO_PROXY);

  private final Map<String, String> environment;

  EnvironmentProxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /// The proxy for `address`, or null; throws [IllegalArgumentException] where the environment's cannot be used.
  @Nullable InetSocketAddress proxyFor(Address address) {
    var variable = address.isSecure() ? "https_proxy" : "http_proxy";
    var value = value(variable);
    if (value == null || isExempt(address)) return null;
    try {
      var uri = new URI(value.contains("://") ? value : "http://" + value);
      if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
        throw refused(
            variable, "it has a user or password in it", "a proxy that asks for none, or a client of your own");
      }
      if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
        throw refused(variable, "it is no proxy of a kind that can be used", "http://HOST:PORT");
      }
      return InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
    } catch (URISyntaxException e) {
      throw refused(variable, "it is no address", "http://HOST:PORT");
    }
  }

  private static IllegalArgumentException refused(String variable, String what, String expected) {
    return new IllegalArgumentException("the proxy of " + variable + ": " + what + " (expected: " + expected + ")");
  }

  private @Nullable String value(String variable) {
    var value = environment.get(variable);
    if (value == null) {
      var upper = variable.toUpperCase(Locale.ROOT);
      if (!upper.equals("HTTP_PROXY") || !environment.containsKey("REQUEST_METHOD")) value = environment.get(upper);
    }
    return value == null || value.isBlank() ? null : value.strip();
  }

  private boolean isExempt(Address address) {
    var list = value("no_proxy");
    if (list == null) return false;
    var host = withoutBrackets(address.uri().getHost()).toLowerCase(Locale.ROOT);
    var hostAndPort = address.hostAndPort().toLowerCase(Locale.ROOT);
    for (var entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
      if (entry.equals("*")) return true;
      var name = entry.startsWith("*.") ? entry.substring(2) : entry.startsWith(".") ? entry.substring(1) : entry;
      if (name.isEmpty()) continue;
      if (isOrIsBelow(host, withoutBrackets(name)) || isOrIsBelow(hostAndPort, name)) return true;
    }
    return false;
  }

  private static boolean isOrIsBelow(String host, String name) {
    return host.equals(name) || host.endsWith("." + name);
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public List<Proxy> select(URI uri) {
    var proxy = proxyFor(new Address(uri));
    return proxy == null
        ? NONE
        : List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHostString(), proxy.getPort())));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {}
}
