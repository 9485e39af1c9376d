package highwater.process;

import highwater.blocking.BlockingSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads what a process writes to its stdout, to its end, and has an end only where its exit code is 0.
final class ChildSource implements BlockingSource {
  private final Child child;

  ChildSource(Child child) {
    this.child = child;
  }

  @Override
  public void open() throws IOException {
    child.start();
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int read = child.readOutput(buffer);
    if (read >= 0) return read;
    child.requireSuccess();
    child.requireInputRead();
    child.tellWords();
    return -1;
  }

  @Override
  public void stop(Throwable cause) {
    child.stop();
  }

  @Override
  public void close() throws IOException {
    child.close();
  }

  @Override
  public String waitsFor() {
    return child.waitsForOutput();
  }
}
