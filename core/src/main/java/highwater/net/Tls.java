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
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What a connection is encrypted with: whom it trusts, and who it says it is.
///
/// Immutable. TLS 1.3 and 1.2 of the JDK. A client verifies the certificate and that it is for the host it connects to; there is
/// no way here to leave that out. A peer that closes without close_notify has cut the data off, which is a failure.
public final class Tls {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";

  /// What both sides are made with, or null for the JDK's own.
  private final @Nullable SSLContext context;

  /// What that was made of; where it is the caller's, neither is known.
  private final KeyManager @Nullable [] keys;

  private final TrustManager @Nullable [] trust;
  private final boolean isOfCaller;
  private final boolean requiresClients;
  private final @Nullable String peerName;

  private Tls(
      @Nullable SSLContext context,
      KeyManager @Nullable [] keys,
      TrustManager @Nullable [] trust,
      boolean isOfCaller,
      boolean requiresClients,
      @Nullable String peerName) {
    this.context = context;
    this.keys = keys;
    this.trust = trust;
    this.isOfCaller = isOfCaller;
    this.requiresClients = requiresClients;
    this.peerName = peerName;
  }

  /// Trusts whom the JDK trusts, and shows a certificate where the JDK's own settings have one: for clients.
  public static Tls client() {
    return new Tls(null, null, null, false, false, null);
  }

  /// Takes keys and trust from a context of the JDK's, whose keys a server may ask for.
  public static Tls of(SSLContext context) {
    return new Tls(requireNonNull(context, "context"), null, null, true, false, null);
  }

  /// Trusts the certificates of a PEM file and nobody else, for clients.
  ///
  /// Errors: `IOException` where the file cannot be read or holds no certificate.
  public static Tls trusting(Path pem) throws IOException {
    return client().made(null, trustManagers(pem), false);
  }

  /// Shows the certificates of a PEM file, the server's own first and then those up to its issuer, and has the key of another PEM
  /// file, of PKCS #8 (`BEGIN PRIVATE KEY`, without a password): for servers.
  ///
  /// Errors: `IOException` where a file cannot be read, or holds something else.
  public static Tls serving(Path certificates, Path key) throws IOException {
    return client().made(keyManagers(certificates, key), null, false);
  }

  /// The same, which shows a certificate to a server that asks for one: for clients. The files are as for [#serving].
  ///
  /// With TLS 1.3 the server judges it when the client's data may be on its way already: a refusal is what the next read, or a later
  /// write, fails with.
  ///
  /// Errors: `IOException` as for [#serving]; `IllegalStateException` where keys and trust are a context's.
  public Tls showing(Path certificates, Path key) throws IOException {
    checkNotOfCaller();
    return made(keyManagers(certificates, key), trust, requiresClients);
  }

  /// The same, which lets in only clients that show a certificate which one of a PEM file's has signed, or which is among them:
  /// for servers.
  ///
  /// Errors: `IOException` where the file cannot be read or holds no certificate; `IllegalStateException` where keys and trust are a
  /// context's.
  public Tls requiringClients(Path pem) throws IOException {
    checkNotOfCaller();
    return made(keys, trustManagers(pem), true);
  }

  /// The same, which lets in only clients that show a certificate which is trusted here: for servers whose context knows whom to
  /// trust. Without one that is whom the JDK trusts, which is nearly everybody.
  public Tls requiringClients() {
    return new Tls(context, keys, trust, isOfCaller, true, peerName);
  }

  private void checkNotOfCaller() {
    if (isOfCaller) {
      throw new IllegalStateException("the context has keys and trust of its own (expected: what is new, put into it)");
    }
  }

  private Tls made(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, boolean requiresClients) {
    try {
      var made = SSLContext.getInstance("TLS");
      made.init(keys, trust, null);
      return new Tls(made, keys, trust, false, requiresClients, peerName);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trustManagers(Path pem) throws IOException {
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
      return trust.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IOException(pem + ": no certificates: " + e.getMessage() + " (expected: PEM, BEGIN CERTIFICATE)", e);
    }
  }

  private static KeyManager[] keyManagers(Path certificates, Path key) throws IOException {
    try (InputStream in = Files.newInputStream(certificates)) {
      var chain = CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(Certificate[]::new);
      if (chain.length == 0) throw new IOException(certificates + ": no certificate (expected: BEGIN CERTIFICATE)");
      var algorithm = chain[0].getPublicKey().getAlgorithm();
      var own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", privateKey(key, algorithm), new char[0], chain);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, new char[0]);
      return keys.getKeyManagers();
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
    return new Tls(context, keys, trust, isOfCaller, requiresClients, requireNonNull(name, "name"));
  }

  /// Whether a client knows which name the other side must have, and is asked for nothing that only a server does.
  void checkClient(Endpoint endpoint) {
    if (requiresClients) {
      throw new IllegalArgumentException(
          endpoint.name(true) + ": a client requires no clients (expected: requiringClients for a Listener alone)");
    }
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
    if (requiresClients) engine.setNeedClientAuth(true);
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
