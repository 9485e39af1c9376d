package highwater.net;

/// Serves the connections of a [Server].
@FunctionalInterface
public interface ConnectionHandler {
  /// Serves one connection: sets its stream going, and returns.
  ///
  /// On the connection's strand, which it shares with nobody; it may make streams and further connections there, and must not wait.
  /// What it throws, or what a listener throws later, resets this connection and no other.
  void serve(Connection connection) throws Exception;
}
