package highwater.cli;

/// The kinds of ends, each with all that the help and `highwater ends` say of it.
enum EndName {
  FILE(
      "PATH",
      "A file, FIFO or device; what its name then holds is whole.",
      "source: its last byte; sink: it gets its name when all has succeeded",
      "highwater pipe in.log gzip ./out.gz",
      ""),
  FOLDER(
      "FOLDER",
      "A folder: a source before tar or zip, a sink behind untar or unzip.",
      "source: each file as long as when it was opened; sink: it gets its name, or its new files, when all has"
          + " succeeded",
      "highwater pipe photos/ tar zstd ./photos.tar.zst",
      "highwater.archive.Folder"),
  STDIO(
      "-",
      "stdin as the source, stdout as the sink.",
      "cannot know: a producer that dies before | looks like one that ends; say exec: or --expect-bytes",
      "producer | highwater pipe gzip > out.gz",
      ""),
  EXEC(
      "exec:PROGRAM ARGS",
      "A program, started without a shell: its stdout as a source, its stdin as a sink, both as a stage.",
      "its exit code is 0",
      "highwater pipe exec:'pg_dump shop' gzip ./shop.gz",
      "highwater.process.ProcessStreams"),
  SH(
      "sh:SCRIPT",
      "The same for a script of /bin/sh.",
      "its exit code is 0",
      "highwater pipe sh:'tar c . | cat' zstd ./all.tar.zst",
      "highwater.process.ProcessStreams"),
  HTTP(
      "http://… https://…",
      "GET as a source, which goes on where it broke off; PUT (or --post) as a sink.",
      "source: its length or its last chunk; sink: an answer of 2xx",
      "highwater pipe https://host/big.iso ./big.iso --expect-sha256 HEX",
      "highwater.http.HttpStreams"),
  S3(
      "s3://BUCKET/KEY",
      "An object of S3, or of a server that speaks like it (--endpoint-url).",
      "source: its length, of one version; sink: it appears when all has succeeded",
      "highwater pipe exec:'./dump' gzip s3://backups/dump.gz",
      "highwater.s3.S3Streams"),
  TCP(
      "tcp://HOST:PORT",
      "A connection to a server: what it sends as a source, what it is sent as a sink.",
      "source: the other side has ended, and a process that died looks the same: --expect-bytes; sink: all is sent and"
          + " the other side has ended too (--send-only: all is sent)",
      "highwater pipe db.dump zstd tcp://10.0.0.2:7000",
      "highwater.net.NetStreams"),
  TLS(
      "tls://HOST:PORT",
      "The same encrypted; the server's certificate must be trusted here (--tls-ca) and be for HOST (--tls-name).",
      "source: the other side has said that it ends (close_notify); sink: as tcp:",
      "highwater pipe tls://logs.example.com:6514 gzip ./logs.gz",
      "highwater.net.NetStreams"),
  UNIX(
      "unix:PATH",
      "The same over a Unix domain socket.",
      "as tcp:; the other side sees a failed run as an end",
      "highwater pipe unix:/run/events.sock ./events.log",
      "highwater.net.NetStreams"),
  TCP_LISTEN(
      "tcp-listen://HOST:PORT",
      "Waits at an address of this machine (none or *: all) for one connection, then lets nobody else in; port 0: any.",
      "as tcp:",
      "highwater pipe tcp-listen://:7000 unzstd ./db.dump",
      "highwater.net.NetStreams"),
  TLS_LISTEN(
      "tls-listen://HOST:PORT",
      "The same encrypted, with a certificate and its key (--tls-cert, --tls-key).",
      "as tls:",
      "highwater pipe tls-listen://:7000 --tls-cert host.pem --tls-key host.key unzstd ./db.dump",
      "highwater.net.NetStreams"),
  UNIX_LISTEN(
      "unix-listen:PATH",
      "The same at a Unix domain socket that it makes, and removes when somebody has come; PATH must be free.",
      "as unix:",
      "highwater pipe unix-listen:/run/events.sock gzip ./events.gz",
      "highwater.net.NetStreams"),
  JDBC(
      "jdbc:ADDRESS",
      "A database: as a source its rows as CSV (--rows json: JSON) of --query or --table, as a sink CSV into --table.",
      "source: the database has given its last row; sink: committed when all has succeeded, else nothing stays",
      "highwater pipe ./orders.csv jdbc:sqlite:shop.db --table orders",
      "highwater.jdbc.JdbcStreams"),
  POSTGRES_COPY(
      "postgres-copy:ADDRESS",
      "PostgreSQL by its COPY, many times faster: CSV, or --rows binary.",
      "source: the server has said that it is complete; sink: committed when all has succeeded, else nothing stays",
      "highwater pipe postgres-copy://localhost/shop --table orders zstd ./orders.csv.zst",
      "highwater.jdbc.PostgresCopy");

  /// How it is written.
  final String form;

  /// One sentence.
  final String help;

  /// How the end knows that the data is whole.
  final String whole;

  /// A command line.
  final String example;

  /// A class of the artifact it needs; empty for what is always there.
  private final String needs;

  EndName(String form, String help, String whole, String example, String needs) {
    this.form = form;
    this.help = help;
    this.whole = whole;
    this.example = example;
    this.needs = needs;
  }

  /// Whether this installation has what it needs.
  boolean isInstalled() {
    if (needs.isEmpty()) return true;
    try {
      Class.forName(needs, false, EndName.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /// What `highwater ends` prints.
  static String list() {
    var text = new StringBuilder();
    for (EndName end : values()) {
      text.append(end.form).append(end.isInstalled() ? "" : "   (not in this installation)").append('\n');
      text.append("  ").append(end.help).append('\n');
      text.append("  whole when  ").append(end.whole).append('\n');
      text.append("  example     ").append(end.example).append('\n');
    }
    var formats = new StringBuilder("formats     ");
    for (StageName stage : StageName.values()) {
      if (!stage.suffix.isEmpty() || stage == StageName.DECOMPRESS) formats.append(' ').append(stage.word);
    }
    return text.append(formats.toString().replaceAll(" +", " ").replaceFirst(" ", "  ")).append('\n').toString();
  }
}
