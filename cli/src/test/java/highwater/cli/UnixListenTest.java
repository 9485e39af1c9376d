package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Remains;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `unix-listen:`: the socket that it makes, who comes, and what lies there already.
@Timeout(120)
class UnixListenTest {
  private static final byte[] BYTES = bytes(400_000);
  private static final String SOCKET_THERE =
      "unix-listen:s: a socket lies there already (expected: a free path; if nobody listens any more, as after a kill"
          + " -9, remove it)";

  @TempDir Path folder;

  private static byte[] bytes(int length) {
    var bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private Path path() {
    return folder.resolve("s");
  }

  /// Connects as soon as the command listens.
  private SocketChannel connect() {
    for (; ; ) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(path()));
      } catch (IOException e) {
        // The file is not there yet, or nobody listens at it yet.
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void whatOneConnectionSendsIsReadAndTheSocketGoes() throws Exception {
    try (var child = Child.start(folder, "pipe", "unix-listen:s", "./out")) {
      try (var socket = connect()) {
        Channels.newOutputStream(socket).write(BYTES);
      }
      var ended = child.ended();
      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.err()).isEqualTo("highwater: waits for a connection at s\n");
    }
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
    assertThat(path()).doesNotExist();
  }

  @Test
  void oneConnectionIsWrittenAndNobodyElseIsLetIn() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    try (var child = Child.start(folder, "pipe", "--quiet", "in", "unix-listen:s");
        var socket = connect()) {
      var in = Channels.newInputStream(socket);
      assertThat(in.readNBytes(1)).isEqualTo(new byte[] {BYTES[0]});
      assertThat(path()).doesNotExist();
      assertThat(catchThrowable(() -> SocketChannel.open(UnixDomainSocketAddress.of(path())).close()))
          .isInstanceOf(IOException.class);
      assertThat(in.readAllBytes()).hasSize(BYTES.length - 1);
      socket.shutdownOutput();
      child.ended().quietly();
    }
  }

  @Test
  void anInterruptWhileItWaitsRemovesTheSocket() throws Exception {
    try (var child = Child.start(folder, "pipe", "--quiet", "unix-listen:s", "./out")) {
      Remains.await("the socket", () -> Files.exists(path()));
      child.signal("INT");
      assertThat(child.ended().code()).isEqualTo(130);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void nobodyWhoComesInTimeIsAFailureOfOneLine() {
    assertThat(
            Child.run(folder, "pipe", "--quiet", "--connect-timeout", "50ms", "unix-listen:s", "./out")
                .failedWith(ExitCode.FAILED))
        .isEqualTo(
            "unix-listen:s: nobody has connected for 0.05s (expected: a client in that time; allow more with"
                + " --connect-timeout)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileThatIsNoSocketIsRefusedAndStays() throws Exception {
    Files.writeString(path(), "mine");
    assertThat(Child.run(folder, "pipe", "--quiet", "unix-listen:s", "./out").failedWith(ExitCode.FAILED))
        .isEqualTo("unix-listen:s: something lies there that is no socket (expected: a free path)");
    assertThat(path()).hasContent("mine");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aSocketIsRefusedAndWhoeverListensIsNotDisturbed() throws Exception {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path()));
      assertThat(Child.run(folder, "pipe", "--quiet", "unix-listen:s", "./out").failedWith(ExitCode.FAILED))
          .isEqualTo(SOCKET_THERE);
      try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path()));
          var accepted = server.accept()) {
        // The first who was accepted is this one.
        client.write(ByteBuffer.wrap(new byte[] {7}));
        assertThat(Channels.newInputStream(accepted).read()).isEqualTo(7);
      }
    }
  }

  @Test
  void whatAKilledRunLeavesIsNamed() throws Exception {
    try (var child = Child.start(folder, "pipe", "--quiet", "unix-listen:s", "./out")) {
      Remains.await("the socket", () -> Files.exists(path()));
      child.signal("KILL");
      assertThat(child.ended().code()).isEqualTo(137);
    }
    assertThat(Child.run(folder, "pipe", "--quiet", "unix-listen:s", "./out").failedWith(ExitCode.FAILED))
        .isEqualTo(SOCKET_THERE);
    Files.delete(path());
    try (var child = Child.start(folder, "pipe", "--quiet", "unix-listen:s", "-")) {
      try (var socket = connect()) {
        socket.write(ByteBuffer.wrap(new byte[] {7}));
      }
      assertThat(child.ended().quietly().out()).containsExactly(7);
    }
  }
}
