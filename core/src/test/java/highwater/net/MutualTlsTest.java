package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Certificates of clients, against `openssl s_client` and `openssl s_server`: required, shown, and refused in one line.
@Timeout(120)
class MutualTlsTest {
  private static final int BYTES = 300_000;

  @TempDir static Path serverFolder;
  @TempDir static Path clientFolder;
  @TempDir static Path otherFolder;
  private static TestKeys server = TestKeys.NONE;
  private static TestKeys client = TestKeys.NONE;
  private static TestKeys other = TestKeys.NONE;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void makeKeys() throws Exception {
    server = TestKeys.make(serverFolder, "localhost");
    client = TestKeys.make(clientFolder, "client");
    // Of the same name, or it would not even be shown: servers tell clients the names of whom they trust.
    other = TestKeys.make(otherFolder, "client");
  }

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process openssl(String... words) throws IOException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(words));
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    processes.add(process);
    return process;
  }

  // The server requires.

  private static Listener requiring() throws IOException {
    return NetStreams.listen("127.0.0.1", 0).tls(server.serving().requiringClients(client.certificate()));
  }

  private Process connect(SocketAddress address, String version, TestKeys... shown) throws IOException {
    int port = ((InetSocketAddress) address).getPort();
    var words = new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + port, "-quiet", "-no_ign_eof", version));
    for (var keys : shown) {
      words.addAll(List.of("-cert", keys.certificate().toString(), "-key", keys.key().toString()));
    }
    return openssl(words.toArray(String[]::new));
  }

  private static byte[] letters() {
    var bytes = new byte[BYTES];
    Arrays.fill(bytes, (byte) 'a');
    return bytes;
  }

  private static PipelineRun reading(Listener listener, AtomicLong read) {
    return Pipeline.from(listener.origin())
        .to(Target.<ByteBuffer>forEach(chunk -> read.addAndGet(chunk.remaining())))
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void aClientThatShowsOneIsLetIn(String version) throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var read = new AtomicLong();
    var run = reading(requiring().onListening(address::complete), read);
    try (var in = connect(address.get(), version, client).getOutputStream()) {
      in.write(letters());
    }
    run.join();
    assertThat(read).hasValue(BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void aClientThatShowsNoneIsRefused(String version) throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var run = reading(requiring().onListening(address::complete), new AtomicLong());
    var process = connect(address.get(), version);
    assertThat(catchThrowable(run::join).getCause())
        .hasMessageMatching("tls-listen://127\\.0\\.0\\.1:0 \\(from 127\\.0\\.0\\.1:[0-9]+\\): .*")
        .hasMessageEndingWith("): the other side shows no certificate (expected: a client's, which is required here)");
    assertThat(process.waitFor()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void aClientThatShowsAnotherIsRefused(String version) throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var run = reading(requiring().onListening(address::complete), new AtomicLong());
    var process = connect(address.get(), version, other);
    assertThat(catchThrowable(run::join).getCause())
        .hasMessageMatching("tls-listen://127\\.0\\.0\\.1:0 \\(from 127\\.0\\.0\\.1:[0-9]+\\): .*")
        .hasMessageEndingWith(
            "): its certificate is not trusted: nobody who is trusted here has signed it (expected: one"
                + " that is; trust its issuer with Tls.requiringClients(…))");
    assertThat(process.waitFor()).isNotZero();
  }

  @Test
  void whoIsRefusedIsAFailedConnectionOfAServerThatGoesOn() throws Exception {
    var failures = new CopyOnWriteArrayList<String>();
    try (var running =
        requiring()
            .onFailure(failure -> failures.add(String.valueOf(failure.getMessage())))
            .start(connection -> connection.stream().pipe(connection.stream()))) {
      assertThat(connect(running.address(), "-tls1_3").waitFor()).isNotZero();
      Remains.await("the failure", () -> running.failedConnections() == 1);
      assertThat(failures).singleElement().asString().contains(": the other side shows no certificate (expected: ");
      var good = connect(running.address(), "-tls1_3", client);
      good.getOutputStream().write(letters());
      good.getOutputStream().flush();
      assertThat(good.getInputStream().readNBytes(BYTES)).isEqualTo(letters());
    }
  }

  // The client shows.

  /// A server of openssl for one client, which must show a certificate; its port.
  private int server(String version, Path taken, String... more) throws IOException {
    var words = new ArrayList<>(List.of("s_server", "-accept", "127.0.0.1:0", "-naccept", "1", version));
    words.addAll(List.of("-cert", server.certificate().toString(), "-key", server.key().toString()));
    words.addAll(List.of("-Verify", "1", "-CAfile", client.certificate().toString(), "-verify_return_error"));
    words.addAll(Arrays.asList(more));
    var process = openssl(words.toArray(String[]::new));
    var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
    for (String line; (line = said.readLine()) != null; ) {
      if (!line.startsWith("ACCEPT ")) continue;
      Thread.ofVirtual()
          .start(
              () -> {
                try (var out = Files.newBufferedWriter(taken, StandardCharsets.ISO_8859_1)) {
                  said.transferTo(out);
                } catch (IOException e) {
                  // The test is over.
                }
              });
      return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }
    throw new AssertionError("openssl s_server does not listen");
  }

  private static Throwable failureOf(Connector connector) {
    var many = Origin.values(ByteBuffer.wrap(Pattern.bytes(20_000_000)));
    return catchThrowable(() -> Pipeline.from(many).to(connector.target()).run());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void whatIsShownToAServerThatRequiresItIsTaken(String version, @TempDir Path folder) throws Exception {
    var taken = folder.resolve("taken");
    int port = server(version, taken);
    Pipeline.from(Origin.values(ByteBuffer.wrap(letters())))
        .to(
            NetStreams.connect("localhost", port)
                .tls(server.trust().showing(client.certificate(), client.key()))
                .target())
        .run();
    Remains.await("all of it", () -> holds(taken, "CONNECTION CLOSED"));
    assertThat(Files.readString(taken, StandardCharsets.ISO_8859_1)).contains("a".repeat(BYTES));
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aServerThatRequiresOneSaysSoAlsoToAClientThatWrites(@TempDir Path folder) throws Exception {
    int port = server("-tls1_3", folder.resolve("taken"));
    assertThat(failureOf(NetStreams.connect("localhost", port).tls(server.trust())).getCause())
        .hasMessage(
            "tls://localhost:"
                + port
                + ": the other side requires a certificate of this one (expected: one signed by whom it trusts; show"
                + " it with Tls.showing(…))");
  }

  @Test
  void withTls12ThatIsARefusalAmongOthers(@TempDir Path folder) throws Exception {
    int port = server("-tls1_2", folder.resolve("taken"));
    assertThat(failureOf(NetStreams.connect("localhost", port).tls(server.trust())).getCause())
        .hasMessageContaining(": the other side refused TLS: ")
        .hasMessageContaining(
            "(expected: one that accepts this client's name, versions, and certificate: Tls.showing(…))");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void oneThatTheServerDoesNotTrustIsRefused(String version, @TempDir Path folder) throws Exception {
    int port = server(version, folder.resolve("taken"));
    var tls = server.trust().showing(other.certificate(), other.key());
    assertThat(failureOf(NetStreams.connect("localhost", port).tls(tls)).getCause())
        .hasMessageContaining(": the other side refused TLS: ")
        .hasMessageContaining("certificate: Tls.showing(…))");
  }

  @Test
  void whyAServerHasBrokenOffIsSaidToAClientThatWrites() throws Exception {
    try (var running = requiring().onFailure(_ -> {}).start(connection -> connection.stream().resume())) {
      var connector = NetStreams.connect("localhost", running.port()).tls(server.trust());
      assertThat(failureOf(connector).getCause()).hasMessageEndingWith("Tls.showing(…))");
    }
  }

  // Misuse.

  @Test
  void whatBelongsToTheOtherSideIsRefused() throws Exception {
    var given = Tls.of(SSLContext.getDefault());
    assertThatThrownBy(() -> given.showing(client.certificate(), client.key()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the context has keys and trust of its own (expected: what is new, put into it)");
    assertThatThrownBy(() -> given.requiringClients(client.certificate())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> NetStreams.connect("localhost", 1).tls(given.requiringClients()))
        .hasMessage(
            "tls://localhost:1: a client requires no clients (expected: requiringClients for a Listener alone)");
    assertThatThrownBy(() -> server.serving().requiringClients(client.key()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("(expected: PEM, BEGIN CERTIFICATE)");
  }
}
