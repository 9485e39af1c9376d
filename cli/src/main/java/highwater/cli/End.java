package highwater.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A source or a sink as the command line names it.
sealed interface End {
  /// What messages call it.
  String name();

  /// The name that a file made of it in a folder gets, or an empty string where it has none.
  default String fileName() {
    return "";
  }

  /// Whether it names a folder or a prefix, in which the result is to get the source's name.
  default boolean endsInSlash() {
    return false;
  }

  /// One that is a connection of its own: made, or waited for.
  sealed interface Connection extends End {}

  /// Whether it is a [Database]; asked of every end of every run, so it does without that class.
  default boolean isDatabase() {
    return false;
  }

  /// The word `-`, or no word at all: stdin as a source, stdout as a sink.
  record Stdio(String name) implements End {
    static final Stdio IN = new Stdio("stdin");
    static final Stdio OUT = new Stdio("stdout");
  }

  /// A path; `name` is as it was written.
  record File(String name, Path path) implements End {
    /// Makes a file of a word; throws where this locale cannot read or write the name.
    static File of(String name) throws CommandException {
      // The JVM reads words as the locale says and puts U+FFFD where that fails: the name of another file.
      if (name.indexOf('\uFFFD') >= 0) {
        throw CommandException.usage(
            name
                + ": the name is not UTF-8, and its bytes are lost here (expected: a name in UTF-8; go through the"
                + " shell: … > NAME, < NAME)");
      }
      try {
        return new File(name, Path.of(name));
      } catch (InvalidPathException e) {
        throw CommandException.usage(
            name + ": no name of a file here: " + e.getReason() + " (try: LC_ALL=C.UTF-8 highwater …)");
      }
    }

    @Override
    public String fileName() {
      var last = path.getFileName();
      return last == null ? "" : last.toString();
    }

    @Override
    public boolean endsInSlash() {
      return name.endsWith("/") || name.endsWith(java.io.File.separator);
    }
  }

  /// A program that is started: `exec:PROGRAM ARGS`, without a shell, or `sh:SCRIPT`.
  ///
  /// @param name the word, as written
  /// @param words the program and its arguments
  record Program(String name, List<String> words) implements End {
    /// Makes one of a whole word.
    static Program of(String word) throws CommandException {
      int colon = word.indexOf(':');
      String rest = colon < 0 ? "" : word.substring(colon + 1);
      if (rest.isBlank()) {
        throw CommandException.usage(word + ": no program (expected: exec:'PROGRAM ARGS' or sh:'SCRIPT')");
      }
      if (word.indexOf('\uFFFD') >= 0) {
        throw CommandException.usage(
            word + ": a word of it is not UTF-8, and its bytes are lost here (expected: UTF-8; put it into a script)");
      }
      boolean shell = word.startsWith(StageName.SH.word);
      return new Program(word, shell ? List.of("/bin/sh", "-c", rest) : split(word, rest));
    }

    /// What only a shell understands, as a word of its own and without quotes.
    private static final Set<String> SHELL =
        Set.of("|", "||", "&", "&&", ";", "<", ">", ">>", "2>", "2>&1", "|&", "<<<");

