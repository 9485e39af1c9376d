package highwater.cli;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// The options of `pipe`, checked.
///
/// @param mode what becomes of a sink that exists
/// @param sync whether the run ends only when the result is on the disk
/// @param markBytes the size of chunks that are read, 0 where it was not given
/// @param sizeBytes what stdin will give, -1 where it was not given
/// @param expectBytes what the sources must give, -1 where it was not given
/// @param expectSha256 the digest of what the sources must give, or null
/// @param explain whether to print the plan and run nothing
/// @param report whether a report is wanted
/// @param reportFile where it goes, null for stderr
/// @param json whether it is JSON
/// @param progress when there is a progress line
/// @param quiet whether remarks are left out
/// @param peers what is said of servers
record Settings(
    Mode mode,
    boolean sync,
    int markBytes,
    long sizeBytes,
    long expectBytes,
    @Nullable String expectSha256,
    boolean explain,
    boolean report,
    @Nullable ReportFile reportFile,
    boolean json,
    Progress progress,
    boolean quiet,
    Peers peers) {
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

  private static final long MARK_BYTES_MAX = 1 << 30;

  /// Checks the options.
  static Settings of(Options options) throws CommandException {
    String report = options.value(Flag.REPORT);
    return new Settings(
        mode(options),
        options.has(Flag.SYNC),
        mark(options),
        size(options, Flag.SIZE),
        size(options, Flag.EXPECT_BYTES),
        sha256(options),
        options.has(Flag.EXPLAIN),
        report != null || options.has(Flag.JSON),
        report == null || report.isEmpty() ? null : new ReportFile(End.File.of(report).path()),
        options.has(Flag.JSON),
        progress(options),
        options.has(Flag.QUIET),
        Peers.of(options));
  }

  /// Refuses what says nothing to the ends of `route`, for it would be taken for heard.
  void checkFit(Route route) throws CommandException {
    var written = Plan.written(route);
    boolean intoFile = written.stream().anyMatch(end -> end instanceof End.File || end instanceof End.Stdio);
    if (!intoFile) {
      if (mode == Mode.APPEND) throw misplaced(Flag.APPEND, "a file as the sink");
      if (mode == Mode.IN_PLACE) throw misplaced(Flag.IN_PLACE, "a file as the sink");
      if (sync) throw misplaced(Flag.SYNC, "a file as the sink");
    }
    var ends = new ArrayList<>(written);
    ends.addAll(route.sources());
    boolean http = ends.stream().anyMatch(end -> end instanceof End.Url);
    if (!http && !peers.headers().isEmpty()) throw misplaced(Flag.HEADER, "an http:// or https:// end");
    if (peers.post() && written.stream().noneMatch(end -> end instanceof End.Url)) {
      throw misplaced(Flag.POST, "an http:// or https:// sink");
    }
    if (ends.stream().anyMatch(end -> end instanceof End.Stored)) return;
    if (peers.endpoint() != null) throw misplaced(Flag.ENDPOINT_URL, "an s3:// end");
    if (peers.partBytes() > 0) throw misplaced(Flag.PART_SIZE, "an s3:// end");
    if (peers.parts() > 0) throw misplaced(Flag.PARTS, "an s3:// end");
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
