package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import highwater.strand.Strand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a connector's connections do beyond the contract of ends: words, half-close, reset, paths.
@Timeout(60)
class ConnectorTest {
  @TempDir Path folder;

  private interface Serving {
    void serve(Socket client) throws Exception;
  }

  /// A server for one client; the future has what it failed with.
  private static CompletableFuture<Void> serve(ServerSocket server, Serving serving) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (server;
                  var client = server.accept()) {
                serving.serve(client);
                done.complete(null);
              } catch (Throwable thrown) {
                done.completeExceptionally(thrown);
              }
            });
    return done;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  }

  private static Connector to(ServerSocket server) {
    return NetStreams.connect(server.getInetAddress().getHostAddress(), server.getLocalPort());
  }

  private static Throwable causeOf(Connector connector) {
    var failure = catchThrowable(() -> Pipeline.from(connector.origin()).to(Target.<ByteBuffer>forEach(_ -> {})).run());
    assertThat(failure).isInstanceOf(PipelineException.class);
    return failure.getCause();
  }

  @Test
  void aRefusedConnectionIsSaidInOneLine() throws Exception {
    int port;
    try (var server = listen()) {
      port = server.getLocalPort();
    }
    assertThat(causeOf(NetStreams.connect("127.0.0.1", port)))
        .hasMessage(
            "tcp://127.0.0.1:"
                + port
                + ": connection refused: nobody listens there (expected: a server that runs, and listens there)");
  }

  @Test
  void anAddressOfIpv6StandsInBracketsOnce() {
    assertThat(NetStreams.connect("::1", 7).name()).isEqualTo("tcp://[::1]:7");
    assertThat(NetStreams.connect("[::1]", 7).name()).isEqualTo("tcp://[::1]:7");
    assertThat(NetStreams.connect(InetSocketAddress.createUnresolved("[::1]", 7)).name()).isEqualTo("tcp://[::1]:7");
    assertThat(NetStreams.listen("[::]", 0).name()).isEqualTo("tcp-listen://[::]:0");
    assertThat(NetStreams.connect("[::1]", 7).tls(Tls.client()).name()).isEqualTo("tls://[::1]:7");
    assertThatThrownBy(() -> NetStreams.connect("[]", 7)).hasMessage("host: none (expected: a name or an address)");
  }

  @Test
  void anUnknownHostIsSaidInOneLine() {
    assertThat(causeOf(NetStreams.connect("no-such-host.invalid", 1)))
        .hasMessageStartingWith("tcp://no-such-host.invalid:1: unknown host no-such-host.invalid (expected: ");
  }

  @Test
  void aPeerThatKeepsStillIsGivenUp() throws Exception {
    var server = listen();
    var served = serve(server, client -> client.getInputStream().read());
    assertThat(causeOf(to(server).idleTimeout(Duration.ofMillis(50))))
        .hasMessageContaining(": its peer has not moved a byte for 0.05s (expected: ");
    assertThat(catchThrowable(served::join)).hasRootCauseMessage("Connection reset");
  }

  @Test
  void aDuplexEndsItsSideAndReadsOn() throws Exception {
    var server = listen();
    var served =
        serve(
            server,
            client -> {
              long taken = Pattern.read(client.getInputStream());
              Pattern.write(client.getOutputStream(), 0, taken, 1000);
            });
    var read = new AtomicLong();
    Strand.run(
        () -> {
          var stream = to(server).open();
          stream.onData(chunk -> read.set(Pattern.check(chunk, read.get())));
          stream.end(ByteBuffer.wrap(Pattern.bytes(300_000)));
        });
    served.join();
    assertThat(read).hasValue(300_000);
  }

  @Test
  void aDestroyedDuplexIsSeenAsAReset() throws Exception {
    var server = listen();
    var served = serve(server, client -> Pattern.read(client.getInputStream()));
    Strand.run(
        () -> {
          var stream = to(server).open();
          var _ = stream.write(ByteBuffer.wrap(Pattern.bytes(1000)), _ -> stream.destroy());
        });
    assertThat(catchThrowable(served::join)).hasRootCauseMessage("Connection reset");
  }

  @Test
  void aResetOfThePeerIsAnErrorAndNoEnd() throws Exception {
    var server = listen();
    var served =
        serve(
            server,
            client -> {
              // Before that byte has come the client may still be connecting.
              assertThat(client.getInputStream().read()).isZero();
              client.setSoLinger(true, 0);
            });
    var error = new AtomicReference<Throwable>();
    Strand.run(
        () -> {
          var stream = to(server).open();
          stream.onError(error::set);
          stream.onEnd(() -> error.set(new AssertionError("an end")));
          var _ = stream.write(ByteBuffer.allocate(1));
          stream.resume();
        });
    served.join();
    assertThat(error.get()).hasMessageContaining("connection reset by its peer after 0 bytes received (expected: ");
  }

  @Test
  void aUnixDomainSocketIsReadToItsEnd() throws Exception {
    var path = folder.resolve("socket");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Thread.ofVirtual()
          .start(
              () -> {
                try (var client = server.accept()) {
                  Pattern.write(Channels.newOutputStream(client), 0, 200_000, 5000);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      var read = new AtomicLong();
      Pipeline.from(NetStreams.connect(path).origin())
          .to(Target.<ByteBuffer>forEach(chunk -> read.set(Pattern.check(chunk, read.get()))))
          .run();
      assertThat(read).hasValue(200_000);
    }
  }

  @Test
  void aPathWithoutASocketIsSaidInOneLine() {
    assertThat(causeOf(NetStreams.connect(folder.resolve("none"))))
        .hasMessageEndingWith(": no such socket (expected: the path of one that a server has made)");
  }

  @Test
  void wordsThatCanBeNoAddressAreRefusedAtOnce() {
    assertThatThrownBy(() -> NetStreams.connect(" ", 1)).hasMessageStartingWith("host: none (expected: ");
    assertThatThrownBy(() -> NetStreams.connect("localhost", 65_536)).hasMessageStartingWith("port: 65536 (expected: ");
    assertThatThrownBy(() -> NetStreams.connect(folder).tls(Tls.client())).hasMessageContaining("Tls.peerName(NAME)");
  }

  @Test
  void oneConnectionGoesIntoAnother() throws Exception {
    var giver = listen();
    var gave = serve(giver, client -> Pattern.write(client.getOutputStream(), 0, 5_000_000, 60_000));
    var taker = listen();
    var taken = new AtomicLong();
    var took = serve(taker, client -> taken.set(Pattern.read(client.getInputStream())));
    Origin<ByteBuffer> source = to(giver).origin();
    Pipeline.from(source).to(to(taker).target()).run();
    gave.join();
    took.join();
    assertThat(taken).hasValue(5_000_000);
  }
}
