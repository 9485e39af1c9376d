package highwater.net;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What a connection is encrypted with: whom it trusts, and who it says it is.
///
/// Immutable. TLS 1.3 and 1.2 of the JDK. A client verifies the certificate and that it is for the host it connects to; there is
/// no way here to leave that out. A peer that closes without close_notify has cut the data off, which is a failure.
public final class Tls {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";

  private final @Nullable SSLContext context;
  private final @Nullable String peerName;

  private Tls(@Nullable SSLContext context, @Nullable String peerName) {
    this.context = context;
    this.peerName = peerName;
  }

  /// Trusts whom the JDK trusts, and has no certificate of its own: for clients.
  public static Tls client() {
    return new Tls(null, null);
  }

  /// Takes keys and trust from a context of the JDK's, whose keys a server may ask for.
  public static Tls of(SSLContext context) {
    return new Tls(requireNonNull(context, "context"), null);
  }

  /// Trusts the certificates of a PEM file and nobody else, for clients.
  ///
  /// Errors: `IOException` where the file cannot be read or holds no certificate.
  public static Tls trusting(Path pem) throws IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      int count = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("trusted-" + count++, certificate);
      }
      if (count == 0) throw new IOException(pem + ": no certificate in it (expected: PEM, BEGIN CERTIFICATE)");
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return of(context);
    } catch (GeneralSecurityException e) {
      throw new IOException(pem + ": no certificates: " + e.getMessage() + " (expected: PEM, BEGIN CERTIFICATE)", e);
    }
  }

  /// Shows the certificates of a PEM file, the server's own first and then those up to its issuer, and has the key of another PEM
  /// file, of PKCS #8 (`BEGIN PRIVATE KEY`, without a password): for servers.
  ///
  /// Errors: `IOException` where a file cannot be read, or holds something else.
  public static Tls serving(Path certificates, Path key) throws IOException {
    try (InputStream in = Files.newInputStream(certificates)) {
      var chain = CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(Certificate[]::new);
      if (chain.length == 0) throw new IOException(certificates + ": no certificate (expected: BEGIN CERTIFICATE)");
      var algorithm = chain[0].getPublicKey().getAlgorithm();
      var own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", privateKey(key, algorithm), new char[0], chain);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, new char[0]);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return of(context);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          certificates + " and " + key + ": no certificate with its key: " + e.getMessage() + " (expected: PEM files)",
          e);
    }
  }

  private static PrivateKey privateKey(Path pem, String algorithm) throws IOException, GeneralSecurityException {
    var text = Files.readString(pem, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf("-----END PRIVATE KEY-----");
    if (begin < 0 || end < begin) {
      throw new IOException(
          pem + ": no key of PKCS #8 in it (expected: BEGIN PRIVATE KEY; openssl pkcs8 -topk8 -nodes makes one)");
    }
    try {
      var encoded = Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      throw new IOException(
          pem + ": not a key of " + algorithm + ", as the certificate has (expected: the one it was made with)", e);
    }
  }

  /// The same, but the server's certificate must be for `name` instead of the host that is connected to; for a client that
  /// reaches it another way (a tunnel, a Unix domain socket).
  public Tls peerName(String name) {
    return new Tls(context, requireNonNull(name, "name"));
  }

  /// Whether a client knows which name the other side must have.
  void checkClient(Endpoint endpoint) {
    if (endpoint.isUnix() && peerName == null) {
      throw new IllegalArgumentException(
          endpoint.name(true) + ": a path is no name that a certificate could be for (expected: Tls.peerName(NAME))");
    }
  }

  /// Whether a server has a certificate to show.
  void checkServer(Endpoint endpoint) {
    if (context == null) {
      throw new IllegalArgumentException(
          endpoint.name(true) + ": a server needs a certificate (expected: Tls.serving(CERTIFICATES, KEY) or Tls.of)");
    }
  }

  SSLEngine serverEngine() {
    var engine = context().createSSLEngine();
    engine.setUseClientMode(false);
    return engine;
  }

  SSLEngine clientEngine(Endpoint endpoint) {
    var inet = endpoint instanceof Endpoint.Inet known ? known : null;
    var host = peerName != null ? peerName : inet == null ? "" : inet.host();
    var engine = context().createSSLEngine(host, inet == null ? -1 : inet.port());
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  private SSLContext context() {
    if (context != null) return context;
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no TLS: " + e.getMessage(), e);
    }
  }
}
