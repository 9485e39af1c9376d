package highwater.net;

import highwater.contract.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A certificate that nobody has issued but the test, made by `keytool`, and servers that have it.
final class TestKeys {
  static final TestKeys NONE = new TestKeys(null, null);
  private static final String PASSWORD = "changeit";

  private final @Nullable SSLContext context;
  private final @Nullable Path pem;

  private TestKeys(@Nullable SSLContext context, @Nullable Path pem) {
    this.context = context;
    this.pem = pem;
  }

  static TestKeys make(Path folder, String host) throws Exception {
    var file = folder.resolve("keys.p12");
    var command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + host,
            "-ext",
            "SAN=dns:" + host,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString());
    var process = command.redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new AssertionError(said);
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    var encoded = Base64.getMimeEncoder().encodeToString(keys.getCertificate("server").getEncoded());
    var pem = folder.resolve("certificate.pem");
    Files.writeString(pem, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    return new TestKeys(context, pem);
  }

  /// What trusts this certificate and no other.
  Tls trust() throws IOException {
    if (pem == null) throw new AssertionError("make() comes first");
    return Tls.trusting(pem);
  }

  private SSLContext context() {
    if (context == null) throw new AssertionError("make() comes first");
    return context;
  }

  /// Gives `bytes` of the pattern to one client and closes, the socket beneath alone where `cutsOff`.
  Server server(int bytes, boolean cutsOff) throws IOException {
    return new Server(
        raw -> {
          var tls = encrypted(raw);
          Pattern.write(tls.getOutputStream(), 0, bytes, 10_000);
          if (cutsOff) raw.shutdownOutput();
          else tls.close();
          return (long) bytes;
        });
  }

  /// Takes the pattern from one client to its end.
  Server takingServer() throws IOException {
    return new Server(
        raw -> {
          try (var tls = encrypted(raw)) {
            return Pattern.read(tls.getInputStream());
          }
        });
  }

  /// Says `words` to one client, as they are.
  Server plainServer(byte[] words) throws IOException {
    return new Server(
        raw -> {
          raw.getOutputStream().write(words);
          return (long) raw.getInputStream().readAllBytes().length;
        });
  }

  private SSLSocket encrypted(Socket raw) throws IOException {
    var socket = (SSLSocket) context().getSocketFactory().createSocket(raw, null, raw.getPort(), false);
    socket.setUseClientMode(false);
    return socket;
  }

  private interface Serving {
    long serve(Socket client) throws Exception;
  }

  /// A server for one client.
  static final class Server implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Long> taken = new CompletableFuture<>();

    private Server(Serving serving) throws IOException {
      Thread.ofVirtual()
          .start(
              () -> {
                try (var client = server.accept()) {
                  taken.complete(serving.serve(client));
                } catch (Throwable thrown) {
                  taken.completeExceptionally(thrown);
                }
              });
    }

    int port() {
      return server.getLocalPort();
    }

    long taken() {
      return taken.join();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
