package highwater.process;

import highwater.blocking.BlockingSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Writes to the stdin of a process that is a stage, for as long as it reads: whether it did what it should, its output says.
final class ChildInput implements BlockingSink {
  private final Child child;
  private boolean refused;

  ChildInput(Child child) {
    this.child = child;
  }

  @Override
  public void open() throws IOException {
    child.start();
  }

  @Override
  public void write(ByteBuffer chunk) {
    try {
      while (chunk.hasRemaining() && !refused) child.writeInput(chunk);
    } catch (IOException e) {
      // It reads no more, which it may (`head`), or was ended. Until the one or the other is known, what comes before
      // it must
      // wait: its output may go on for long, and nobody wants the input.
      refused = true;
      child.awaitOver();
    }
    chunk.position(chunk.limit());
  }

  @Override
  public void finish() {
    child.endInput();
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
    return child.waitsForInput();
  }
}
