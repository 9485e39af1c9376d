package highwater.cli;

import org.jspecify.annotations.Nullable;

/// The options, each with all that the parser, the help, the man page and the completion say of it.
enum Flag {
  FORCE("force", "", "Replaces an existing sink, and removes the files that killed runs have left beside it."),
  APPEND("append", "", "Writes after what the sink already holds; a failure cuts that off again."),
  IN_PLACE(
      "in-place",
      "",
      "Writes into the sink itself instead of a temporary file that is renamed at the end: keeps its hard links and"
          + " needs no right to write the folder, but a failure leaves it half-written."),
  SYNC("sync", "", "Ends only when file and folder are on the disk (fsync), against loss of power."),
  MARK("mark", "SIZE", "Reads the sources in chunks of at most SIZE (64KiB)."),
  FOLLOW(
      "follow",
      "",
      "Goes on where the source, a file, grows, also under a new file of its name, as tail -F does, but from its first"
          + " byte. Ctrl-C cancels it as any run, so a file as the sink does not appear; --follow-idle ends it well."),
  FOLLOW_IDLE("follow-idle", "TIME", "Follows the source, and ends well when nothing has come for TIME."),
  FOLLOW_LINES("follow-lines", "N", "Follows the source from N lines before its end, 0 for the end."),
  SIZE("size", "SIZE", "Says how much stdin will give, for the time left on the progress line."),
  EXPECT_BYTES("expect-bytes", "SIZE", "Fails unless the sources give exactly SIZE."),
  EXPECT_SHA256("expect-sha256", "HEX", "Fails unless the SHA-256 of what the sources give is HEX."),
  HEADER(
      "header",
      "NAME:VALUE|@FILE",
      "Sends this line with HTTP requests, or the lines of FILE; may be given several times."),
  POST("post", "", "Sends an HTTP sink with POST; without it, with PUT."),
  ENDPOINT_URL("endpoint-url", "URL", "Asks this server for S3 objects, as AWS_ENDPOINT_URL_S3 does."),
  PART_SIZE("part-size", "SIZE", "Moves S3 objects in parts of SIZE, 5MiB to 512MiB (8MiB)."),
  PARTS("parts", "N", "Has at most N parts of an S3 object in flight, 1 to 64 (4)."),
  CONNECT_TIMEOUT("connect-timeout", "TIME", "Gives up when a server cannot be reached in TIME (10s)."),
  IDLE_TIMEOUT("idle-timeout", "TIME", "Gives up when a server keeps quiet for TIME (60s; a socket's peer 5min)."),
  TIMEOUT(
      "timeout",
      "TIME",
      "Gives up when a download, an upload or a program takes longer than TIME (24h), for S3 a request (1h). Files,"
          + " sockets and databases have no such limit."),
  RETRIES("retries", "N", "Goes on where an interrupted download broke off, at most N times without progress (5)."),
  TLS_CA("tls-ca", "FILE", "Trusts the certificates of FILE (PEM) and nobody else, for tls:// ends."),
  TLS_NAME(
      "tls-name",
      "NAME",
      "Takes a certificate for NAME instead of the host that a tls:// end connects to, as through a tunnel."),
  TLS_CERT(
      "tls-cert",
      "FILE",
      "Shows the certificate of FILE (PEM; those of its issuers may follow it) at tls-listen:// ends, and at tls://"
          + " ends whose server asks for one."),
  TLS_KEY("tls-key", "FILE", "Has the key of that certificate (PEM, PKCS #8, without a password)."),
  TLS_CLIENT_CA(
      "tls-client-ca",
      "FILE",
      "Lets in only a client whose certificate one of FILE (PEM) has signed, at tls-listen:// ends."),
  SEND_ONLY(
      "send-only",
      "",
      "Is done with a socket as the sink when everything is sent and the other side has been quiet for a second;"
          + " without it, when the other side has ended too."),
  QUERY("query", "SQL", "Asks a jdbc: or postgres-copy: source for the rows of SQL."),
  TABLE(
      "table", "NAME", "Writes rows into this table of the sink; where that is no database, reads it from the source."),
  ROWS(
      "rows",
      "csv|json|binary",
      "Writes and reads rows as CSV with a first line of names (csv), as an object a line (json, from jdbc: alone) or"
          + " as PostgreSQL's COPY does (binary, postgres-copy: alone)."),
  UPSERT(
      "upsert",
      "COLUMN[,COLUMN]",
      "Replaces rows of a jdbc: sink that have the same values in a unique key's columns."),
  BATCH("batch", "N", "Sends rows to a jdbc: sink N at a time (1000), or as many as make 1 MiB."),
  COMMIT_EACH("commit-each", "", "Commits a jdbc: sink batch by batch; a failure leaves the batches before it."),
  EXPLAIN("explain", "", "Prints the plan and the most bytes it can hold on stdout, and runs nothing."),
  REPORT("report", "[=FILE]", "Prints a table on stderr, or into FILE, when the run is over: times, bytes, memory."),
  JSON("json", "", "Makes the report a JSON document of one line; implies --report."),
  DASHBOARD(
      "dashboard",
      "[=PORT]",
      "Shows the run on a page for a browser on this machine, at PORT or one that is free; its link comes first on"
          + " stderr."),
  PROGRESS("progress", "auto|always|never", "Shows a progress line: auto means where stderr is a terminal."),
  STALL_AFTER("stall-after", "TIME", "Says who waits for whom when nothing moves for TIME, 0 for never (30s)."),
  QUIET("quiet", "", "No progress line and no remarks; errors, a report and the results of stages still appear."),
  DEBUG("debug", "", "Prints the stack trace of an error after its line."),
  HELP("help", "", "Prints the help, of one command if one is named."),
  VERSION("version", "", "Prints the version.");

  /// The name, without the two hyphens.
  final String word;

  /// What its value looks like: empty for none, in brackets with its `=` where it may be left out.
  final String value;

  /// One sentence.
  final String help;

  Flag(String word, String value, String help) {
    this.word = word;
    this.value = value;
    this.help = help;
  }

  /// Whether a value may follow, after `=` alone.
  boolean takesOptionalValue() {
    return value.startsWith("[");
  }

  /// Whether a value must follow, after `=` or as the next word.
  boolean takesValue() {
    return !value.isEmpty() && !takesOptionalValue();
  }

  /// How the help writes it, such as `--mark SIZE`.
  String synopsis() {
    return takesValue() ? "--" + word + " " + value : "--" + word + value;
  }

  /// The one letter that stands for it, or null.
  @Nullable String letter() {
    return switch (this) {
      case HELP -> "h";
      case VERSION -> "V";
      default -> null;
    };
  }

  /// Whether it says something to every command, not to `pipe` alone.
  boolean isGeneral() {
    return this == HELP || this == VERSION || this == DEBUG;
  }
}
