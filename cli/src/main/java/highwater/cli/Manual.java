package highwater.cli;

import highwater.lab.Lab;
import java.util.ArrayList;
import java.util.List;

/// The description of the command, from which help, manual page and reference are made.
final class Manual {
  /// What the command is, in one sentence.
  static final String SUMMARY = "moves bytes through stages with back pressure, in constant memory";

  /// A heading and what stands under it.
  record Section(String title, List<Entry> entries) {}

  /// A term and its explanation; without a term, a paragraph.
  record Entry(String term, String text) {}

  private Manual() {}

  /// What `highwater --help` says.
  static List<Section> overview() {
    var commands = new ArrayList<Entry>();
    for (Command command : Command.values()) {
      commands.add(new Entry((command.word + " " + command.operands).strip(), command.help));
    }
    var options = new ArrayList<Entry>();
    for (Flag flag : Flag.values()) if (flag.isGeneral()) options.add(option(flag));
    return List.of(
        new Section("Usage", List.of(new Entry("", "highwater COMMAND [WORD…] [OPTION…]"))),
        new Section("Commands", commands),
        new Section("Options", options),
        examples(),
        new Section(
            "More", List.of(new Entry("", "highwater help pipe tells the stages, all options and the exit codes."))));
  }

  /// What `highwater help pipe`, the manual page and the reference say.
  static List<Section> pipe() {
    return List.of(
        new Section("Usage", List.of(new Entry("", "highwater pipe [SOURCE…] [STAGE…] [SINK] [OPTION…]"))),
        words(),
        ends(),
        stages(),
        options(),
        sizes(),
        files(),
        exitCodes(),
        examples());
  }

  /// The subcommands of `highwater lab` and their options, for the manual page.
  static List<Entry> lab() {
    var entries = new ArrayList<Entry>();
    for (var command : Lab.commands()) {
      entries.add(new Entry(command.line(), command.help()));
      for (var option : command.options()) entries.add(new Entry(option.synopsis(), option.help()));
    }
    return entries;
  }

  private static Section words() {
    return new Section(
        "Words",
        List.of(
            new Entry(
                "SOURCE",
                "A path, - for stdin, or another end (below). Words before the first stage are sources, read one after"
                    + " another; without any, the source is stdin."),
            new Entry(
                "STAGE",
                "A stage's name, perhaps with :VALUE and ,KEY=VALUE. It wins over a file of that name: write ./gzip for"
                    + " the file."),
            new Entry(
                "SINK",
                "A path, - for stdout, or another end; without one after the last stage, the sink is stdout, which for"
                    + " compressed bytes must not be a terminal. A sink that ends in / is a folder: the file in it gets"
                    + " the source's name, with the stages' suffixes put on or taken off; so does an s3: key that ends"
                    + " in /. A name without / \\ or . is refused, because it may be a mistyped stage: write ./OUT."),
            new Entry(
                "",
                "Without a stage there are exactly a source and a sink. A file whose name begins like another end is"
                    + " written ./s3:…. C:\\ and C:/ begin a path. Options stand anywhere; after -- all is words.")));
  }

  private static Section ends() {
    var entries = new ArrayList<Entry>();
    for (EndName end : EndName.values()) entries.add(new Entry(end.form, end.help));
    entries.add(
        new Entry(
            "",
            "A program is a source as the first word, a sink as the last, a stage between; its words are split at"
                + " blanks, quotes and backslashes keep them together, nothing is expanded. An exit code other than 0"
                + " fails the run; what a program says on stderr is in the line then, else it follows as remarks."
                + " Proxies come from http_proxy, https_proxy and no_proxy; credentials of S3 from the environment,"
                + " ~/.aws or the machine's role. An address or an object that is there already is replaced, when all"
                + " has succeeded: --force, --append, --in-place and --sync are for files. highwater ends tells how"
                + " each end knows that its data is whole."));
    entries.add(
        new Entry(
            "",
            "A socket that is read is sent nothing, and what comes from one that is written is dropped. When all is"
                + " sent, this side is ended, and the run waits for the other side's end (--send-only does not wait):"
                + " the best sign that it took everything, but no proof. One that sends on and on without taking a byte"
                + " or ending is given up after twelve times --idle-timeout. A run that fails or is cancelled resets"
                + " the connection, so that the other side does not take what it has for whole; a Unix domain socket"
                + " has no reset."));
    entries.add(
        new Entry(
            "",
            "Databases: a jdbc: address is that of the driver: jdbc:sqlite:FILE, a file that is there, or"
                + " jdbc:postgresql://HOST:PORT/DATABASE?user=NAME; behind postgres-copy: stands the same without"
                + " jdbc:postgresql:. PGUSER, PGPASSWORD, PGSSLMODE and ~/.pgpass are heard, and where the address has"
                + " no //, PGHOST, PGPORT and PGDATABASE; a password in a word is refused. In CSV the first line names"
                + " the columns, nothing between commas is null, \"\" is empty text. jdbc: takes columns in any order"
                + " and leaves out; postgres-copy: wants the table's in their order, or those of --table 'NAME (COLUMN,"
                + " …)'. All rows are one transaction, which is undone when anything fails, the run is interrupted or"
                + " killed. Rows are counted in messages from the first behind the names."));
    entries.add(
        new Entry(
            "",
            "A run that is killed (kill -9) while it uploads leaves no object, but the parts of its upload, which cost"
                + " money: aws s3api list-multipart-uploads --bucket BUCKET lists them, aws s3api"
                + " abort-multipart-upload removes one, and a rule AbortIncompleteMultipartUpload of the bucket removes"
                + " all after some days."));
    return new Section("Ends", entries);
  }

