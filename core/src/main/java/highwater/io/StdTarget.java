package highwater.io;

import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.strand.Strand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The recipe that writes to a standard descriptor: 1 is stdout, 2 is stderr.
record StdTarget(int descriptor) implements PullTarget<ByteBuffer> {
  @Override
  public String name() {
    return descriptor == 1 ? "stdout" : "stderr";
  }

  @Override
  public String advice() {
    return "whoever reads standard output sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return StdOrigin.regularFile(descriptor) == null
        ? BlockingPut.footprint("write")
        : FileTarget.inline("where its descriptor stands, on the calling thread");
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Put<ByteBuffer> put() {
    return new ChosenPut(() -> choose(name(), descriptor));
  }

  /// The put that writes to `descriptor` under `name`.
  static Put<ByteBuffer> choose(String name, int descriptor) {
    (descriptor == 1 ? System.out : System.err).flush();
    var file = StdOrigin.regularFile(descriptor);
    if (file == null || file.fileKey() == null) {
      var sink = new ChannelSink(name, BlockingChannel.of(() -> channel(descriptor)), false);
      return new BlockingPut(name, sink, CallThread.PLATFORM);
    }
    return new FilePut(name, strand -> Redirected.open(name, descriptor, file.fileKey(), strand), false);
  }

  /// A channel to `descriptor` whose close leaves the descriptor alone.
  private static FileChannel channel(int descriptor) {
    return new FileOutputStream(descriptor == 1 ? FileDescriptor.out : FileDescriptor.err) {
      @Override
      public void close() {}
    }.getChannel();
  }

  /// A regular file that the shell opened for us: written where its descriptor stands, and nothing can be undone.
  private record Redirected(String name, FileChannel channel, long startBytes, Runnable letGo) implements Landing {
    static Redirected open(String name, int descriptor, Object file, Strand strand) throws IOException {
      var letGo = SameFile.changes(strand, file);
      var channel = StdTarget.channel(descriptor);
      return new Redirected(name, channel, channel.position(), letGo);
    }

    @Override
    public boolean hidden() {
      return false;
    }

    @Override
    public String afterFailure() {
      return name + " is incomplete";
    }

    @Override
    public void commit() {}

    @Override
    public void undo() {}

    @Override
    public void close() throws IOException {
      letGo.run();
      channel.close();
    }
  }
}
