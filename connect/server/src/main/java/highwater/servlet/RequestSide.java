package highwater.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/// The body of a request: read when the container says that it has some.
final class RequestSide extends ContainerSide implements ReadListener {
  private final ServletInputStream input;
  private final long lengthBytes;

  /// Under the lock.
  private boolean allRead;

  RequestSide(Client client, ServletInputStream input, long lengthBytes) {
    super(client);
    this.input = input;
    this.lengthBytes = lengthBytes;
  }

  /// What the client has announced, or -1.
  long lengthBytes() {
    return lengthBytes;
  }

  // The strand.

  boolean ready() throws IOException {
    return ready(input::isReady);
  }

  /// Reads what there is without waiting; -1 at the end. Only when ready.
  synchronized int read(byte[] bytes) throws IOException {
    return turn() == Turn.OURS ? input.read(bytes) : 0;
  }

  synchronized boolean isAllRead() {
    return allRead;
  }

  // The container's threads.

  @Override
  public void onDataAvailable() {
    called(() -> pass(Turn.OURS));
  }

  @Override
  public void onAllDataRead() {
    called(
        () -> {
          allRead = true;
          pass(Turn.OURS);
        });
  }

  @Override
  void completed() {
    if (!allRead) failed(new IOException("the request was completed before its body had been read"));
  }
}
