package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
}
