package highwater.process;

import highwater.blocking.BlockingSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Writes to the stdin of a process that is a target: it must take everything and end with exit code 0.
final class ChildSink implements BlockingSink {
  private final Child child;
  private volatile boolean finishing;

  ChildSink(Child child) {
    this.child = child;
  }

  @Override
  public void open() throws IOException {
    child.start();
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    try {
      while (chunk.hasRemaining()) child.writeInput(chunk);
    } catch (IOException e) {
      throw child.refusal(e);
    }
  }

  @Override
  public void finish() throws IOException {
    finishing = true;
    child.endInputAndExit();
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
    return finishing ? child.waitsForExit() : child.waitsForInput();
  }
}
