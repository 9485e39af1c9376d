package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.contract.Remains;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `tls-listen://` against `openssl s_client`: one connection is waited for, and encrypted.
@Timeout(120)
class TlsListenTest {
  private static final byte[] BYTES = bytes(400_000);

  @TempDir static Path keys;
  private static TestPem server = new TestPem(Path.of("."), "none");
  private static TestPem issuer = server;
  private static TestPem client = server;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  private static byte[] bytes(int length) {
    var bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @BeforeAll
  static void makeKeys() throws Exception {
    server = TestPem.selfSigned(keys, "server", "localhost");
    issuer = TestPem.issuer(keys, "issuer");
    client = issuer.issue("client", "client");
  }

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private static int freePort() throws IOException {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static String at(int port) {
    return "tls-listen://127.0.0.1:" + port;
  }

  private static String[] words(String... words) {
    var all = new ArrayList<>(List.of("pipe", "--quiet"));
    all.addAll(Arrays.asList(words));
    all.addAll(List.of("--tls-cert", server.certificate(), "--tls-key", server.key()));
    return all.toArray(String[]::new);
  }

  /// Waits until somebody listens, without a connection, for there is only one.
  private static void awaitListener(int port) throws Exception {
    var entry = String.format(":%04X 00000000:0000 0A ", port);
    // A JVM that listens at an address of IPv4 does so by a socket of IPv6, where the system has those.
    var wide = String.format(":%04X 00000000000000000000000000000000:0000 0A ", port);
    Remains.await(
        "the listener", () -> holds(Path.of("/proc/net/tcp"), entry) || holds(Path.of("/proc/net/tcp6"), wide));
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      // It is not there, or not yet.
      return false;
    }
  }

  private Process client(int port, String... more) throws Exception {
    awaitListener(port);
    var command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-quiet"));
    command.addAll(List.of("-CAfile", server.certificate(), "-verify_return_error"));
    command.addAll(Arrays.asList(more));
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    processes.add(process);
    return process;
  }

  @Test
  void whatOneConnectionSendsIsRead() throws Exception {
    int port = freePort();
    try (var child = Child.start(folder, words(at(port), "./out"))) {
      var client = client(port, "-no_ign_eof", "-nocommands");
      try (var in = client.getOutputStream()) {
        in.write(BYTES);
      }
      child.ended().quietly();
      assertThat(client.waitFor()).isZero();
    }
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
  }

  @Test
  void oneConnectionIsWrittenAndEndsWithCloseNotify() throws Exception {
    int port = freePort();
    Files.write(folder.resolve("in"), BYTES);
    try (var child = Child.start(folder, words("in", at(port)))) {
      var client = client(port);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(BYTES);
      // 1 where the connection ended without it.
      assertThat(client.waitFor()).isZero();
      child.ended().quietly();
    }
  }

  @Test
  void aClientThatIsKilledIsNoEnd() throws Exception {
    int port = freePort();
    var got = folder.resolve("got");
    try (var child = Child.start(folder, words(at(port), "sh:head -c 1 > got; cat > more"))) {
      var client = client(port);
      client.getOutputStream().write('1');
      client.getOutputStream().flush();
      Remains.await("the first byte", () -> holds(got, "1"));
      client.destroyForcibly().waitFor();
      assertThat(child.ended().failedWith(ExitCode.FAILED))
          .startsWith(at(port) + " (from 127.0.0.1:")
          .contains("): cut off after 1 bytes: ")
          .contains("(expected: close_notify; ");
    }
  }

  @Test
  void aClientWithoutTlsIsAFailureOfOneLine() throws Exception {
    int port = freePort();
    try (var child = Child.start(folder, words(at(port), "./out"))) {
      awaitListener(port);
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("hello, is anybody there?\n".repeat(4).getBytes(StandardCharsets.US_ASCII));
        assertThat(child.ended().failedWith(ExitCode.FAILED))
            .isEqualTo(
                at(port)
                    + " (from 127.0.0.1:"
                    + socket.getLocalPort()
                    + "): the other side does not speak TLS (expected: TLS; use it without)");
      }
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  // Certificates of clients.

  @Test
  void aClientThatTheIssuerHasSignedIsLetIn() throws Exception {
    int port = freePort();
    Files.write(folder.resolve("in"), BYTES);
    try (var child = Child.start(folder, words(at(port), "./out", "--tls-client-ca", issuer.certificate()))) {
      awaitListener(port);
      Child.run(
              folder,
              "pipe",
              "in",
              "tls://localhost:" + port,
              "--tls-ca",
              server.certificate(),
              "--tls-cert",
              client.certificate(),
              "--tls-key",
              client.key())
          .quietly();
      child.ended().quietly();
    }
    assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
  }

  @Test
  void aClientThatShowsNoneIsRefusedAndBothSaySo() throws Exception {
    int port = freePort();
    Files.write(folder.resolve("in"), BYTES);
    try (var child = Child.start(folder, words(at(port), "./out", "--tls-client-ca", issuer.certificate()))) {
      awaitListener(port);
      assertThat(
              Child.run(folder, "pipe", "in", "tls://localhost:" + port, "--tls-ca", server.certificate())
                  .failedWith(ExitCode.FAILED))
          .startsWith("tls://localhost:" + port + ": the other side ")
          .contains("--tls-cert FILE");
      assertThat(child.ended().failedWith(ExitCode.FAILED))
          .startsWith(at(port) + " (from 127.0.0.1:")
          .endsWith("): the other side shows no certificate (expected: a client's, which is required here)");
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aClientThatAnotherHasSignedIsRefused() throws Exception {
    int port = freePort();
    try (var child = Child.start(folder, words(at(port), "./out", "--tls-client-ca", issuer.certificate()))) {
      var client = client(port, "-cert", server.certificate(), "-key", server.key());
      assertThat(child.ended().failedWith(ExitCode.FAILED))
          .startsWith(at(port) + " (from 127.0.0.1:")
          .contains("): its certificate is not trusted: ")
          .endsWith("trust its issuer with --tls-client-ca FILE)");
      assertThat(client.waitFor()).isNotZero();
    }
  }

  // Keys.

  @Test
  void theKeysOfTheJdksStoreAreTakenWhereNoOptionHasOthers() throws Exception {
    int port = freePort();
    var store = server.store("changeit");
    var jdk = List.of("-Djavax.net.ssl.keyStore=" + store, "-Djavax.net.ssl.keyStorePassword=changeit");
    Files.write(folder.resolve("in"), BYTES);
    try (var child = Child.startWith(jdk, folder, "pipe", "--quiet", "in", at(port))) {
      assertThat(client(port).getInputStream().readAllBytes()).isEqualTo(BYTES);
      child.ended().quietly();
    }
    var wrong = List.of("-Djavax.net.ssl.keyStore=" + store, "-Djavax.net.ssl.keyStorePassword=wrong");
    try (var child = Child.startWith(wrong, folder, "pipe", "in", at(port))) {
      assertThat(child.ended().failedWith(ExitCode.USAGE))
          .startsWith("javax.net.ssl.keyStore: cannot use " + store + ": ")
          .endsWith("(expected: keys, and their keyStorePassword)");
    }
  }

  @Test
  void aCertificateAndItsKeyAreNeeded() throws Exception {
    assertThat(Child.run(folder, "pipe", "tls-listen://h:1", "./out").failedWith(ExitCode.USAGE))
        .isEqualTo(
            "tls-listen://h:1: no certificate for it (expected: --tls-cert FILE and --tls-key FILE, or"
                + " HIGHWATER_OPTS=-Djavax.net.ssl.keyStore=FILE)");
    var certificate = server.certificate();
    for (String option : List.of("--tls-cert=" + certificate, "--tls-key=" + server.key())) {
      assertThat(Child.run(folder, "pipe", "tls-listen://h:1", "./out", option).failedWith(ExitCode.USAGE))
          .isEqualTo("--tls-cert and --tls-key belong together (expected: both, or none)");
      assertThat(Child.run(folder, "pipe", "tcp-listen://h:1", "./out", option).failedWith(ExitCode.USAGE))
          .contains(" says nothing here (expected: a tls");
    }
    assertThat(refused("--tls-client-ca=" + issuer.certificate()))
        .isEqualTo("--tls-client-ca goes with --tls-cert and --tls-key (expected: all three)");
    assertThat(refused("--tls-cert=" + certificate, "--tls-key=" + server.key(), "--tls-client-ca=none.pem"))
        .isEqualTo("--tls-client-ca: cannot read none.pem (expected: a PEM file; check its name)");
    assertThat(
            Child.run(folder, "pipe", "tls://h:1", "./out", "--tls-client-ca", certificate).failedWith(ExitCode.USAGE))
        .isEqualTo("--tls-client-ca says nothing here (expected: a tls-listen:// end)");
    assertThat(refused("--tls-cert=none.pem", "--tls-key=" + server.key()))
        .isEqualTo("--tls-cert: cannot read none.pem (expected: a PEM file; check its name)");
    assertThat(refused("--tls-cert=" + certificate, "--tls-key=none.key"))
        .isEqualTo("--tls-cert: cannot read none.key (expected: a PEM file; check its name)");
    assertThat(refused("--tls-cert=" + certificate, "--tls-key=" + certificate))
        .isEqualTo(
            "--tls-cert: "
                + certificate
                + ": no key of PKCS #8 in it (expected: BEGIN PRIVATE KEY; openssl pkcs8 -topk8 -nodes makes one)");
  }

  private String refused(String... options) {
    var words = new ArrayList<>(List.of("pipe", "tls-listen://h:1", "./out"));
    words.addAll(Arrays.asList(options));
    return Child.run(folder, words.toArray(String[]::new)).failedWith(ExitCode.USAGE);
  }
}
