package highwater.dashboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One request as bytes, for what an HTTP client would not send.
final class Raw {
  private static final int PATIENCE_MILLIS = 30_000;

  private Raw() {}

  /// A connection to the server of `link`; what is read from it fails after a while instead of waiting for ever.
  static Socket connect(URI link) throws IOException {
    var socket = new Socket(InetAddress.getByName(link.getHost()), link.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /// Sends `lines` and an empty one, and returns all that comes back until the connection is closed.
  static Answer ask(URI link, String... lines) throws IOException {
    try (var socket = connect(link)) {
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new Answer(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /// What came back.
  record Answer(String text) {
    /// The status code, or -1 where there was no answer.
    int status() {
      return text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : -1;
    }

    /// What follows the headers.
    String body() {
      return text.substring(text.indexOf("\r\n\r\n") + 4);
    }

    /// The value of one header, or null.
    @Nullable String header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ": ";
      return text.substring(0, text.indexOf("\r\n\r\n"))
          .lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()))
          .findFirst()
          .orElse(null);
    }
  }
}
