package highwater.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What is said of a socket that fails: what happened, what was expected, what to do.
final class NetErrors {
  /// The bits of a file's mode that tell its type, and that of a socket.
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private NetErrors() {}

  static IOException connecting(Endpoint endpoint, boolean tls, IOException e) {
    var name = endpoint.name(tls);
    if (e instanceof UnknownHostException) return unknownHost(name, endpoint, e);
    var said = said(e);
    if (has(said, "refused")) {
      return failure(
          name + ": connection refused: nobody listens there (expected: a server that runs, and listens there)", e);
    }
    if (e instanceof NoRouteToHostException || has(said, "unreachable")) {
      return failure(name + ": no way to that host (expected: one that this machine reaches: " + said + ")", e);
    }
    if (endpoint.isUnix() && (e instanceof NoSuchFileException || has(said, "no such file"))) {
      return failure(name + ": no such socket (expected: the path of one that a server has made)", e);
    }
    if (e instanceof ConnectException || !endpoint.isUnix()) {
      return failure(name + ": no connection: " + said + " (expected: a server that takes connections)", e);
    }
    return failure(name + ": no connection: " + said + " (expected: a socket that this user may use)", e);
  }

  static IOException unknownHost(String name, Endpoint endpoint, IOException e) {
    var host = endpoint instanceof Endpoint.Inet(var named, _) ? named : "";
    return failure(
        name + ": unknown host " + host + " (expected: a name that is known here: look at its spelling, and at DNS)",
        e);
  }

  static IOException listening(Endpoint endpoint, boolean tls, IOException e) {
    if (e instanceof Said) return e;
    var name = endpoint.listening(tls);
    var said = said(e);
    if (has(said, "in use")) {
      return failure(
          name
              + (endpoint instanceof Endpoint.Unix(var path)
                  ? occupied(path)
                  : ": somebody listens there already (expected: a free port; 0 takes any)"),
          e);
    }
    if (has(said, "permission denied")) {
      return failure(
          name
              + ": no permission to listen there (expected: "
              + (endpoint.isUnix() ? "a folder that this user may write to)" : "a port from 1024 on)"),
          e);
    }
    if (has(said, "cannot assign")) {
      return failure(name + ": not an address of this machine (expected: one of its own, or 0.0.0.0 for all)", e);
    }
    return failure(
        name
            + ": cannot listen there: "
            + said
            + " (expected: "
            + (endpoint.isUnix() ? "a path of at most about 100 bytes, in a folder that is there)" : "a free port)"),
        e);
  }

  /// Whether somebody listens at a socket only a connection to it could tell, and who waits for one connection would take that.
  private static String occupied(Path path) {
    return isSocket(path)
        ? ": a socket lies there already (expected: a free path; if nobody listens any more, as after a kill -9, remove"
            + " it)"
        : ": something lies there that is no socket (expected: a free path)";
  }

