package highwater.cli;

import highwater.codec.Gzip;

/// The version of the command; a constant, so that `--version` opens neither a jar's manifest nor a resource.
final class Version {
  /// As in the project's pom, which a test compares.
  static final String TEXT = "0.1.0-SNAPSHOT";

  private Version() {}

  /// What `--version` prints: the version, and on a line of its own the library of the system's that compresses, if there is one.
  static String lines() {
    var library = Gzip.libdeflate();
    return "highwater " + TEXT + "\n" + (library.isEmpty() ? "" : "compresses with " + library.get() + "\n");
  }
}
