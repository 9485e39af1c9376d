package highwater.net;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What a connection is encrypted with: whom it trusts, and who it says it is.
///
/// Immutable. TLS 1.3 and 1.2 of the JDK. A client verifies the certificate and that it is for the host it connects to; there is
/// no way here to leave that out. A peer that closes without close_notify has cut the data off, which is a failure.
public final class Tls {
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
