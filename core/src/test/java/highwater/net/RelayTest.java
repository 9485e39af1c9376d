package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.DuplexStream;
import highwater.Registration;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.strand.Strand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A relay between a client and a backend: bytes, ends and resets go through it both ways; by sockets, and by pipes.
@Timeout(60)
class RelayTest {
  private final ServerSocket backend = listen();
  private final CopyOnWriteArrayList<Throwable> failures = new CopyOnWriteArrayList<>();
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  private @Nullable Server proxy;

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void patience() throws IOException {
    backend.setSoTimeout(30_000);
  }

  @AfterEach
  void closeAll() throws Exception {
    backend.close();
    if (proxy == null) return;
    proxy.close();
    proxy.whenClosed().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(proxy.failedConnections()).isZero();
  }

  private Connector toBackend() {
    return NetStreams.connect("127.0.0.1", backend.getLocalPort()).systemBuffers(64 << 10, 64 << 10);
  }

  /// A client of a new proxy.
  private Socket client(boolean bySockets) throws IOException {
    var started =
        NetStreams.listen("127.0.0.1", 0)
            .allowHalfOpen(true)
            .systemBuffers(64 << 10, 64 << 10)
            .onFailure(failures::add)
            .start(
                connection -> {
                  var to = toBackend().allowHalfOpen(true).openConnection();
                  var stage =
                      bySockets ? NetStreams.relay(connection, to) : NetStreams.relay(connection.stream(), to.stream());
                  stage.whenComplete(
                      (_, error) -> {
                        if (error == null) over.complete(null);
                        else over.completeExceptionally(error);
                      });
                });
    proxy = started;
    var socket = new Socket(InetAddress.getLoopbackAddress(), started.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private Socket accept() throws IOException {
    var socket = backend.accept();
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void write(Socket socket, int bytes, boolean ends) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Pattern.write(socket.getOutputStream(), 0, bytes, 30_000);
                if (ends) socket.shutdownOutput();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothDirectionsAreCarriedAtOnce(boolean bySockets) throws Exception {
    try (var client = client(bySockets);
        var server = accept()) {
      write(client, 5_000_000, true);
      write(server, 3_000_000, true);
      var there = new CompletableFuture<Long>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  there.complete(Pattern.read(server.getInputStream()));
                } catch (IOException e) {
                  there.completeExceptionally(e);
                }
              });
      assertThat(Pattern.read(client.getInputStream())).isEqualTo(3_000_000);
      assertThat(there.get(30, TimeUnit.SECONDS)).isEqualTo(5_000_000);
      over.get(30, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEndIsCarriedOverAndTheOtherDirectionGoesOn(boolean bySockets) throws Exception {
    try (var client = client(bySockets);
        var server = accept()) {
      client.getOutputStream().write(new byte[] {1, 2, 3});
      client.shutdownOutput();
      assertThat(server.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
      assertThat(over).isNotDone();
      write(server, 1_000_000, true);
      assertThat(Pattern.read(client.getInputStream())).isEqualTo(1_000_000);
      over.get(30, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEndOfTheBackendIsCarriedOverToo(boolean bySockets) throws Exception {
    try (var client = client(bySockets);
        var server = accept()) {
      server.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      write(client, 1_000_000, true);
      assertThat(Pattern.read(server.getInputStream())).isEqualTo(1_000_000);
      over.get(30, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aResetOfOneSideResetsTheOther(boolean bySockets) throws Exception {
    try (var client = client(bySockets);
        var server = accept()) {
      client.getOutputStream().write(1);
      assertThat(server.getInputStream().read()).isEqualTo(1);
      reset(client);
      assertThat(catchThrowable(() -> server.getInputStream().read()))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThatThrownBy(() -> over.get(30, TimeUnit.SECONDS))
          .hasRootCauseMessage("Connection reset")
          .hasMessageContaining("connection reset by its peer after 1 bytes received (expected: ");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aResetOfTheBackendResetsTheClient(boolean bySockets) throws Exception {
    try (var client = client(bySockets)) {
      try (var server = accept()) {
        server.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        server.setSoLinger(true, 0);
      }
      assertThat(catchThrowable(() -> client.getInputStream().read()))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBackendThatIsNotThereResetsTheClient(boolean bySockets) throws Exception {
    backend.close();
    try (var client = client(bySockets)) {
      assertThat(catchThrowable(() -> client.getInputStream().read()))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThatThrownBy(() -> over.get(30, TimeUnit.SECONDS)).hasMessageContaining("connection refused");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSlowBackendHoldsBackTheClient(boolean bySockets) throws Exception {
    var written = new AtomicLong();
    var told = new CompletableFuture<IOException>();
    try (var client = client(bySockets);
        var server = accept()) {
      client.setSendBufferSize(64 << 10);
      Thread.ofVirtual()
          .start(
              () -> {
                var piece = new byte[64 << 10];
                try {
                  for (; ; ) {
                    client.getOutputStream().write(piece);
                    written.addAndGet(piece.length);
                  }
                } catch (IOException e) {
                  told.complete(e);
                }
              });
      assertThat(server.getInputStream().read()).isZero();
      // Four buffers of the system, one that nobody has limited, and ours.
      assertThat(Remains.awaitQuiet(written::get)).isLessThan(8L << 20);
      // Gone while it is full: what was on its way is lost, and the client is told.
      reset(server);
      assertThatThrownBy(() -> over.get(30, TimeUnit.SECONDS)).hasMessageContaining("reset by its peer after ");
      assertThat(told.get(30, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
    }
  }

  /// A proxy that reads a line before it knows where to: what came behind it is in the stream already.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasReadBeforeGoesFirst(boolean bySockets) throws Exception {
    var started =
        NetStreams.listen("127.0.0.1", 0)
            .allowHalfOpen(true)
            .start(
                connection -> {
                  var stream = connection.stream();
                  var listening = new CompletableFuture<Registration>();
                  listening.complete(
                      stream.onReadable(
                          () -> {
                            if (stream.readableLength() < 5) return;
                            listening.join().remove();
                            var line = stream.read(5);
                            assertThat(line).isNotNull();
                            var to = toBackend().allowHalfOpen(true).openConnection();
                            if (line != null) stream.unshift(line.position(line.position() + 3));
                            if (bySockets) NetStreams.relay(connection, to);
                            else NetStreams.relay(stream, to.stream());
                          }));
                });
    proxy = started;
    try (var client = new Socket(InetAddress.getLoopbackAddress(), started.port())) {
      client.getOutputStream().write(new byte[] {9, 9, 9});
      client.getOutputStream().write(Pattern.bytes(2_000_000));
      client.shutdownOutput();
      try (var server = accept()) {
        assertThat(Pattern.read(server.getInputStream())).isEqualTo(2_000_000);
        server.getOutputStream().write(5);
        server.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).containsExactly(5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDestroyOfOneSideIsAFailure(boolean bySockets) throws Exception {
    Strand.run(
        () -> {
          var one = toBackend().allowHalfOpen(true).openConnection();
          var other = toBackend().allowHalfOpen(true).openConnection();
          var stage = bySockets ? NetStreams.relay(one, other) : NetStreams.relay(one.stream(), other.stream());
          stage.whenComplete((_, error) -> over.completeExceptionally(error));
          one.stream().destroy();
        });
    assertThatThrownBy(() -> over.get(30, TimeUnit.SECONDS))
        .hasMessageContaining(": closed before both directions had ended (expected: ");
  }

  @Test
  void whatCannotBeRelayedIsRefused() {
    Strand.run(
        () -> {
          var one = toBackend().openConnection();
          DuplexStream<ByteBuffer, ByteBuffer> pass =
              TransformStream.passThrough(StreamOptions.bytes().withAllowHalfOpen(true));
          assertThatThrownBy(() -> NetStreams.relay(one, one)).hasMessageContaining("with itself");
          assertThatThrownBy(() -> NetStreams.relay(one.stream(), pass)).hasMessageContaining("allowHalfOpen");
          one.stream().destroy();
          assertThatThrownBy(() -> NetStreams.relay(one.stream(), pass)).hasMessageContaining("is over");
          pass.destroy();
        });
  }
}
