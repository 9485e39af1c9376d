package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/// The recipe that writes to an `OutputStream` or a `WritableByteChannel`; made by [JavaIo].
///
/// What is written becomes final by `close`, which comes only when every part of the run has succeeded; else it is
/// undone as the recipe says. A write that fails fails the run with an `IOException` that tells the position and has
/// the writer's own as its cause; anything else that is thrown fails it as it is.
public final class IoTarget implements PullTarget<ByteBuffer> {
  private final String name;
  private final Callable<? extends Closeable> opening;
  private final JavaIo.Undo<Closeable> undo;
  private final boolean stream;
  private final CallThread thread;

  IoTarget(String name, Callable<? extends Closeable> opening, JavaIo.Undo<Closeable> undo, boolean stream) {
    this(name, opening, undo, stream, CallThread.PLATFORM);
  }

  private IoTarget(
      String name,
      Callable<? extends Closeable> opening,
      JavaIo.Undo<Closeable> undo,
      boolean stream,
      CallThread thread) {
    this.name = requireNonNull(name, "name");
    this.opening = opening;
    this.undo = undo;
    this.stream = stream;
    this.thread = requireNonNull(thread, "thread");
  }

  /// The same under a name for messages and plans.
  public IoTarget named(String name) {
    return new IoTarget(name, opening, undo, stream, thread);
  }

  /// The same on this kind of thread: a virtual one costs less and is right for sockets, but a file or a pipe of the
  /// system's holds its carrier there.
  public IoTarget on(CallThread thread) {
    return new IoTarget(name, opening, undo, stream, thread);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    var held = BlockingPut.footprint("write");
    return new Footprint(held.how() + ", final when it is closed", held.terms(), held.chunkMaxBytes(), held.bounded());
  }

  @Override
  public Put<ByteBuffer> put() {
    return new BlockingPut(name, new IoSink(name, Lease.ofOutput(name, opening, undo), stream), thread);
  }

  @Override
  public String toString() {
    return name;
  }
}
