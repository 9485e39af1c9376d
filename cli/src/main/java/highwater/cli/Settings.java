package highwater.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The options of `pipe`, checked.
///
/// @param mode what becomes of a sink that exists
/// @param sync whether the run ends only when the result is on the disk
/// @param markBytes the size of chunks that are read, 0 where it was not given
/// @param follow how the source is followed, or null where it is not
/// @param sizeBytes what stdin will give, -1 where it was not given
/// @param expectBytes what the sources must give, -1 where it was not given
/// @param expectSha256 the digest of what the sources must give, or null
/// @param explain whether to print the plan and run nothing
/// @param report whether a report is wanted
/// @param reportFile where it goes, null for stderr
/// @param json whether it is JSON
/// @param dashboardPort where the page about the run is served, 0 for any port, -1 for no page
/// @param progress when there is a progress line
/// @param quiet whether remarks are left out
/// @param peers what is said of servers
/// @param tables what is said of databases, or null where nothing is
/// @param stallAfter how long nothing moves before it is said who waits for whom, null for never
record Settings(
    Mode mode,
    boolean sync,
    int markBytes,
    @Nullable Follow follow,
    long sizeBytes,
    long expectBytes,
    @Nullable String expectSha256,
    boolean explain,
    boolean report,
    @Nullable ReportFile reportFile,
    boolean json,
    int dashboardPort,
    Progress progress,
    boolean quiet,
    Peers peers,
    @Nullable Tables tables,
    @Nullable Duration stallAfter) {
  /// What becomes of a sink that exists.
  enum Mode {
    REFUSE,
    REPLACE,
    APPEND,
    IN_PLACE
  }

  /// When there is a progress line.
  enum Progress {
    AUTO,
    ALWAYS,
    NEVER
  }

  /// Without `--stall-after`; a figure of this class, so that the doctor's need not be loaded.
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final long MARK_BYTES_MAX = 1 << 30;
  private static final int PORT_MAX = 65_535;

  /// Checks the options.
  static Settings of(Options options) throws CommandException {
    String report = options.value(Flag.REPORT);
    return new Settings(
        mode(options),
        options.has(Flag.SYNC),
        mark(options),
        follow(options),
        size(options, Flag.SIZE),
        size(options, Flag.EXPECT_BYTES),
        sha256(options),
        options.has(Flag.EXPLAIN),
        report != null || options.has(Flag.JSON),
        report == null || report.isEmpty() ? null : new ReportFile(End.File.of(report).path()),
        options.has(Flag.JSON),
        dashboardPort(options),
        progress(options),
        options.has(Flag.QUIET),
        Peers.of(options),
        tables(options),
        stallAfter(options));
  }

  /// Refuses what says nothing to the ends of `route`, for it would be taken for heard.
  void checkFit(Route route) throws CommandException {
    var written = Plan.written(route);
    boolean unpacks = route.unpacking() != null;
    boolean intoFile =
        written.stream()
            .anyMatch(
                end -> (end instanceof End.File && !(unpacks && end == route.sink())) || end instanceof End.Stdio);
    if (markBytes > 0 && route.packing() != null) throw misplaced(Flag.MARK, "a source that is no folder");
    if (!intoFile) {
      if (mode == Mode.APPEND) throw misplaced(Flag.APPEND, "a file as the sink");
      if (mode == Mode.IN_PLACE) throw misplaced(Flag.IN_PLACE, "a file as the sink");
      if (sync) throw misplaced(Flag.SYNC, "a file as the sink");
    }
    boolean oneFile =
        route.sources().size() == 1 && route.sources().getFirst() instanceof End.File && route.packing() == null;
    if (follow != null && !oneFile) throw misplaced(Flag.FOLLOW, "one source, which is a file");
    var ends = new ArrayList<>(written);
    ends.addAll(route.sources());
    boolean http = ends.stream().anyMatch(end -> end instanceof End.Url);
    if (!http && !peers.headers().isEmpty()) throw misplaced(Flag.HEADER, "an http:// or https:// end");
    if (peers.post() && written.stream().noneMatch(end -> end instanceof End.Url)) {
      throw misplaced(Flag.POST, "an http:// or https:// sink");
    }
    if (peers.total() != null
        && ends.stream().noneMatch(Settings::hasTotalTime)
        && route.stages().stream().noneMatch(stage -> stage.name().isProgram())) {
      throw misplaced(Flag.TIMEOUT, "an http://, https:// or s3:// end, or a program");
    }
    // What is not asked for needs no class.
    if (peers.speaksOfSockets()) checkSockets(ends, written);
    if (tables != null || ends.stream().anyMatch(End::isDatabase)) {
      Tables.check(tables, route.sources(), written);
    }
    if (ends.stream().anyMatch(end -> end instanceof End.Stored)) return;
    if (peers.endpoint() != null) throw misplaced(Flag.ENDPOINT_URL, "an s3:// end");
    if (peers.partBytes() > 0) throw misplaced(Flag.PART_SIZE, "an s3:// end");
    if (peers.parts() > 0) throw misplaced(Flag.PARTS, "an s3:// end");
  }

  private void checkSockets(List<End> ends, List<End> written) throws CommandException {
    boolean connects = ends.stream().anyMatch(end -> end instanceof End.Socket socket && socket.tls());
    boolean listens = ends.stream().anyMatch(end -> end instanceof End.Listening place && place.tls());
    if (!connects) {
      if (peers.tlsCa() != null) throw misplaced(Flag.TLS_CA, "a tls:// end");
      if (peers.tlsName() != null) throw misplaced(Flag.TLS_NAME, "a tls:// end");
    }
    if (!connects && !listens) {
      if (peers.tlsCert() != null) throw misplaced(Flag.TLS_CERT, "a tls:// or tls-listen:// end");
      if (peers.tlsKey() != null) throw misplaced(Flag.TLS_KEY, "a tls:// or tls-listen:// end");
    }
    if (!listens && peers.tlsClientCa() != null) throw misplaced(Flag.TLS_CLIENT_CA, "a tls-listen:// end");
    if ((peers.tlsCert() == null) != (peers.tlsKey() == null)) {
      throw CommandException.usage("--tls-cert and --tls-key belong together (expected: both, or none)");
    }
    if (peers.tlsClientCa() != null && peers.tlsCert() == null) {
      throw CommandException.usage("--tls-client-ca goes with --tls-cert and --tls-key (expected: all three)");
    }
    if (peers.sendOnly() && written.stream().noneMatch(end -> end instanceof End.Connection)) {
      throw misplaced(Flag.SEND_ONLY, "a tcp://, tls:// or unix: sink, or one of those that listen");
    }
  }

  private static boolean hasTotalTime(End end) {
    return end instanceof End.Url || end instanceof End.Stored || end instanceof End.Program;
  }

  private static CommandException misplaced(Flag flag, String expected) {
    return CommandException.usage("--" + flag.word + " says nothing here (expected: " + expected + ")");
  }

  private static Mode mode(Options options) throws CommandException {
    boolean append = options.has(Flag.APPEND);
    if (append && options.has(Flag.FORCE)) throw conflict(Flag.APPEND, Flag.FORCE);
    if (append && options.has(Flag.IN_PLACE)) throw conflict(Flag.APPEND, Flag.IN_PLACE);
    if (append) return Mode.APPEND;
    if (options.has(Flag.IN_PLACE)) return Mode.IN_PLACE;
    return options.has(Flag.FORCE) ? Mode.REPLACE : Mode.REFUSE;
  }

  private static CommandException conflict(Flag one, Flag other) {
    return CommandException.usage(
        "--" + one.word + " and --" + other.word + " contradict each other (expected: one of them)");
  }

  /// Nothing is loaded for a source that is not followed.
  private static @Nullable Follow follow(Options options) throws CommandException {
    boolean follows = options.has(Flag.FOLLOW) || options.has(Flag.FOLLOW_IDLE) || options.has(Flag.FOLLOW_LINES);
    return follows ? Follow.of(options) : null;
  }

  /// Nothing is loaded for a run without a database.
  private static @Nullable Tables tables(Options options) throws CommandException {
    boolean given =
        options.has(Flag.QUERY)
            || options.has(Flag.TABLE)
            || options.has(Flag.ROWS)
            || options.has(Flag.UPSERT)
            || options.has(Flag.BATCH)
            || options.has(Flag.COMMIT_EACH);
    return given ? Tables.of(options) : null;
  }

  private static int mark(Options options) throws CommandException {
    String text = options.value(Flag.MARK);
    if (text == null) return 0;
    long bytes = Sizes.parsePositive("--mark", text);
    if (bytes > MARK_BYTES_MAX) throw CommandException.usage("--mark: " + text + " (expected: at most 1GiB)");
    return (int) bytes;
  }

  private static long size(Options options, Flag flag) throws CommandException {
    String text = options.value(flag);
    return text == null ? -1 : Sizes.parse("--" + flag.word, text);
  }

  private static @Nullable String sha256(Options options) throws CommandException {
    String hex = options.value(Flag.EXPECT_SHA256);
    if (hex == null) return null;
    boolean valid = hex.length() == 64;
    for (int i = 0; i < hex.length(); i++) valid &= Character.digit(hex.charAt(i), 16) >= 0;
    if (!valid) throw CommandException.usage("--expect-sha256: " + hex + " (expected: 64 hexadecimal digits)");
    return hex;
  }

  private static @Nullable Duration stallAfter(Options options) throws CommandException {
    String text = options.value(Flag.STALL_AFTER);
    if (text == null) return options.has(Flag.QUIET) ? null : STALL;
    return text.equals("0") ? null : Durations.parse("--stall-after", text);
  }

  private static int dashboardPort(Options options) throws CommandException {
    String text = options.value(Flag.DASHBOARD);
    if (text == null) return -1;
    if (text.isEmpty()) return 0;
    int port = 0;
    for (int i = 0; i < text.length() && port <= PORT_MAX; i++) {
      int digit = text.charAt(i) - '0';
      port = digit < 0 || digit > 9 ? PORT_MAX + 1 : port * 10 + digit;
    }
    if (port <= PORT_MAX) return port;
    throw CommandException.usage("--dashboard: " + text + " (expected: a port from 1 to 65535, or nothing for any)");
  }

  private static Progress progress(Options options) throws CommandException {
    String text = options.value(Flag.PROGRESS);
    if (text == null) return Progress.AUTO;
    return switch (text) {
      case "auto" -> Progress.AUTO;
      case "always" -> Progress.ALWAYS;
      case "never" -> Progress.NEVER;
      default -> throw CommandException.usage("--progress: " + text + " (expected: auto, always or never)");
    };
  }
}