  private static Section stages() {
    var entries = new ArrayList<Entry>();
    for (StageName stage : StageName.values()) entries.add(new Entry(stage.word + stage.form, stage.help));
    entries.add(
        new Entry(
            "",
            "gzip and deflate take workers=N (2), the blocks compressed at one time, and block=SIZE (256KiB), as in"
                + " gzip:9,workers=4 or, without a level, gzip,block=1MiB; zstd takes workers=N and long=WINDOWLOG, lz4"
                + " block=SIZE. unzstd takes long=WINDOWLOG (27), unxz memory=SIZE (66MiB), decompress both. Stages"
                + " that decompress take max=SIZE and ratio=N: more output than that, or more than N (1000) times the"
                + " input once 1 GiB came out, is taken for a bomb. tar and zip come first, behind one folder; untar"
                + " and unzip last, before the folder they fill, whose name may be a bare word. They take names=SIZE"
                + " (16MiB), the memory for names of folders, zip directory=SIZE (16MiB), for its list of entries,"
                + " untar and unzip entries=N (262144), max=SIZE and ratio=N. The results of hash and count are lines"
                + " on stderr: the stage, the result."));
    return new Section("Stages", entries);
  }

  private static Section options() {
    var entries = new ArrayList<Entry>();
    for (Flag flag : Flag.values()) entries.add(option(flag));
    return new Section("Options", entries);
  }

  private static Entry option(Flag flag) {
    String letter = flag.letter();
    return new Entry(letter == null ? flag.synopsis() : "-" + letter + ", " + flag.synopsis(), flag.help);
  }

  private static Section sizes() {
    return new Section(
        "Sizes",
        List.of(
            new Entry(
                "",
                "A whole number and a unit, as GNU writes them: 10MB is 10 × 1000 × 1000 bytes, 10M and 10MiB are 10 ×"
                    + " 1024 × 1024. Units: B, K, M, G, T, P, E. A rate is a size, with or without /s.")));
  }

  private static Section files() {
    return new Section(
        "Files",
        List.of(
            new Entry(
                "",
                "A sink that is a regular file, or not there yet, is written as .NAME.highwater-PID beside it and"
                    + " renamed when all has succeeded; after a failure or a signal it is the old file or not there."
                    + " What a killed run (kill -9) leaves is reported by the next run to the same sink, and removed"
                    + " with --force. A folder is unpacked into .NAME.highwater-PID, beside it or, where it is there"
                    + " already, in it, and moved into place when the whole archive was sound; files that are there"
                    + " already are refused, or replaced with --force. Nothing is written outside it, whatever names"
                    + " and links an archive has; a killed run leaves .NAME.highwater-PID, which the next run to the"
                    + " same folder reports, and rm -r removes. A device, FIFO, socket or /dev/fd/N is opened and"
                    + " written as it is.")));
  }

  private static Section exitCodes() {
    var entries = new ArrayList<Entry>();
    for (ExitCode code : ExitCode.values()) entries.add(new Entry(Integer.toString(code.number), code.meaning));
    return new Section("Exit codes", entries);
  }

  private static Section examples() {
    return new Section(
        "Examples",
        List.of(
            new Entry("highwater pipe huge.log gzip huge.log.gz", "Compress a file."),
            new Entry("highwater pipe a.log b.log gzip logs/all.gz", "Compress two files as one."),
            new Entry("pg_dump shop | highwater pipe gzip:9 hash:sha256 ./shop.gz", "From a pipe, with a digest."),
            new Entry("highwater pipe in.gz gunzip - | wc -l", "Into a pipe."),
            new Entry(
                "highwater pipe exec:'pg_dump shop' gzip s3://backups/shop.gz",
                "A dump into S3: where the dump fails, no object appears."),
            new Entry(
                "highwater pipe --follow app.log exec:'grep --line-buffered ERROR'",
                "Errors as they come, also after a rotation, until Ctrl-C."),
            new Entry(
                "highwater pipe orders.csv jdbc:sqlite:shop.db --table orders", "Rows into a table: all or none."),
            new Entry(
                "highwater pipe jdbc:sqlite:shop.db --query 'select * from orders' gzip ./orders.csv.gz",
                "A query, compressed."),
            new Entry(
                "highwater pipe jdbc:sqlite:shop.db --query 'select * from orders' postgres-copy://db/shop --table"
                    + " orders",
                "From one database into another."),
            new Entry("highwater pipe photos tar zstd hash:sha256 ./photos.tar.zst", "Pack a folder."),
            new Entry("highwater pipe https://host/in.tar.xz decompress untar out", "Download and unpack."),
            new Entry(
                "highwater pipe in.iso throttle:10MB/s /mnt/usb/ --sync", "Slowly, into a folder, to the disk.")));
  }
}
