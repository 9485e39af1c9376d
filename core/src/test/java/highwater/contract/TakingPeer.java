package highwater.contract;

import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A real peer that takes bytes: a server, a process, a reader of a FIFO.
public interface TakingPeer extends AutoCloseable {
  /// The end under test, which writes to this peer.
  PullTarget<ByteBuffer> target();

  /// What it holds and takes for whole, or null. Waits until it has noticed that the run is over.
  byte @Nullable [] whole() throws Exception;

  /// What a run that failed has left with it, in words: temporary objects, open uploads.
  default List<String> leftovers() throws Exception {
    return List.of();
  }

  /// The bytes that it has taken from the system so far, or -1 where it cannot know.
  default long takenBytes() {
    return -1;
  }

  /// The most that may rest outside this process: in pipes and sockets.
  default long outsideBytes() {
    return 0;
  }

  /// Waits until nobody writes to it any more.
  default void awaitLetGo() throws Exception {}

  @Override
  void close() throws IOException;
}
