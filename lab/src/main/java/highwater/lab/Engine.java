package highwater.lab;

/// Whose streams a trial runs on.
enum Engine {
  /// This library's, in a JVM.
  HIGHWATER("Highwater"),
  /// Node's own.
  NODE("Node");

  /// What tables call it.
  final String title;

  Engine(String title) {
    this.title = title;
  }
}
