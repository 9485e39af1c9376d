package highwater;

/// A listener's place on a stream.
@FunctionalInterface
public interface Registration {
  /// Takes the listener off; nothing happens when it is off already. On the stream's strand.
  void remove();
}
