package highwater.http;

import highwater.pipeline.ByteSizes;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What messages say about HTTP: statuses by name, failures of a connection, text of a server on one line.
final class Words {
  private Words() {}

  /// `text` without anything that ends a line or steers a terminal.
  static String oneLine(String text) {
    if (text.chars().noneMatch(c -> isHidden((char) c))) return text;
    var line = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isHidden(c)) line.append(c);
      else if (c < 0x100) line.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      else line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return line.toString();
  }

  private static boolean isHidden(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  /// `403 Forbidden`.
  static String status(int code) {
    var name =
        switch (code) {
          case 200 -> "OK";
          case 201 -> "Created";
          case 202 -> "Accepted";
          case 204 -> "No Content";
          case 206 -> "Partial Content";
          case 301 -> "Moved Permanently";
          case 302 -> "Found";
          case 303 -> "See Other";
          case 304 -> "Not Modified";
          case 307 -> "Temporary Redirect";
          case 308 -> "Permanent Redirect";
          case 400 -> "Bad Request";
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          case 404 -> "Not Found";
          case 405 -> "Method Not Allowed";
          case 407 -> "Proxy Authentication Required";
          case 408 -> "Request Timeout";
          case 409 -> "Conflict";
          case 410 -> "Gone";
          case 411 -> "Length Required";
          case 412 -> "Precondition Failed";
          case 413 -> "Content Too Large";
          case 415 -> "Unsupported Media Type";
          case 416 -> "Range Not Satisfiable";
          case 429 -> "Too Many Requests";
          case 500 -> "Internal Server Error";
          case 501 -> "Not Implemented";
          case 502 -> "Bad Gateway";
          case 503 -> "Service Unavailable";
          case 504 -> "Gateway Timeout";
          case 507 -> "Insufficient Storage";
          default -> "";
        };
    return name.isEmpty() ? Integer.toString(code) : code + " " + name;
  }

  /// What to do about a status that is no success.
  static String advice(int code) {
    return switch (code) {
      case 401, 403 -> "give the credentials it asks for in a header";
      case 404, 410 -> "check the address";
      case 407 -> "use a proxy without a password, or a client of your own";
      case 411 -> "say the length of the data";
      case 413, 507 -> "send less, or ask who runs the server";
      case 429, 502, 503, 504 -> "try again later";
      default -> code >= 500 ? "ask who runs the server" : "see what the server says";
    };
  }

  /// What happened to a connection to `address` (or to the `proxy` before it), in words that do not depend on the client's
  /// classes.
  static String reason(Throwable failure, Address address, @Nullable InetSocketAddress proxy, Duration connect) {
    if (failure instanceof Late) return String.valueOf(failure.getMessage());
    var peer =
        proxy == null ? address.hostAndPort() : "the proxy " + oneLine(proxy.getHostString() + ":" + proxy.getPort());
    if (failure instanceof HttpConnectTimeoutException) {
      return "no connection to " + peer + " within " + seconds(connect);
    }
    if (find(failure, UnresolvedAddressException.class) != null) {
      return proxy == null ? "unknown host " + address.uri().getHost() : "unknown host of " + peer;
    }
    if (failure instanceof ConnectException) return "no connection to " + peer;
    if (find(failure, NumberFormatException.class) != null) return "the answer has a length that is no number";
    var tls = find(failure, SSLException.class);
    if (tls != null) return "TLS: " + oneLine(String.valueOf(tls.getMessage()));
    var message = failure.getMessage();
    if (message != null && message.contains("parser received no bytes"))
      return "the connection ended without an answer";
    if (isEnd(failure)) return "the connection ended before the data did";
    if (message == null) return failure.getClass().getSimpleName();
    return decapitalised(oneLine(message));
  }

  private static boolean isEnd(Throwable failure) {
    var message = String.valueOf(failure.getMessage());
    return failure instanceof EOFException
        || message.contains("EOF reached while reading")
        || message.contains("bytes received")
        || message.startsWith("chunked transfer encoding")
        || message.startsWith("closed");
  }

  /// What to do about a connection that failed.
  static String connectionAdvice(Throwable failure, Address address, String otherwise) {
    if (find(failure, UnresolvedAddressException.class) != null)
      return "expected: a host with an address; check its name";
    var tls = find(failure, SSLException.class);
    if (tls != null) {
      var said = String.valueOf(tls.getMessage());
      if (said.contains("Unsupported or unrecognized") || said.contains("terminated the handshake")) {
        return "expected: a server that speaks TLS at this port; is its address http://?";
      }
      return said.contains("subject alternative")
          ? "expected: a certificate for " + address.uri().getHost() + "; check the address and who answers there"
          : "expected: a certificate that this Java trusts; add its issuer to Java's trust store";
    }
    if (failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException) {
      return "expected: a server that answers; check host, port and proxies";
    }
    return otherwise;
  }

  /// Whether the answer breaks HTTP's rules, which another try does not change.
  static boolean isNoHttp(Throwable failure) {
    return find(failure, ProtocolException.class) != null || find(failure, NumberFormatException.class) != null;
  }

  static <T extends Throwable> @Nullable T find(@Nullable Throwable failure, Class<T> kind) {
    int depth = 0;
    for (var cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
      if (kind.isInstance(cause)) return kind.cast(cause);
    }
    return null;
  }

  /// `3,000,000 bytes`, every one of them, to be compared with a header.
  static String bytes(long bytes) {
    return ByteSizes.grouped(bytes) + (bytes == 1 ? " byte" : " bytes");
  }

  static String seconds(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  private static String decapitalised(String words) {
    return words.length() > 1 && Character.isLowerCase(words.charAt(1))
        ? Character.toLowerCase(words.charAt(0)) + words.substring(1)
        : words;
  }
}
