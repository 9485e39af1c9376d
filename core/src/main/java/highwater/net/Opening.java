package highwater.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// How a connection comes about: it is made ([Dial]), or waited for ([Awaiting]).
interface Opening {
  /// Brings it about; may wait, on a virtual thread.
  SocketChannel open() throws IOException;

  /// Makes [#open()] throw soon, also where it has not begun. Any thread; returns at once.
  void stop();

  /// What it waits for meanwhile.
  String waitsFor();

  /// How long it may take.
  Duration patience();

  /// What is said where it took longer.
  IOException late();
}
