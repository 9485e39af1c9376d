package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import highwater.codec.Gzip;
import highwater.http.HttpServerStreams;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of the JDK's server in docs/library.md.
@Timeout(60)
class HttpServerExamplesTest {
  @TempDir Path dir;

  @Test
  void aFileIsServedAndTaken() throws Exception {
    var log = Files.writeString(dir.resolve("app.log"), "some text\n".repeat(50_000));
    var inbox = dir.resolve("inbox");
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var client = HttpClient.newHttpClient()) {
      serve(server, log, inbox);
      server.setExecutor(threads);
      server.start();
      var at = "http://127.0.0.1:" + server.getAddress().getPort();
      var given = client.send(HttpRequest.newBuilder(URI.create(at + "/log")).build(), BodyHandlers.ofByteArray());
      try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(given.body()))) {
        assertThat(unpacked.readAllBytes()).isEqualTo(Files.readAllBytes(log));
      }
      var put = HttpRequest.newBuilder(URI.create(at + "/inbox")).PUT(HttpRequest.BodyPublishers.ofFile(log)).build();
      assertThat(client.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
      assertThat(inbox).hasSameBinaryContentAs(log);
      server.stop(0);
    }
  }

  private static void serve(HttpServer server, Path log, Path inbox) {
    // @start region=handler
    server.createContext(
        "/log",
        HttpServerStreams.handler(
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", "application/gzip");
              return Pipeline.from(FileStreams.read(log))
                  .through(Gzip.compress())
                  .to(HttpServerStreams.response(exchange));
            }));
    server.createContext(
        "/inbox",
        exchange -> { // waits: give the server an executor of virtual threads
          Pipeline.from(HttpServerStreams.request(exchange)).to(FileStreams.write(inbox)).run();
          exchange.sendResponseHeaders(201, -1);
        });
    // @end
  }
}
