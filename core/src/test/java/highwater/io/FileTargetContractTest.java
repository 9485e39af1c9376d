package highwater.io;

import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract of targets over files, where the name tells what is whole, and over a FIFO, whose reader cannot tell.
class FileTargetContractTest {
  private static final int PIPE_BYTES = 64 << 10;

  @Nested
  class Renamed extends TargetContract {
    @TempDir Path place;

    @Override
    protected TakingPeer peer(Taking taking) throws IOException {
      var file = place.resolve("out");
      Files.deleteIfExists(file);
      return new Named(file, FileStreams.write(file));
    }

    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }
  }

  /// A file is whole when it has its name.
  private record Named(Path file, PullTarget<ByteBuffer> target) implements TakingPeer {
    @Override
    public byte @Nullable [] whole() throws IOException {
      return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    @Override
    public List<String> leftovers() throws IOException {
      var directory = file.toAbsolutePath().getParent();
      if (directory == null) throw new AssertionError(file);
      return Traces.names(directory).stream().filter(name -> name.contains(TemporarySibling.MARK)).toList();
    }

    @Override
    public void close() {}
  }

  @Nested
  class Appended extends TargetContract {
    @TempDir Path place;

    @Override
    protected TakingPeer peer(Taking taking) throws IOException {
      var file = place.resolve("out");
      Files.write(file, new byte[0]);
      return new Grown(file);
    }

    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }

    /// A run of no bytes grows a file as little as one that failed.
    private record Grown(Path file) implements TakingPeer {
      @Override
      public PullTarget<ByteBuffer> target() {
        return FileStreams.write(file).append();
      }

      @Override
      public byte @Nullable [] whole() throws IOException {
        return Files.readAllBytes(file);
      }

      @Override
      public void close() {}
    }

    @Override
    protected boolean tellsFailureFromEnd() {
      return false;
    }
  }

  @Nested
  class Fifo extends TargetContract {
    @TempDir Path place;
    private int made;

    @Override
    protected TakingPeer peer(Taking taking) throws Exception {
      return new FifoReader(Traces.fifo(place.resolve("fifo-" + made++)), taking);
    }

    @Override
    protected boolean tellsFailureFromEnd() {
      return false;
    }

    @Override
    protected boolean hearsAnAnswer() {
      return false;
    }
  }

  /// Reads a FIFO on a thread.
  private static final class FifoReader implements TakingPeer {
    private final Path fifo;
    private final Taking taking;
    private final AtomicLong taken = new AtomicLong();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Thread thread;

    FifoReader(Path fifo, Taking taking) {
      this.fifo = fifo;
      this.taking = taking;
      thread = Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
      try (var channel = FileChannel.open(fifo, StandardOpenOption.READ)) {
        var piece = ByteBuffer.allocate(taking.pieceBytes());
        while (taken.get() < taking.untilBytes()) {
          piece.clear().limit((int) Math.min(piece.capacity(), taking.untilBytes() - taken.get()));
          int read = channel.read(piece);
          if (read < 0) break;
          taken.addAndGet(read);
          bytes.write(piece.array(), 0, read);
        }
        if (taking.then() == Taking.Then.STOP) letGo.await();
      } catch (IOException e) {
        // The test looks at what came.
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return FileStreams.write(fifo);
    }

    @Override
    public byte @Nullable [] whole() {
      Remains.await("the end of the FIFO", () -> !thread.isAlive());
      return bytes.toByteArray();
    }

    @Override
    public long takenBytes() {
      return taken.get();
    }

    @Override
    public long outsideBytes() {
      return PIPE_BYTES;
    }

    @Override
    public void close() throws IOException {
      letGo.countDown();
      // One that waits for a writer still meets one.
      try (var _ = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        join(thread, 100);
      }
      join(thread, 0);
    }
  }

  private static void join(Thread thread, long millis) {
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
