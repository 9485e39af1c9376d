package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `tcp-listen://`: one connection is waited for, read or written, and whoever gave up is told from whoever ended.
@Timeout(120)
class TcpListenTest {
  private static final byte[] BYTES = bytes(400_000);

  @TempDir Path folder;

  private static byte[] bytes(int length) {
    var bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static int freePort() throws IOException {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static String at(int port) {
    return "tcp-listen://127.0.0.1:" + port;
  }

  /// Connects as soon as the command listens.
  private static Socket connect(int port) throws IOException {
    return connect(port, InetAddress.getLoopbackAddress());
  }

  private static Socket connect(int port, InetAddress address) throws IOException {
    for (; ; ) {
      try {
        return new Socket(address, port);
      } catch (ConnectException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void whatOneConnectionSendsIsRead() throws Exception {
    int port = freePort();
    try (var child = Child.start(folder, "pipe", at(port), "./out")) {
      try (var socket = connect(port)) {
        socket.getOutputStream().write(BYTES);
      }
      var ended = child.ended();
      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.err()).isEqualTo("highwater: waits for a connection at port " + port + " of 127.0.0.1\n");
    }
    assertThat(Files.readAllBytes(folder.resolve("out"))).isEqualTo(BYTES);
  }

  @Test
  void aConnectionThatIsResetLeavesNothing() throws Exception {
    int port = freePort();
    int local;
    try (var child = Child.start(folder, "pipe", "--quiet", at(port), "./out")) {
      try (var socket = connect(port)) {
        socket.getOutputStream().write(BYTES);
        socket.setSoLinger(true, 0);
        local = socket.getLocalPort();
      }
      assertThat(child.ended().failedWith(ExitCode.FAILED))
          .startsWith(at(port) + " (from 127.0.0.1:" + local + "): connection reset by its peer after ")
          .endsWith(" bytes received (expected: an end; the other side gave up)");
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void withoutAHostItListensAtAllAddresses() throws Exception {
    int port = freePort();
    try (var child = Child.start(folder, "pipe", "tcp-listen://*:" + port, "./out")) {
      try (var socket = connect(port, InetAddress.getByName("127.0.0.2"))) {
        socket.getOutputStream().write(BYTES);
      }
      var ended = child.ended();
      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.err()).isEqualTo("highwater: waits for a connection at port " + port + " of all addresses\n");
    }
    assertThat(Files.readAllBytes(folder.resolve("out"))).isEqualTo(BYTES);
  }

  @Test
  void oneConnectionIsWrittenAndNobodyElseIsLetIn() throws Exception {
    int port = freePort();
    Files.write(folder.resolve("in"), BYTES);
    try (var child = Child.start(folder, "pipe", "--quiet", "in", at(port));
        var socket = connect(port)) {
      assertThat(socket.getInputStream().readNBytes(1)).isEqualTo(new byte[] {BYTES[0]});
      assertThat(catchThrowable(() -> new Socket(InetAddress.getLoopbackAddress(), port).close()))
          .isInstanceOf(ConnectException.class);
      assertThat(socket.getInputStream().readAllBytes()).hasSize(BYTES.length - 1);
      socket.shutdownOutput();
      child.ended().quietly();
    }
  }

  @Test
  void aRunThatIsInterruptedResetsTheConnection() throws Exception {
    int port = freePort();
    try (var child = Child.start(folder, "pipe", "--quiet", "-", at(port));
        var socket = connect(port)) {
      child.write(new byte[] {1});
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      child.signal("INT");
      assertThat(catchThrowable(() -> socket.getInputStream().read())).isInstanceOf(SocketException.class);
      assertThat(child.ended().code()).isEqualTo(130);
    }
  }

  @Test
  void nobodyWhoComesInTimeIsAFailureOfOneLine() {
    var said =
        Child.run(folder, "pipe", "--quiet", "--connect-timeout", "50ms", "tcp-listen://127.0.0.1:0", "./out")
            .failedWith(ExitCode.FAILED);
    assertThat(said)
        .isEqualTo(
            "tcp-listen://127.0.0.1:0: nobody has connected for 0.05s (expected: a client in that time; allow more with"
                + " --connect-timeout)");
  }

  @Test
  void aPortThatIsTakenIsSaidInOneLine() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      assertThat(Child.run(folder, "pipe", "--quiet", at(port), "./out").failedWith(ExitCode.FAILED))
          .startsWith("tcp-listen://127.0.0.1:" + port + ": somebody listens there already (expected: ");
    }
  }

  @Test
  void aWordWithoutAPortIsAMisuse() {
    assertThat(Child.run(folder, "pipe", "tcp-listen://127.0.0.1", "./out").failedWith(ExitCode.USAGE))
        .isEqualTo(
            "tcp-listen://127.0.0.1: no port (expected: tcp-listen://HOST:PORT, as in tcp-listen://localhost:7000)");
  }
}
