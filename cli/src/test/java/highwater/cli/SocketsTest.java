package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sockets under the command: what the user types, what he reads, and what the other side sees.
@Timeout(120)
class SocketsTest {
  private static final String PASSWORD = "changeit";
  private static final byte[] BYTES = bytes(400_000);

  @TempDir static Path keys;
  @TempDir Path folder;

  private static byte[] bytes(int length) {
    var bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @BeforeAll
  static void makeKeys() throws Exception {
    TestPem.selfSigned(keys, "server", "localhost").store(PASSWORD);
  }

  /// A server of openssl for one client; it writes what it takes into `taken`.
  private Process opensslServer(int port, String... more) throws Exception {
    var words = new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:" + port, "-naccept", "1"));
    words.addAll(List.of("-cert", ca(), "-key", keys.resolve("server.key").toString(), "-quiet"));
    words.addAll(List.of(more));
    return new ProcessBuilder(words)
        .redirectOutput(folder.resolve("taken").toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private Child.Ended run(String... words) {
    return Child.run(folder, words);
  }

  private interface Serving<T> {
    T serve(Socket client) throws Exception;
  }

  /// A server for one client; the future has what became of it.
  private static <T> CompletableFuture<T> serve(ServerSocket server, Serving<T> serving) {
    var done = new CompletableFuture<T>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (server;
                  var client = server.accept()) {
                done.complete(serving.serve(client));
              } catch (Throwable thrown) {
                done.completeExceptionally(thrown);
              }
            });
    return done;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  }

  private static String tcp(ServerSocket server) {
    return "tcp://127.0.0.1:" + server.getLocalPort();
  }

  private static String tls(ServerSocket server) {
    return "tls://localhost:" + server.getLocalPort();
  }

  private static SSLSocket encrypted(Socket raw) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys.resolve("server.p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    var socket = (SSLSocket) context.getSocketFactory().createSocket(raw, null, raw.getPort(), false);
    socket.setUseClientMode(false);
    return socket;
  }

  /// Gives the bytes over TLS, and closes with or without close_notify.
  private static CompletableFuture<Integer> giveEncrypted(ServerSocket server, boolean cutsOff) {
    return serve(
        server,
        raw -> {
          var socket = encrypted(raw);
          socket.getOutputStream().write(BYTES);
          if (cutsOff) raw.shutdownOutput();
          else socket.close();
          return 0;
        });
  }

  private String ca() {
    return keys.resolve("server.pem").toString();
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  // TCP.

  @Test
  void aConnectionIsASource() throws Exception {
    var server = listen();
    var served =
        serve(
            server,
            client -> {
              client.getOutputStream().write(BYTES);
              return 0;
            });
    run("pipe", tcp(server), "./out").quietly();
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
    served.get();
  }

  @Test
  void aConnectionIsASinkThatIsEndedWhenAllIsThere() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    var server = listen();
    var served = serve(server, client -> client.getInputStream().readAllBytes());
    run("pipe", "in", tcp(server)).quietly();
    assertThat(served.get()).isEqualTo(BYTES);
  }

  @Test
  void aSinkWaitsForItsPeersEndUnlessItOnlySends() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    var refusing = listen();
    var refused =
        serve(
            refusing,
            client -> {
              int length = client.getInputStream().readAllBytes().length;
              client.setSoLinger(true, 0);
              return length;
            });
    assertThat(run("pipe", "in", tcp(refusing)).failedWith(ExitCode.FAILED))
        .contains("connection reset by its peer", "(expected: ");
    assertThat(refused.get()).isEqualTo(BYTES.length);

    var server = listen();
    var ended = new CompletableFuture<Void>();
    var served =
        serve(
            server,
            client -> {
              int length = client.getInputStream().readAllBytes().length;
              ended.get();
              return length;
            });
    run("pipe", "in", tcp(server), "--send-only").quietly();
    ended.complete(null);
    assertThat(served.get()).isEqualTo(BYTES.length);
  }

  @Test
  void whatThePeerHasSaidTakesNothingFromWhoOnlySends() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    var server = listen();
    var closed = new CompletableFuture<Void>();
    var served =
        serve(
            server,
            client -> {
              client.getOutputStream().write("220 hello\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
              closed.get();
              return client.getInputStream().readAllBytes();
            });
    run("pipe", "in", tcp(server), "--send-only").quietly();
    closed.complete(null);
    assertThat(served.get()).isEqualTo(BYTES);
  }

  @Test
  void aFailedSourceIsSeenAsAReset() throws Exception {
    var server = listen();
    var served = serve(server, client -> client.getInputStream().readAllBytes());
    assertThat(run("pipe", "sh:head -c 100000 /dev/zero; exit 3", tcp(server)).failedWith(ExitCode.FAILED))
        .contains("exit code 3");
    assertThat(catchThrowable(served::get)).hasRootCauseMessage("Connection reset");
  }

