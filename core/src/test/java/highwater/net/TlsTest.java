package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// TLS against the JDK's own sockets: whom it trusts, and what it takes for an end.
@Timeout(60)
class TlsTest {
  @TempDir static Path folder;
  private static TestKeys keys = TestKeys.NONE;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TestKeys.make(folder, "localhost");
  }

  private static Throwable causeOf(Connector connector, AtomicLong read) {
    var failure =
        catchThrowable(
            () ->
                Pipeline.from(connector.origin())
                    .to(Target.<ByteBuffer>forEach(chunk -> read.set(Pattern.check(chunk, read.get()))))
                    .run());
    return failure == null ? new AssertionError("it succeeded") : failure.getCause();
  }

  @Test
  void whatCloseNotifyEndsIsWhole() throws Exception {
    try (var server = keys.server(1_000_000, false)) {
      var read = new AtomicLong();
      Pipeline.from(NetStreams.connect("localhost", server.port()).tls(keys.trust()).origin())
          .to(Target.<ByteBuffer>forEach(chunk -> read.set(Pattern.check(chunk, read.get()))))
          .run();
      assertThat(read).hasValue(1_000_000);
    }
  }

  @Test
  void anEndWithoutCloseNotifyIsAFailure() throws Exception {
    try (var server = keys.server(100_000, true)) {
      var read = new AtomicLong();
      assertThat(causeOf(NetStreams.connect("localhost", server.port()).tls(keys.trust()), read))
          .hasMessageContaining(": cut off after 100000 bytes: ")
          .hasMessageContaining("(expected: close_notify; ");
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() throws Exception {
    try (var server = keys.server(1, false)) {
      assertThat(causeOf(NetStreams.connect("localhost", server.port()).tls(Tls.client()), new AtomicLong()))
          .hasMessageContaining(": its certificate is not trusted: ");
    }
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    try (var server = keys.server(1, false)) {
      assertThat(causeOf(NetStreams.connect("127.0.0.1", server.port()).tls(keys.trust()), new AtomicLong()))
          .hasMessageContaining(": its certificate is for another name: ");
    }
  }

  @Test
  void aCertificateThatIsNotValidTodayIsRefusedAndSaidSo(@TempDir Path past, @TempDir Path future) throws Exception {
    for (var each : Map.of("-10d", " has expired: ", "+10d", " is not valid yet: ").entrySet()) {
      boolean isPast = each.getKey().startsWith("-");
      var issued = TestKeys.issued(isPast ? past : future, "localhost", each.getKey());
      try (var server = issued.server(1, false)) {
        assertThat(causeOf(NetStreams.connect("localhost", server.port()).tls(issued.trust()), new AtomicLong()))
            .hasMessageContaining(": its certificate" + each.getValue())
            .hasMessageContaining("(expected: one that is valid today)");
      }
    }
  }

  @Test
  void aPeerThatCannotBeReachedIsNamedAsItWasAskedFor() throws Exception {
    int port;
    try (var server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    assertThat(causeOf(NetStreams.connect("127.0.0.1", port).tls(keys.trust()), new AtomicLong()))
        .hasMessageStartingWith("tls://127.0.0.1:" + port + ": connection refused: ");
  }

  @Test
  void aPeerWithoutTlsIsSaid() throws Exception {
    try (var server = keys.plainServer("220 hello\r\n".repeat(10).getBytes(StandardCharsets.US_ASCII))) {
      assertThat(causeOf(NetStreams.connect("localhost", server.port()).tls(keys.trust()), new AtomicLong()))
          .hasMessageContaining(": the other side does not speak TLS (expected: ");
    }
  }

  @Test
  void aTargetSendsAllAndCloseNotify() throws Exception {
    try (var server = keys.takingServer()) {
      Pipeline.from(highwater.pipeline.Origin.values(ByteBuffer.wrap(Pattern.bytes(3_000_000))))
          .to(NetStreams.connect("localhost", server.port()).tls(keys.trust()).target())
          .run();
      assertThat(server.taken()).isEqualTo(3_000_000);
    }
  }

  @Test
  void aServerNeedsACertificateAndItsKey() throws Exception {
    var none = Files.writeString(folder.resolve("none.pem"), "nothing");
    assertThatThrownBy(() -> NetStreams.listen("localhost", 0).tls(Tls.client()))
        .hasMessage(
            "tls://localhost:0: a server needs a certificate (expected: Tls.serving(CERTIFICATES, KEY) or Tls.of)");
    assertThatThrownBy(() -> Tls.serving(keys.certificate(), none))
        .hasMessage(
            none + ": no key of PKCS #8 in it (expected: BEGIN PRIVATE KEY; openssl pkcs8 -topk8 -nodes makes one)");
    assertThatThrownBy(() -> Tls.serving(none, keys.key())).hasMessageContaining("(expected: ");
    var broken = Files.writeString(folder.resolve("broken.pem"), Files.readString(keys.key()).replace("M", "A"));
    assertThatThrownBy(() -> Tls.serving(keys.certificate(), broken))
        .hasMessage(broken + ": not a key of EC, as the certificate has (expected: the one it was made with)");
  }

  @Test
  void aClientThatSaysNothingIsGivenUp() throws Exception {
    var listener = NetStreams.listen("127.0.0.1", 0).tls(keys.serving()).handshakeTimeout(Duration.ofMillis(50));
    var failure = new CompletableFuture<Throwable>();
    try (var server =
            listener.onFailure(failure::complete).start(connection -> connection.stream().pipe(connection.stream()));
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(failure.get(30, TimeUnit.SECONDS))
          .hasMessageContaining(": no connection after 0.05s, waiting for TLS (expected: ");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
