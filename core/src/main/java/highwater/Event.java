package highwater;

/// The events of a stream, in Node's words.
enum Event {
  DATA,
  READABLE,
  END,
  PAUSE,
  RESUME,
  DRAIN,
  FINISH,
  PIPE,
  UNPIPE,
  ERROR,
  CLOSE
}