  @Test
  void anInterruptIsSeenAsAReset() throws Exception {
    var server = listen();
    var first = new CompletableFuture<Integer>();
    var served =
        serve(
            server,
            client -> {
              first.complete(client.getInputStream().read());
              return client.getInputStream().readAllBytes();
            });
    try (var child = Child.start(folder, "pipe", "-", tcp(server))) {
      child.write(BYTES);
      first.get();
      child.signal("INT");
      assertThat(child.ended().code()).isEqualTo(ExitCode.INTERRUPTED.number);
    }
    assertThat(catchThrowable(served::get)).hasRootCauseMessage("Connection reset");
  }

  @Test
  void aResetOfThePeerLeavesNoFile() throws Exception {
    var server = listen();
    var served =
        serve(
            server,
            client -> {
              // More than the system's buffers hold: a part of it has been read by then.
              for (int i = 0; i < 80; i++) client.getOutputStream().write(BYTES);
              client.setSoLinger(true, 0);
              return 0;
            });
    assertThat(run("pipe", tcp(server), "./out").failedWith(ExitCode.FAILED))
        .startsWith(tcp(server) + ": ")
        .contains("reset by its peer", "(expected: ");
    served.get();
    assertThat(names()).isEmpty();
  }

  @Test
  void aServerThatIsNotThereIsOneLine() throws Exception {
    String address;
    try (var server = listen()) {
      address = tcp(server);
    }
    assertThat(run("pipe", address, "./out").failedWith(ExitCode.FAILED))
        .isEqualTo(
            address + ": connection refused: nobody listens there (expected: a server that runs, and listens there)");
    assertThat(run("pipe", "tls://no-such-host.invalid:1", "./out").failedWith(ExitCode.FAILED))
        .contains("unknown host no-such-host.invalid (expected: ");
    assertThat(names()).isEmpty();
  }

  @Test
  void aPeerThatKeepsQuietIsGivenUpAndTheOptionIsNamed() throws Exception {
    var server = listen();
    var served = serve(server, client -> client.getInputStream().read());
    assertThat(run("pipe", tcp(server), "./out", "--idle-timeout", "100ms").failedWith(ExitCode.FAILED))
        .contains("has not moved a byte for 0.1s", "allow more with --idle-timeout)");
    assertThat(catchThrowable(served::get)).hasRootCauseMessage("Connection reset");
  }

  @Test
  void aTeeMayWriteASocket() throws Exception {
    var server = listen();
    var served = serve(server, client -> client.getInputStream().readAllBytes());
    Files.write(folder.resolve("in"), BYTES);
    run("pipe", "in", "tee:" + tcp(server), "./out").quietly();
    assertThat(served.get()).isEqualTo(BYTES);
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
  }

  // Unix domain sockets.

