package highwater.contract;

import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A real peer that gives bytes: a server, a process, a writer of a FIFO.
public interface GivingPeer extends AutoCloseable {
  /// The end under test, which reads this peer.
  PullOrigin<ByteBuffer> origin();

  /// The bytes that it has given to the system so far, or -1 where it cannot know.
  long givenBytes();

  /// The most of them that may rest outside this process: in pipes and sockets.
  long outsideBytes();

  /// Waits until nobody reads it any more: its connection is gone, its process has ended.
  default void awaitLetGo() throws Exception {}

  @Override
  void close() throws IOException;
}