    /// Splits as a shell does, without expanding anything: at blanks, but for what is in quotes or behind a backslash.
    private static List<String> split(String word, String text) throws CommandException {
      for (String plain : text.split("\\s+", -1)) {
        if (SHELL.contains(plain)) {
          throw CommandException.usage(
              word
                  + ": "
                  + plain
                  + " is for a shell, and exec: starts none (expected: sh:'…'; or "
                  + plain
                  + " in quotes)");
        }
      }
      var words = new ArrayList<String>();
      var current = new StringBuilder();
      boolean inWord = false;
      char quote = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quote == 0 && Character.isWhitespace(c)) {
          if (inWord) words.add(current.toString());
          current.setLength(0);
          inWord = false;
          continue;
        }
        inWord = true;
        if (quote == 0 && (c == '\'' || c == '"')) quote = c;
        else if (c == quote) quote = 0;
        else if (c == '\\' && quote != '\'' && i + 1 < text.length()) current.append(text.charAt(++i));
        else current.append(c);
      }
      if (quote != 0) throw CommandException.usage(word + ": the quote " + quote + " is not closed (expected: two)");
      if (inWord) words.add(current.toString());
      return words;
    }
  }

  /// What is behind `http://…` or `https://…`.
  ///
  /// @param name the address without what may be secret
  record Url(String name, URI uri) implements End {
    /// Makes one of a whole word; a password in it is refused, for the word stands in the system's list of processes.
    static Url of(String word) throws CommandException {
      URI uri;
      try {
        uri = new URI(word);
      } catch (URISyntaxException e) {
        throw CommandException.usage(
            shown(word) + ": no address: " + e.getReason() + " (expected: https://HOST/PATH, with %20 for a blank)");
      }
      if (uri.getRawUserInfo() != null || (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0)) {
        throw CommandException.usage(
            shown(word)
                + ": a user and password in a word are seen by everybody on this machine (expected: --header @FILE,"
                + " with the line Authorization: … in a file that only you can read)");
      }
      if (uri.getHost() == null) {
        throw CommandException.usage(shown(word) + ": no host (expected: https://HOST/PATH)");
      }
      return new Url(shown(word), uri);
    }

    /// The address without user, password and what stands behind `?`.
    private static String shown(String word) {
      int query = word.indexOf('?');
      String shown = query < 0 ? word : word.substring(0, query) + "?…";
      int authority = shown.indexOf("//") + 2;
      int slash = shown.indexOf('/', authority);
      int at = shown.lastIndexOf('@', slash < 0 ? shown.length() : slash);
      return at < authority ? shown : shown.substring(0, authority) + "…@" + shown.substring(at + 1);
    }

    @Override
    public String fileName() {
      String path = uri.getPath();
      return path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /// An object of S3: `s3://BUCKET/KEY`.
  ///
  /// @param name the word, as written
  record Stored(String name, String bucket, String key) implements End {
    /// Makes one of a whole word.
    static Stored of(String word) throws CommandException {
      String rest = word.startsWith("s3://") ? word.substring("s3://".length()) : "";
      int slash = rest.indexOf('/');
      if (slash <= 0 || rest.substring(0, slash).indexOf('@') >= 0) {
        throw CommandException.usage(
            (rest.indexOf('@') < 0 ? word : "s3://…")
                + ": no object (expected: s3://BUCKET/KEY; credentials come from the environment or ~/.aws)");
      }
      return new Stored(word, rest.substring(0, slash), rest.substring(slash + 1));
    }

    @Override
    public String fileName() {
      return key.substring(key.lastIndexOf('/') + 1);
    }

    @Override
    public boolean endsInSlash() {
      return key.isEmpty() || key.endsWith("/");
    }
  }

  /// A place that is connected to: `tcp://HOST:PORT` or `tls://HOST:PORT`.
  ///
  /// @param name the word, as written
  /// @param tls whether the connection is encrypted
  /// @param host a name or an address, without the brackets of IPv6
  record Socket(String name, boolean tls, String host, int port) implements Connection {
    private static final int PORT_MAX = 65_535;

    /// All addresses of this machine, those of IPv6 too.
    private static final String ALL = "0.0.0.0";

    /// Makes one of a whole word.
    static Socket of(String word) throws CommandException {
      int colon = word.indexOf(':');
      String scheme = word.substring(0, colon).toLowerCase(Locale.ROOT);
      String at = word.substring(colon + 1);
      if (at.indexOf('@') >= 0) {
        throw CommandException.usage(
            masked(word)
                + ": a user and a password in a word are seen by everybody on this machine, and a socket takes none"
                + " (expected: "
                + scheme
                + "://HOST:PORT)");
      }
      if (!at.startsWith("//")) throw unusable(word, scheme, "no slashes");
      at = at.substring(2);
      int portColon = at.lastIndexOf(':');
      if (portColon < 0 || at.endsWith("]")) throw unusable(word, scheme, "no port");
      String host = at.substring(0, portColon);
      boolean brackets = host.startsWith("[") && host.endsWith("]");
      if (brackets) host = host.substring(1, host.length() - 1);
      if (!brackets && host.indexOf(':') >= 0) throw unusable(word, scheme, "an address of IPv6 without brackets");
      if (scheme.endsWith("-listen") && (host.isEmpty() || host.equals("*"))) host = ALL;
      if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '/')) {
        throw unusable(word, scheme, "no host");
      }
      return new Socket(word, scheme.startsWith("tls"), host, port(word, scheme, at.substring(portColon + 1)));
    }

    private static int port(String word, String scheme, String text) throws CommandException {
      int port = 0;
      for (int i = 0; i < text.length() && port <= PORT_MAX; i++) {
        int digit = text.charAt(i) - '0';
        port = digit < 0 || digit > 9 ? PORT_MAX + 1 : port * 10 + digit;
      }
      int least = scheme.endsWith("-listen") && !text.isEmpty() ? 0 : 1;
      if (port < least || port > PORT_MAX) throw unusable(word, scheme, "no port from " + least + " to 65535");
      return port;
    }

    private static CommandException unusable(String word, String scheme, String why) {
      return CommandException.usage(
          word + ": " + why + " (expected: " + scheme + "://HOST:PORT, as in " + scheme + "://localhost:7000)");
    }
  }

  /// A place where one connection is waited for: `tcp-listen://HOST:PORT` or `tls-listen://HOST:PORT`.
  ///
  /// @param name the word, as written
  /// @param tls whether the connection is encrypted
  /// @param host an address of this machine, without the brackets of IPv6
  /// @param port 0 where any free one will do
  record Listening(String name, boolean tls, String host, int port) implements Connection {
    /// Makes one of a whole word.
    static Listening of(String word) throws CommandException {
      var place = Socket.of(word);
      return new Listening(word, place.tls, place.host, place.port);
    }
  }

  /// A Unix domain socket that is connected to: `unix:PATH`.
  ///
  /// @param name the word, as written
  record UnixSocket(String name, Path path) implements Connection {
    /// Makes one of a whole word.
    static UnixSocket of(String word) throws CommandException {
      return new UnixSocket(word, path(word, "unix"));
    }

    private static Path path(String word, String scheme) throws CommandException {
      String path = word.substring(word.indexOf(':') + 1);
      if (!path.isEmpty()) return File.of(path).path();
      throw CommandException.usage(
          word + ": no path (expected: " + scheme + ":PATH, as in " + scheme + ":/run/it.sock)");
    }
  }

  /// A Unix domain socket that is made, and at which one connection is waited for: `unix-listen:PATH`.
  ///
  /// @param name the word, as written
  record UnixListening(String name, Path path) implements Connection {
    /// Makes one of a whole word.
    static UnixListening of(String word) throws CommandException {
      return new UnixListening(word, UnixSocket.path(word, "unix-listen"));
    }
  }

  /// A database: `jdbc:…`, or `postgres-copy:…`, which is PostgreSQL by its COPY.
  ///
  /// @param name the word without what stands behind `?`
  /// @param url the address as its driver takes it
  /// @param copies whether COPY moves the rows
  record Database(String name, String url, boolean copies) implements End {
    private static final Pattern SECRET =
        Pattern.compile("[?&;:][^=&;]*(?:pass|pwd|secret)[^=&;]*=|//[^/?]*@", Pattern.CASE_INSENSITIVE);

    /// Makes one of a whole word; a password in it is refused, for the word stands in the system's list of processes.
    static Database of(String word) throws CommandException {
      int colon = word.indexOf(':');
      String rest = word.substring(colon + 1);
      boolean copies = !word.substring(0, colon).equalsIgnoreCase("jdbc");
      int parameters = word.indexOf('?');
      if (parameters < 0) parameters = word.indexOf(';');
      String name = parameters < 0 ? word : word.substring(0, parameters + 1) + "…";
      if (SECRET.matcher(word).find()) {
        int at = name.lastIndexOf('@');
        throw CommandException.usage(
            (at < 0 ? name : word.substring(0, colon + 1) + "//…@" + name.substring(at + 1))
                + ": a password in a word is seen by everybody on this machine (expected: PGPASSWORD in the"
                + " environment, or a line in ~/.pgpass; the user as ?user=NAME)");
      }
      if (!copies && rest.isBlank()) {
        throw CommandException.usage(
            word + ": no database (expected: jdbc:sqlite:FILE or jdbc:postgresql://HOST/DATABASE)");
      }
      return new Database(name, (copies ? "jdbc:postgresql:" : "jdbc:") + rest, copies);
    }

    @Override
    public boolean isDatabase() {
      return true;
    }
  }

  /// The word without the user and the password that may stand in it.
  static String masked(String word) {
    int at = word.lastIndexOf('@');
    int colon = word.indexOf(':');
    return at < 0 || colon < 0 ? word : word.substring(0, colon) + "://…" + word.substring(at);
  }

  /// The end that `word` is as a tee's or another second sink, and everywhere else where a stage is not meant.
  static End of(String word) throws CommandException {
    int length = Route.schemeLength(word);
    return switch (word.substring(0, length).toLowerCase(Locale.ROOT)) {
      case "exec", "sh" -> Program.of(word);
      case "http", "https" -> Url.of(word);
      case "s3" -> Stored.of(word);
      case "tcp", "tls" -> Socket.of(word);
      case "tcp-listen", "tls-listen" -> Listening.of(word);
      case "unix" -> UnixSocket.of(word);
      case "unix-listen" -> UnixListening.of(word);
      case "jdbc", "postgres-copy" -> Database.of(word);
      default -> File.of(word);
    };
  }
}
