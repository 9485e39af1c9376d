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
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Certificates that nobody has issued but the test, made by `keytool`, and servers that have them.
final class TestKeys {
  static final TestKeys NONE = new TestKeys(null, null, null);
  private static final String PASSWORD = "changeit";

  private final @Nullable SSLContext context;
  private final @Nullable Path pem;
  private final @Nullable Path keyPem;

  private TestKeys(@Nullable SSLContext context, @Nullable Path pem, @Nullable Path keyPem) {
    this.context = context;
    this.pem = pem;
    this.keyPem = keyPem;
  }

  static TestKeys make(Path folder, String host) throws Exception {
    var file = folder.resolve("keys.p12");
    keytool(file, "server", host, "-validity", "2");
    return read(folder, file, "server");
  }

  /// A certificate that somebody who is trusted has issued, valid for a day from `start` on, such as `-10d` for ten days ago.
  static TestKeys issued(Path folder, String host, String start) throws Exception {
    var file = folder.resolve("keys.p12");
    keytool(file, "issuer", "issuer", "-validity", "2", "-ext", "BC=ca:true");
    keytool(file, "server", host, "-signer", "issuer", "-startdate", start, "-validity", "1");
    return read(folder, file, "issuer");
  }

  private static void keytool(Path file, String alias, String host, String... more) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "SAN=dns:" + host,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString()));
    command.addAll(List.of(more));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new AssertionError(said);
  }

  /// The keys of the server in `file`, and whom their clients trust.
  private static TestKeys read(Path folder, Path file, String trusted) throws Exception {
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    var certificate = keys.getCertificate(trusted).getEncoded();
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    if (!trusted.equals("server")) keys.deleteEntry(trusted);
    own.init(keys, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    var encoded = Base64.getMimeEncoder().encodeToString(certificate);
    var pem = folder.resolve("certificate.pem");
    Files.writeString(pem, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    var keyPem = folder.resolve("key.pem");
    var key = Base64.getMimeEncoder().encodeToString(keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    Files.writeString(keyPem, "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
    return new TestKeys(context, pem, keyPem);
  }

  /// The certificate's file.
  Path certificate() {
    if (pem == null) throw new AssertionError("make() comes first");
    return pem;
  }

  /// The file of its key.
  Path key() {
    if (keyPem == null) throw new AssertionError("make() comes first");
    return keyPem;
  }

  /// What a server shows.
  Tls serving() throws IOException {
    return Tls.serving(certificate(), key());
  }

  /// The server's side of TLS over `raw`, by the JDK's own socket.
  PeerSocket servingPeer(Socket raw) throws IOException {
    return PeerSocket.encrypted(encrypted(raw), raw);
  }

  /// The client's side, which trusts this certificate.
  PeerSocket connectingPeer(Socket raw) throws IOException {
    try (InputStream in = Files.newInputStream(certificate())) {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("it", CertificateFactory.getInstance("X.509").generateCertificate(in));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var trusting = SSLContext.getInstance("TLS");
      trusting.init(null, trust.getTrustManagers(), null);
      var factory = trusting.getSocketFactory();
      return PeerSocket.encrypted((SSLSocket) factory.createSocket(raw, "localhost", raw.getPort(), false), raw);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
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
