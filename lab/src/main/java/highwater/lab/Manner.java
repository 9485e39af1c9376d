package highwater.lab;

/// What a run does with the answer of `write`.
enum Manner {
  /// Waits after false until `drain`.
  HONEST("honest", "respects write()"),
  /// Writes on.
  IGNORING("ignoring", "ignores write()");

  /// One word, for command lines and figures.
  final String word;

  /// What tables call it.
  final String title;

  Manner(String word, String title) {
    this.word = word;
    this.title = title;
  }
}
