package highwater.bench;

import java.util.Locale;

/// What can be measured, by the names of the command line.
///
/// Needs nothing but the JDK, since [Words] reads it before anything is compiled.
enum Work {
  OBJECTS(
      "objects",
      Kind.CASE,
      20_000_000,
      "%,d boxed Longs from an iterator through map, filter, sum, on one thread; ns for one."),
  OBJECTS_AMONG_FIVE(
      "objects-among-five",
      Kind.CASE,
      20_000_000,
      "%,d boxed Longs the same way in a JVM where five other pipelines of the library are warm; ns for one."),
  PASS_THROUGH(
      "passthrough",
      Kind.CASE,
      200_000,
      "One buffer of 64 KiB, %,d times through four stages that pass it on; ns for a chunk and stage."),
  PASS_THROUGH_CLASSIC(
      "passthrough-classic",
      Kind.CASE,
      200_000,
      "One buffer of 64 KiB, %,d times through four PassThrough streams linked by pipe; ns for a chunk and stage."),
  BOUNDARY("boundary", Kind.CASE, 5_000_000, "%,d boxed Longs across a thread, at most 256 in between; ns for one."),
  BOUNDARY_AWAKE(
      "boundary-awake",
      Kind.CASE,
      5_000_000,
      "%,d boxed Longs across a thread, beside busy loops that keep every core awake; ns for one."),
  SLOW(
      "slow",
      Kind.CASE,
      0,
      "3,000 chunks of 64 KiB from a fast source into a sink that takes 1 ms for each, JVMs with -Xmx32m."),
  IDLE("idle", Kind.CASE, 0, "100,000 pipelines that wait: source, pass-through, sink; bytes of live heap for one."),
  ACCOUNTS_KERNEL_COPY(
      "accounts-kernel-copy", Kind.ACCOUNTS, 0, "A file into a file by the kernel, accounts on and off."),
  ACCOUNTS_COPY("accounts-copy", Kind.ACCOUNTS, 0, "The same chunk by chunk."),
  ACCOUNTS_GZIP("accounts-gzip", Kind.ACCOUNTS, 0, "A log through gzip into a file, accounts on and off."),
  ACCOUNTS_OBJECTS(
      "accounts-objects", Kind.ACCOUNTS, 0, "Objects through map and filter into a sum, accounts on and off."),
  ACCOUNTS_EMPTY_PARTS("accounts-empty-parts", Kind.ACCOUNTS, 0, "Objects through four parts that do nothing."),
  ACCOUNTS_EMPTY_STREAMS("accounts-empty-streams", Kind.ACCOUNTS, 0, "Buffers through four PassThrough streams."),
  RACE_GZIP("gzip", Kind.RACE, 0, "Whole commands: gzip level 6 of a log of 500 MB, beside Node, pigz and gzip."),
  RACE_GUNZIP("gunzip", Kind.RACE, 0, "Whole commands: the same back."),
  RACE_COPY("copy", Kind.RACE, 0, "Whole commands: a file of 2 GB, beside cp and Node."),
  RACE_SYNC("sync", Kind.RACE, 0, "Whole commands: the same onto the disk, beside dd."),
  RACE_DIGEST("digest", Kind.RACE, 0, "Whole commands: the same with a digest in between, beside cp and sha256sum.");

  /// Who measures it: processes of ours in turn, [AccountsCost], or `bench/scripts/race`.
  enum Kind {
    CASE,
    ACCOUNTS,
    RACE
  }

  /// What the command line calls it.
  final String word;

  final Kind kind;

  /// How many items are sent at full size, where a look sends fewer; else 0.
  final int items;

  private final String text;

  Work(String word, Kind kind, int items, String text) {
    this.word = word;
    this.kind = kind;
    this.items = items;
    this.text = text;
  }

  /// What is done, with so many items.
  String done(int count) {
    return items == 0 ? text : String.format(Locale.ROOT, text, count);
  }

  /// Whether a word of the command line means it: its name, or what comes before a dash in it.
  boolean isMeant(String asked) {
    return word.equals(asked) || word.startsWith(asked + "-");
  }
}
