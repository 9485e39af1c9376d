package highwater.cli;

import org.jspecify.annotations.Nullable;

/// The names of the stages; a word that is one of them is never a file.
enum StageName {
  GZIP(
      "gzip",
      "[:LEVEL]",
      "Compresses into one gzip member; LEVEL 0 only stores, 1 is fastest, 9 smallest (6).",
      ".gz",
      true),
  GUNZIP("gunzip", "", "Decompresses gzip, all members; corrupt or truncated input is an error.", ".gz", false),
  DEFLATE("deflate", "[:LEVEL]", "Compresses into the zlib format.", ".zz", true),
  INFLATE("inflate", "", "Decompresses the zlib format.", ".zz", false),
  ZSTD("zstd", "[:LEVEL]", "Compresses into a zstd frame; LEVEL 1 is fastest, 22 smallest (3).", ".zst", true),
  UNZSTD("unzstd", "", "Decompresses zstd, all frames.", ".zst", false),
  LZ4("lz4", "", "Compresses into an lz4 frame.", ".lz4", true),
  UNLZ4("unlz4", "", "Decompresses lz4, all frames.", ".lz4", false),
  UNBROTLI("unbrotli", "", "Decompresses brotli.", ".br", false),
  BUNZIP2("bunzip2", "", "Decompresses bzip2.", ".bz2", false),
  UNXZ("unxz", "", "Decompresses xz.", ".xz", false),
  DECOMPRESS("decompress", "", "Decompresses gzip, zstd, lz4, bzip2 or xz, whichever it is.", "", false),
  TAR("tar", "", "Packs the folder that is the source.", ".tar", true),
  UNTAR("untar", "", "Unpacks a tar into the folder that is the sink; one without its end is an error.", "", false),
  ZIP("zip", "[:LEVEL]", "Packs and compresses the folder that is the source; LEVEL as for gzip.", ".zip", true),
  UNZIP(
      "unzip",
      "",
      "Unpacks a zip into the folder that is the sink; one whose directory says something else is an error.",
      "",
      false),
  HASH(
      "hash",
      ":ALGORITHM",
      "Prints the digest of what passes, on stderr at the end: "
          + String.join(", ", DigestNames.ALL)
          + ", or any that Java knows.",
      "",
      false),
  THROTTLE("throttle", ":RATE", "Lets no more than RATE pass, such as 10MB/s.", "", false),
  TEE("tee", ":PATH", "Writes what passes into PATH too, as carefully as into the sink.", "", false),
  COUNT("count", "", "Prints how many bytes pass, on stderr at the end.", "", false),
  EXEC(
      "exec",
      ":PROGRAM ARGS",
      "Passes everything through a program, started without a shell; exec:… as the first word is a source, as the last"
          + " one a sink.",
      "",
      false),
  SH("sh", ":SCRIPT", "The same for a script of /bin/sh.", "", false);

  /// The word before any `:` or `,`.
  final String word;

  /// What may follow the word.
  final String form;

  /// One sentence.
  final String help;

  /// What the format's file names end in; empty where the bytes keep their format.
  final String suffix;

  /// Whether the suffix comes to the name here or goes.
  final boolean addsSuffix;

  StageName(String word, String form, String help, String suffix, boolean addsSuffix) {
    this.word = word;
    this.form = form;
    this.help = help;
    this.suffix = suffix;
    this.addsSuffix = addsSuffix;
  }

  /// Whether the bytes behind it are those before it.
  boolean passesOn() {
    return this == HASH || this == THROTTLE || this == TEE || this == COUNT;
  }

  /// Whether it makes an archive of a folder, which is then the source.
  boolean packs() {
    return this == TAR || this == ZIP;
  }

  /// Whether it makes a folder of an archive, which is then the sink.
  boolean unpacks() {
    return this == UNTAR || this == UNZIP;
  }

  /// Whether it starts a program, so that its word may be a source or a sink too.
  boolean isProgram() {
    return this == EXEC || this == SH;
  }

  /// The stage of this name, or null.
  static @Nullable StageName named(String word) {
    for (StageName name : values()) if (name.word.equals(word)) return name;
    return null;
  }
}
