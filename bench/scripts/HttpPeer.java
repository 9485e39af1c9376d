import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;

/// A server for the scripts beside it: gives the files of a folder and takes new ones. Prints its port.
///
/// `java HttpPeer.java FOLDER [BREAK]`: with BREAK, each connection of a GET breaks after so many bytes, ranges and ETags are
/// known, and `GET /sent` tells how many bytes of bodies were sent in all.
public class HttpPeer {
  private static long sentBytes;

  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    long breakAfter = arguments.length > 1 ? Long.parseLong(arguments[1]) : Long.MAX_VALUE;
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> answer(exchange, folder, breakAfter));
    server.start();
    System.out.println(server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, Path folder, long breakAfter) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath().substring(1);
      if (name.equals("sent")) {
        byte[] text = Long.toString(sent(0)).getBytes();
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
      } else if (exchange.getRequestMethod().equals("GET")) {
        give(exchange, folder.resolve(name), breakAfter);
      } else {
        try (var in = exchange.getRequestBody();
            var out = Files.newOutputStream(folder.resolve(name))) {
          in.transferTo(out);
        }
        exchange.sendResponseHeaders(201, -1);
      }
    }
  }

  private static void give(HttpExchange exchange, Path file, long breakAfter) throws IOException {
    long size = Files.size(file);
    String etag = "\"" + size + "-" + Files.getLastModifiedTime(file).toMillis() + "\"";
    exchange.getResponseHeaders().set("ETag", etag);
    String range = exchange.getRequestHeaders().getFirst("Range");
    String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
    boolean goesOn = range != null && (ifRange == null || ifRange.equals(etag));
    long from = goesOn ? Long.parseLong(range.substring("bytes=".length(), range.indexOf('-'))) : 0;
    if (goesOn) exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (size - 1) + "/" + size);
    exchange.sendResponseHeaders(goesOn ? 206 : 200, size - from);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(from);
      var in = Channels.newInputStream(channel);
      var out = exchange.getResponseBody();
      var piece = new byte[1 << 16];
      long left = Math.min(size - from, breakAfter);
      while (left > 0) {
        int read = in.read(piece, 0, (int) Math.min(piece.length, left));
        if (read < 0) break;
        out.write(piece, 0, read);
        sent(read);
        left -= read;
      }
      // What was announced and is not sent breaks the connection when the exchange is closed.
      out.flush();
    }
  }

  private static synchronized long sent(long bytes) {
    return sentBytes += bytes;
  }
}