  @Test
  void aPathIsASourceAndASink() throws Exception {
    var path = folder.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      var served = new CompletableFuture<byte[]>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  try (var client = server.accept()) {
                    Channels.newOutputStream(client).write(BYTES);
                  }
                  try (var client = server.accept()) {
                    served.complete(Channels.newInputStream(client).readAllBytes());
                  }
                } catch (Throwable thrown) {
                  served.completeExceptionally(thrown);
                }
              });
      run("pipe", "unix:s", "./out").quietly();
      assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
      run("pipe", "out", "unix:" + path).quietly();
      assertThat(served.get()).isEqualTo(BYTES);
    }
    assertThat(run("pipe", "unix:no-such-socket", "./x").failedWith(ExitCode.FAILED))
        .isEqualTo("unix:no-such-socket: no such socket (expected: the path of one that a server has made)");
  }

  // TLS.

  @Test
  void whatCloseNotifyEndsIsWhole() throws Exception {
    var server = listen();
    var served = giveEncrypted(server, false);
    run("pipe", tls(server), "./out", "--tls-ca", ca()).quietly();
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
    served.get();
  }

  @Test
  void anEndWithoutCloseNotifyLeavesNoFile() throws Exception {
    var server = listen();
    var served = giveEncrypted(server, true);
    assertThat(run("pipe", tls(server), "./out", "--tls-ca", ca()).failedWith(ExitCode.FAILED))
        .startsWith(tls(server) + ": cut off after ")
        .contains("(expected: close_notify; ");
    served.get();
    assertThat(names()).isEmpty();
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefusedAndTheOptionIsNamed() throws Exception {
    var server = listen();
    var served = giveEncrypted(server, false);
    assertThat(run("pipe", tls(server), "./out").failedWith(ExitCode.FAILED))
        .startsWith(tls(server) + ": its certificate is not trusted: ")
        .endsWith("trust its issuer with --tls-ca FILE)");
    assertThat(catchThrowable(served::get)).isNotNull();
    assertThat(names()).isEmpty();
  }

  @Test
  void aCertificateForAnotherNameIsRefusedUnlessThatIsNamed() throws Exception {
    var server = listen();
    var served = giveEncrypted(server, false);
    String address = "tls://127.0.0.1:" + server.getLocalPort();
    assertThat(run("pipe", address, "./out", "--tls-ca", ca()).failedWith(ExitCode.FAILED))
        .startsWith(address + ": its certificate is for another name: ");
    assertThat(catchThrowable(served::get)).isNotNull();
    var other = listen();
    var servedOther = giveEncrypted(other, false);
    run("pipe", "tls://127.0.0.1:" + other.getLocalPort(), "./out", "--tls-ca", ca(), "--tls-name", "localhost")
        .quietly();
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
    assertThat(servedOther.get()).isZero();
  }

  @Test
  void opensslTakesWhatIsSentToIt() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    int port = freePort();
    var openssl = opensslServer(port);
    try {
      awaitListener(port, openssl);
      run("pipe", "in", "tls://localhost:" + port, "--tls-ca", ca()).quietly();
      assertThat(openssl.waitFor()).isZero();
      assertThat(folder.resolve("taken")).hasBinaryContent(BYTES);
    } finally {
      openssl.destroyForcibly();
    }
  }

  @Test
  void aServerThatRequiresACertificateIsShownOne() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    var client = TestPem.selfSigned(folder, "client", "client");
    var requires = new String[] {"-Verify", "1", "-CAfile", client.certificate(), "-verify_return_error"};
    int port = freePort();
    var refusing = opensslServer(port, requires);
    try {
      awaitListener(port, refusing);
      assertThat(run("pipe", "in", "tls://localhost:" + port, "--tls-ca", ca()).failedWith(ExitCode.FAILED))
          .isEqualTo(
              "tls://localhost:"
                  + port
                  + ": the other side requires a certificate of this one (expected: one signed by whom it trusts; show"
                  + " it with --tls-cert FILE and --tls-key FILE)");
    } finally {
      refusing.destroyForcibly().waitFor();
    }
    int other = freePort();
    var taking = opensslServer(other, requires);
    try {
      awaitListener(other, taking);
      run(
              "pipe",
              "in",
              "tls://localhost:" + other,
              "--tls-ca",
              ca(),
              "--tls-cert",
              client.certificate(),
              "--tls-key",
              client.key())
          .quietly();
      assertThat(taking.waitFor()).isZero();
      assertThat(folder.resolve("taken")).hasBinaryContent(BYTES);
    } finally {
      taking.destroyForcibly();
    }
  }

  private static int freePort() throws IOException {
    try (var free = listen()) {
      return free.getLocalPort();
    }
  }

  /// Looks whether the port is taken, without a connection, for the server takes one only.
  private static void awaitListener(int port, Process server) throws Exception {
    highwater.contract.Remains.await(
        "the server",
        () -> {
          assertThat(server.isAlive()).isTrue();
          try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return false;
          } catch (IOException e) {
            return true;
          }
        });
  }

  @Test
  void anOptionThatSaysNothingToTheEndsIsRefused() throws Exception {
    Files.write(folder.resolve("in"), BYTES);
    for (String option : List.of("--tls-ca=" + ca(), "--tls-name=x", "--send-only")) {
      assertThat(run("pipe", "in", "./out", option).failedWith(ExitCode.USAGE)).contains(" says nothing here");
    }
    assertThat(run("pipe", "tcp://h:1", "./out", "--send-only").failedWith(ExitCode.USAGE))
        .contains(" says nothing here");
    assertThat(run("pipe", "in", "tcp://h:1", "--timeout=3s").failedWith(ExitCode.USAGE))
        .isEqualTo("--timeout says nothing here (expected: an http://, https:// or s3:// end, or a program)");
    assertThat(run("pipe", "in", "exec:cat", "./copied", "--timeout=1m").code()).isZero();
    Files.delete(folder.resolve("copied"));
    assertThat(run("pipe", "tls://h:1", "./out", "--tls-ca=none.pem").failedWith(ExitCode.USAGE))
        .startsWith("--tls-ca: cannot read none.pem (expected: ");
    assertThat(run("pipe", "tls://h:1", "./out", "--tls-ca=in").failedWith(ExitCode.USAGE))
        .startsWith("--tls-ca: in: no certificate");
    assertThat(run("pipe", "tcp://h:1", "./out", "--mark=1GiB").failedWith(ExitCode.USAGE))
        .startsWith("tcp://h:1: --mark: 1073741824 (expected: ");
    assertThat(names()).containsExactly("in");
  }
}
