package highwater.interop;

import highwater.Misuse;
import highwater.blocking.HandedInput;
import highwater.pipeline.Footprint;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Upstream;
import highwater.strand.Strand;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/// An `InputStream` and a `ReadableByteChannel` out of a started run, for another thread; made by [Views#inputStream].
///
/// `-1` comes only when the run has succeeded, its commits too; a failure is an `IOException` around what `Pipeline.run()` would
/// throw. Closing it before `-1` cancels the run and waits until it is undone. Bytes are copied into three buffers of 64 KiB that
/// go round. An interrupt cancels the run and is an `InterruptedIOException`, with the interrupt flag set. Thread rule: one
/// thread at a time, platform or virtual, but none that drives a strand; [#close()] from any thread, which ends a wait.
public final class PipelineInput extends InputStream implements ReadableByteChannel {
  private static final String CLOSED = "its input stream was closed early";

  private final InputStream in;
  private final PipelineRun run;
  private volatile boolean closed;
  private boolean atEnd;

  private PipelineInput(InputStream in, PipelineRun run) {
    this.in = in;
    this.run = run;
  }

  static PipelineInput start(Upstream<ByteBuffer> upstream) {
    var handed = new HandedInput();
    var run = upstream.to(new OneRun(handed, new AtomicBoolean())).start();
    // Also of a run that never opened its target.
    var _ =
        run.completion()
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) handed.abort(failure);
                });
    var input = new PipelineInput(handed.stream(), run);
    Misuse.track(input, "an input stream of " + run.name(), run.completion());
    return input;
  }

  @Override
  public int read() throws IOException {
    begin();
    if (atEnd) return -1;
    try {
      return checked(in.read());
    } catch (IOException e) {
      return endOrFail(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    begin();
    if (atEnd) return length == 0 ? 0 : -1;
    try {
      return checked(in.read(bytes, offset, length));
    } catch (IOException e) {
      return endOrFail(e);
    }
  }

  /// Reads at least one byte into `into` unless it is full, waiting for it, or -1.
  @Override
  public int read(ByteBuffer into) throws IOException {
    if (into.isReadOnly())
      throw new IllegalArgumentException("into: a read-only buffer (expected: one that can be filled)");
    int length = Math.min(into.remaining(), Math.max(8 << 10, in.available()));
    if (into.hasArray()) {
      int read = read(into.array(), into.arrayOffset() + into.position(), length);
      if (read > 0) into.position(into.position() + read);
      return read;
    }
    var bytes = new byte[length];
    int read = read(bytes, 0, length);
    if (read > 0) into.put(bytes, 0, read);
    return read;
  }

  private void begin() throws IOException {
    if (closed) throw new ClosedChannelException();
    var here = Strand.currentOrNull();
    if (here == null) return;
    throw new IllegalStateException(
        "read waits, and this thread drives " + here + ": read on a thread of your own, or listen to data");
  }

  /// What was read; an end only once the run has succeeded.
  private int checked(int read) throws IOException {
    if (read >= 0) return read;
    try {
      var _ = run.joinOrCancel();
    } catch (RuntimeException failure) {
      throw RunFailure.asIOException(failure);
    }
    atEnd = true;
    return -1;
  }

  /// Behind what its target said: the run's own failure; or the end, where the run was over before the reader saw it.
  private int endOrFail(IOException said) throws IOException {
    if (said instanceof InterruptedIOException) run.cancel("the thread that read was interrupted");
    return checked(-1);
  }

  @Override
  public int available() throws IOException {
    return closed ? 0 : in.available();
  }

  /// Cancels the run unless its end was read, and waits until it is undone.
  @Override
  public void close() {
    closed = true;
    run.cancelAndAwait(CLOSED);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  /// The target of the one run.
  private record OneRun(HandedInput handed, AtomicBoolean taken) implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "view";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("read by another thread, two buffers ahead", 0, HandedInput.term("view"));
    }

    @Override
    public Put<ByteBuffer> put() {
      if (taken.getAndSet(true)) throw new IllegalStateException("a view has one run");
      return handed;
    }
  }
}