  private static boolean isSocket(Path path) {
    try {
      return ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) == SOCKET;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // It is gone, or this system has no such attribute.
      return false;
    }
  }

  static IOException accepting(String name, IOException e) {
    return failure(
        name + ": no connection can be accepted: " + said(e) + " (expected: free descriptors; tried again soon)", e);
  }

  static IOException nobodyCame(String name, Duration time) {
    return failure(
        name
            + ": nobody has connected for "
            + inWords(time)
            + " (expected: a client in that time; allow more with acceptTimeout)",
        null);
  }

  /// For the uncaught exception handler, which knows of threads alone.
  static IllegalStateException handler(String name, Throwable e) {
    return new IllegalStateException(
        name + ": its handler failed (expected: one that returns; the connection was reset)", e);
  }

  static IOException shutDown(String name) {
    return failure(name + ": shut down before the connection was over (expected: its end, or more time)", null);
  }

  static IOException late(String name, String forWhat, Duration time) {
    return failure(
        name
            + ": no connection after "
            + inWords(time)
            + ", waiting for "
            + forWhat
            + " (expected: one in that time; allow more with connectTimeout)",
        null);
  }

  static IOException idle(String name, Duration time) {
    return failure(
        name
            + ": its peer has not moved a byte for "
            + inWords(time)
            + " (expected: one that goes on; look whether it lives, or allow more with idleTimeout)",
        null);
  }

  /// A peer whose bytes are dropped has sent them for too long.
  static IOException unserved(String name, boolean ended, Duration time) {
    return failure(
        name
            + ": its peer has gone on sending for "
            + inWords(time)
            + (ended
                ? " behind the end of this side (expected: its end, or no wait for it by awaitPeerEnd(false)"
                : " without taking a byte (expected: one that reads as well")
            + "; allow more with idleTimeout)",
        null);
  }

  /// A read or write failed after `bytes` had moved that way.
  static IOException moving(String name, String way, long bytes, IOException e) {
    if (e instanceof Said) return e;
    var said = said(e);
    if (has(said, "reset") || has(said, "broken pipe") || has(said, "aborted")) {
      return failure(
          name
              + ": connection reset by its peer after "
              + bytes
              + " bytes "
              + way
              + " (expected: an end; the other side gave up"
              + (way.equals("sent") ? ", or does not take more)" : ")"),
          e);
    }
    if (e instanceof ClosedChannelException) {
      return failure(name + ": closed after " + bytes + " bytes " + way + " (expected: an open connection)", e);
    }
    return failure(
        name + ": the connection broke after " + bytes + " bytes " + way + ": " + said + " (expected: an end)", e);
  }

  // TLS.

  static IOException truncated(String name, long bytes) {
    return failure(
        name
            + ": cut off after "
            + bytes
            + " bytes: the connection closed without the end that TLS has (expected: close_notify; the data is not"
            + " whole, or the other side ends without saying so)",
        new EOFException("no close_notify"));
  }

  /// Whether `e` is [#truncated].
  static boolean isTruncated(IOException e) {
    return e instanceof Said && e.getCause() instanceof EOFException;
  }

  static IOException noHandshake(String name) {
    return noHandshake(name, new EOFException("closed in the handshake"));
  }

  static IOException noHandshake(String name, IOException e) {
    return failure(
        name
            + ": the other side closed the connection while TLS began (expected: one that speaks TLS and accepts this"
            + " side)",
        e);
  }

  static IOException tls(String name, boolean isClient, SSLException e) {
    // The path that is not valid stands around the reason for it, so that comes first.
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return failure(
            name + ": its certificate has expired: " + said(cause) + " (expected: one that is valid today)", e);
      }
      if (cause instanceof CertificateNotYetValidException) {
        return failure(
            name + ": its certificate is not valid yet: " + said(cause) + " (expected: one that is valid today)", e);
      }
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (has(said(cause), "no name matching") || has(said(cause), "subject alternative")) {
        return failure(
            name
                + ": its certificate is for another name: "
                + said(cause)
                + " (expected: the host that was asked for, among its names)",
            e);
      }
      if (has(said(cause), "path building failed") || has(said(cause), "path validation failed")) {
        return failure(
            name
                + ": its certificate is not trusted: nobody who is trusted here has signed it (expected: one that is;"
                + " trust its issuer with "
                + (isClient ? "Tls.trusting(…))" : "Tls.requiringClients(…))"),
            e);
      }
      if (has(said(cause), "key usage")) {
        return failure(
            name
                + ": its certificate is meant for something else: "
                + said(cause)
                + " (expected: one for a "
                + (isClient ? "server)" : "client)"),
            e);
      }
      if (has(said(cause), "empty client certificate chain")) {
        return failure(
            name + ": the other side shows no certificate (expected: a client's, which is required here)", e);
      }
    }
    var said = said(e);
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      // OpenSSL refuses a certificate before it encrypts, which the JDK calls unexpected.
      if (has(said(cause), "alert received")) said = said(cause);
    }
    if (has(said, "certificate_required")) {
      return failure(
          name
              + ": the other side requires a certificate of this one (expected: one signed by whom it trusts; show"
              + " it with Tls.showing(…))",
          e);
    }
    if (has(said, "fatal alert") || has(said, "received alert") || has(said, "alert received")) {
      return failure(
          name
              + ": the other side refused TLS: "
              + said
              + " (expected: one that accepts "
              + (isClient
                  ? "this client's name, versions, and certificate: Tls.showing(…))"
                  : "this server's certificate)"),
          e);
    }
    if (has(said, "unrecognized ssl message") || has(said, "plaintext")) {
      return failure(name + ": the other side does not speak TLS (expected: TLS; use it without)", e);
    }
    return failure(name + ": TLS failed: " + said + " (expected: a handshake, and data that is not changed)", e);
  }

  /// A failure whose words are complete.
  static final class Said extends IOException {
    private static final long serialVersionUID = 1L;

    Said(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  static IOException failure(String message, @Nullable Throwable cause) {
    return new Said(message, cause);
  }

  private static boolean has(String text, String word) {
    return text.toLowerCase(Locale.ROOT).contains(word);
  }

  /// What an error says, on one line.
  private static String said(Throwable e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("").strip();
  }

  private static String inWords(Duration time) {
    return time.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
