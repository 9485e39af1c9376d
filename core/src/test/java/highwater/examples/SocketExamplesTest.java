package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.io.FileStreams;
import highwater.net.NetStreams;
import highwater.pipeline.Pipeline;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of sockets in docs/library.md.
@Timeout(60)
class SocketExamplesTest {
  @TempDir Path dir;

  @Test
  void aRelayLeadsToAServer() throws Exception {
    // @start region=server
    var server =
        NetStreams.listen("127.0.0.1", 0) // port 0: any that is free
            .maxConnections(100) // one more is reset; waitWhenFull(true) leaves it waiting
            .start(connection -> connection.stream().pipe(connection.stream()));
    // @end
    // @start region=relay
    var to = NetStreams.connect("127.0.0.1", server.port());
    var relay =
        NetStreams.listen("127.0.0.1", 0)
            .start(
                connection -> {
                  var _ = NetStreams.relay(connection, to.openConnection());
                });
    // @end
    try (var client = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
      client.getOutputStream().write("there and back".getBytes(StandardCharsets.US_ASCII));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes())
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("there and back");
    }
    // @start region=shutdown
    relay.shutdown(Duration.ofSeconds(30)).toCompletableFuture().join(); // lets nobody in, resets who is left then
    // @end
    server.shutdown(Duration.ofSeconds(30)).toCompletableFuture().join();
    assertThat(relay.failedConnections() + server.failedConnections()).isZero();
  }

  @Test
  void aFileIsSent() throws Exception {
    var log = Files.writeString(dir.resolve("app.log"), "some text\n".repeat(50_000));
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var taking = socket.getLocalPort();
      var taken =
          CompletableFuture.supplyAsync(
              () -> {
                try (var peer = socket.accept()) {
                  return peer.getInputStream().readAllBytes();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      // @start region=send
      Pipeline.from(FileStreams.read(log)).to(NetStreams.connect("127.0.0.1", taking).target()).run();
      // @end
      assertThat(taken.join()).isEqualTo(Files.readAllBytes(log));
    }
  }
}
