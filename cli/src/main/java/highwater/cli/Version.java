package highwater.cli;

/// The version of the command; a constant, so that `--version` opens neither a jar's manifest nor a resource.
final class Version {
  /// As in the project's pom, which a test compares.
  static final String TEXT = "0.1.0-SNAPSHOT";

  private Version() {}
}
