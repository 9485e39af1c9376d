package highwater.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The options about servers, checked; null stands for the library's own default.
///
/// @param connect how long a connection may take to come about
/// @param idle how long a peer may keep quiet
/// @param total how long a transfer may take
/// @param retries how often an interrupted download goes on where it broke off
/// @param headers the lines for HTTP requests, `NAME: VALUE`
/// @param post whether an HTTP sink is sent with POST, not PUT
/// @param endpoint who answers for S3
/// @param partBytes the size of an upload's parts, 0 where it was not given
/// @param parts how many parts are in flight, 0 where it was not given
/// @param tlsCa the certificates that are trusted instead of the JDK's
/// @param tlsName the name that a certificate must be for instead of the host's
/// @param tlsCert the certificate that this side shows, or null
/// @param tlsKey its key, or null
/// @param tlsClientCa the certificates one of which must have signed a client's, or null where none is asked for
/// @param sendOnly whether a socket as the sink is done without its peer's end
record Peers(
    @Nullable Duration connect,
    @Nullable Duration idle,
    @Nullable Duration total,
    @Nullable Integer retries,
    List<Header> headers,
    boolean post,
    @Nullable URI endpoint,
    int partBytes,
    int parts,
    @Nullable String tlsCa,
    @Nullable String tlsName,
    @Nullable String tlsCert,
    @Nullable String tlsKey,
    @Nullable String tlsClientCa,
    boolean sendOnly) {
  /// One line of an HTTP request.
  record Header(String name, String value) {
    /// Values of such headers let others in; they are never shown.
    private static final Set<String> SECRET =
        Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "private-token");

    static Header of(String where, String line) throws CommandException {
      int colon = line.indexOf(':');
      for (int i = 0; i < line.length(); i++) {
        if (line.charAt(i) < ' ' || line.charAt(i) > '~') {
          throw CommandException.usage(
              where + ": a header is ASCII without control characters (expected: 'NAME: VALUE')");
        }
      }
      if (colon < 1) throw CommandException.usage(where + ": no header (expected: 'NAME: VALUE')");
      return new Header(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
    }

    boolean isSecret() {
      return SECRET.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Without its value.
    @Override
    public String toString() {
      return name + ": …";
    }
  }

  private static final int RETRIES_MAX = 1000;
  private static final int PARTS_MAX = 64;
  private static final long PART_BYTES_MAX = 1 << 30;

  /// Checks the options.
  static Peers of(Options options) throws CommandException {
    return new Peers(
        Durations.parse("--connect-timeout", options.value(Flag.CONNECT_TIMEOUT)),
        Durations.parse("--idle-timeout", options.value(Flag.IDLE_TIMEOUT)),
        Durations.parse("--timeout", options.value(Flag.TIMEOUT)),
        number(options, Flag.RETRIES, 0, RETRIES_MAX),
        headers(options),
        options.has(Flag.POST),
        endpoint(options),
        partBytes(options),
        orZero(number(options, Flag.PARTS, 1, PARTS_MAX)),
        options.value(Flag.TLS_CA),
        options.value(Flag.TLS_NAME),
        options.value(Flag.TLS_CERT),
        options.value(Flag.TLS_KEY),
        options.value(Flag.TLS_CLIENT_CA),
        options.has(Flag.SEND_ONLY));
  }

  /// Whether anything is said of sockets alone.
  boolean speaksOfSockets() {
    boolean ofTls = tlsCa != null || tlsName != null || tlsCert != null || tlsKey != null || tlsClientCa != null;
    return ofTls || sendOnly;
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  private static @Nullable Integer number(Options options, Flag flag, int least, int most) throws CommandException {
    String text = options.value(flag);
    if (text == null) return null;
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw CommandException.usage("--" + flag.word + ": " + text + " (expected: " + least + " to " + most + ")");
  }

  private static int partBytes(Options options) throws CommandException {
    String text = options.value(Flag.PART_SIZE);
    if (text == null) return 0;
    long bytes = Sizes.parsePositive("--part-size", text);
    if (bytes > PART_BYTES_MAX) throw CommandException.usage("--part-size: " + text + " (expected: at most 1GiB)");
    return (int) bytes;
  }

  /// What servers take of headers, many times over.
  private static final int HEADERS_MAX_BYTES = 64 << 10;

  private static List<Header> headers(Options options) throws CommandException {
    String lines = options.value(Flag.HEADER);
    if (lines == null) return List.of();
    var headers = new ArrayList<Header>();
    for (String line : lines.split("\0", -1)) {
      if (line.startsWith("@")) {
        headers.addAll(headersOf(line.substring(1)));
        continue;
      }
      var header = Header.of("--header", line);
      if (header.isSecret()) {
        throw CommandException.usage(
            "--header "
                + header
                + ": a secret in a word is seen by everybody on this machine (expected: --header @FILE, with that line"
                + " in a file that only you can read)");
      }
      headers.add(header);
    }
    return headers;
  }

  private static List<Header> headersOf(String file) throws CommandException {
    var headers = new ArrayList<Header>();
    try (var in = Files.newInputStream(Path.of(file))) {
      var bytes = in.readNBytes(HEADERS_MAX_BYTES + 1);
      if (bytes.length > HEADERS_MAX_BYTES) {
        throw CommandException.usage(
            "--header: more than 64 KiB in " + file + " (expected: a file of lines NAME: VALUE; check its name)");
      }
      for (String line :
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().lines().toList()) {
        if (!line.isBlank()) headers.add(Header.of("--header @" + file, line));
      }
    } catch (IOException e) {
      throw CommandException.usage(
          "--header: cannot read " + file + " (expected: a file of UTF-8 lines NAME: VALUE; check its name)");
    }
    return headers;
  }

  private static @Nullable URI endpoint(Options options) throws CommandException {
    String text = options.value(Flag.ENDPOINT_URL);
    if (text == null) return null;
    try {
      var uri = new URI(text);
      boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      if (http && uri.getHost() != null && uri.getRawUserInfo() == null) return uri;
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw CommandException.usage("--endpoint-url: no address of a server (expected: https://HOST or http://HOST:PORT)");
  }
}
