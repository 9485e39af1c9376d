package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Remains;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Target;
import highwater.strand.Strand;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS against `openssl s_client` and `openssl s_server`: both sides end with close_notify, and one that does not is refused.
@Timeout(120)
class OpenSslTest {
  private static final int BYTES = 300_000;

  @TempDir static Path folder;
  private static TestKeys keys = TestKeys.NONE;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TestKeys.make(folder, "localhost");
  }

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process openssl(String... words) throws IOException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(words));
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    processes.add(process);
    return process;
  }

  private Process client(SocketAddress server, String... more) throws IOException {
    int port = ((InetSocketAddress) server).getPort();
    var words =
        new ArrayList<>(
            List.of(
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-CAfile",
                keys.certificate().toString(),
                "-verify_return_error",
                "-quiet"));
    words.addAll(Arrays.asList(more));
    return openssl(words.toArray(String[]::new));
  }

  /// A server of openssl for one client; the reader has its words.
  private record OpenSslServer(Process process, BufferedReader words, int port) {}

  private OpenSslServer server(String... more) throws IOException {
    var words =
        new ArrayList<>(
            List.of(
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-naccept",
                "1",
                "-cert",
                keys.certificate().toString(),
                "-key",
                keys.key().toString()));
    words.addAll(Arrays.asList(more));
    var process = openssl(words.toArray(String[]::new));
    var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    for (String line; (line = said.readLine()) != null; ) {
      if (line.startsWith("ACCEPT ")) {
        return new OpenSslServer(process, said, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
      }
    }
    throw new AssertionError("openssl s_server does not listen");
  }

  private static Listener listener(CompletableFuture<SocketAddress> address) throws IOException {
    return NetStreams.listen("127.0.0.1", 0).tls(keys.serving()).onListening(address::complete);
  }

  private static ByteBuffer letters() {
    var bytes = new byte[BYTES];
    Arrays.fill(bytes, (byte) 'a');
    return ByteBuffer.wrap(bytes);
  }

  private static PipelineRun reading(PullOrigin<ByteBuffer> origin, AtomicLong read) {
    return Pipeline.from(origin).to(Target.<ByteBuffer>forEach(chunk -> read.addAndGet(chunk.remaining()))).start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void whatAClientSendsIsReadToItsEnd(String version) throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var read = new AtomicLong();
    var run = reading(listener(address).origin(), read);
    var client = client(address.get(), "-no_ign_eof", version);
    try (var in = client.getOutputStream()) {
      in.write(letters().array());
    }
    run.join();
    assertThat(read).hasValue(BYTES);
    assertThat(client.waitFor()).isZero();
  }

  @Test
  void aClientThatIsKilledIsNoEnd() throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var read = new AtomicLong();
    var run = reading(listener(address).origin(), read);
    var client = client(address.get());
    client.getOutputStream().write(letters().array());
    client.getOutputStream().flush();
    Remains.await("all of it", () -> read.get() == BYTES);
    client.destroyForcibly().waitFor();
    assertCutOff(catchThrowable(run::join));
  }

  private static void assertCutOff(Throwable failure) {
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(failure.getCause().getMessage())
        .doesNotContain("\n")
        .contains(": cut off after " + BYTES + " bytes: ")
        .contains("(expected: close_notify; ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void whatIsSentToAClientEndsWithCloseNotify(String version) throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var run = Pipeline.from(Origin.values(letters())).to(listener(address).target()).start();
    var client = client(address.get(), version);
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(letters().array());
    // 1 where the connection ended without it.
    assertThat(client.waitFor()).isZero();
    run.join();
  }

  @Test
  void aClientThatDoesNotTrustTheCertificateIsSaid() throws Exception {
    var address = new CompletableFuture<SocketAddress>();
    var run = reading(listener(address).origin(), new AtomicLong());
    var port = ((InetSocketAddress) address.get()).getPort();
    var client = openssl("s_client", "-connect", "127.0.0.1:" + port, "-verify_return_error", "-quiet");
    assertThat(catchThrowable(run::join).getCause().getMessage())
        .contains(": the other side refused TLS: ")
        .contains("(expected: one that accepts this server's certificate)");
    assertThat(client.waitFor()).isNotZero();
  }

  @Test
  void aServerServesManyClients() throws Exception {
    try (var server =
        NetStreams.listen("127.0.0.1", 0)
            .tls(keys.serving())
            .start(connection -> connection.stream().pipe(connection.stream()))) {
      for (int i = 0; i < 3; i++) {
        var client = client(server.address());
        client.getOutputStream().write(letters().array());
        client.getOutputStream().flush();
        assertThat(client.getInputStream().readNBytes(BYTES)).isEqualTo(letters().array());
        client.destroyForcibly().waitFor();
      }
      // Each was killed: no close_notify.
      Remains.await("the failures", () -> server.failedConnections() == 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void aServerGetsAllAndCloseNotify(String version) throws Exception {
    var server = server(version);
    var said = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(
            () -> {
              var text = new StringBuilder();
              try {
                for (int c; (c = server.words().read()) >= 0; ) text.append((char) c);
              } catch (IOException e) {
                said.completeExceptionally(e);
              }
              said.complete(text.toString());
            });
    Pipeline.from(Origin.values(letters()))
        .to(NetStreams.connect("localhost", server.port()).tls(keys.trust()).target())
        .run();
    var text = said.get(60, TimeUnit.SECONDS);
    assertThat(text).contains("a".repeat(1000)).doesNotContain("ERROR").contains("CONNECTION CLOSED");
    int first = text.indexOf("a".repeat(100));
    long letters = IntStream.range(first, text.length()).takeWhile(i -> text.charAt(i) == 'a').count();
    assertThat(letters).isEqualTo(BYTES);
    assertThat(server.process().waitFor()).isZero();
  }

  @Test
  void aFileOfAServerIsReadToItsEnd() throws Exception {
    Files.write(folder.resolve("data"), letters().array());
    var server = server("-WWW", "-tls1_3");
    var got = new ByteArrayOutputStream();
    Strand.run(
        () -> {
          var stream = NetStreams.connect("localhost", server.port()).tls(keys.trust()).open();
          stream.onData(
              chunk -> {
                var bytes = new byte[chunk.remaining()];
                chunk.get(bytes);
                got.writeBytes(bytes);
              });
          var _ = stream.write(ByteBuffer.wrap("GET /data HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        });
    var text = got.toString(StandardCharsets.US_ASCII);
    assertThat(text).startsWith("HTTP/1.0 200 ok\r\n");
    assertThat(text.substring(text.indexOf("\r\n\r\n") + 4)).isEqualTo("a".repeat(BYTES));
  }
}
