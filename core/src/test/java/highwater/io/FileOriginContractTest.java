package highwater.io;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.contract.Pattern;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract of origins over a FIFO, whose peer is a writer that cannot tell its death from its end.
class FileOriginContractTest {
  /// The largest that Linux makes a pipe by itself, in bytes.
  private static final int PIPE_BYTES = 64 << 10;

  @Nested
  class Fifo extends OriginContract {
    @TempDir Path place;
    private int made;

    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new FifoWriter(Traces.fifo(place.resolve("fifo-" + made++)), giving);
    }

    @Override
    protected boolean tellsDeathFromEnd() {
      return false;
    }
  }

  /// Writes a FIFO from a thread.
  private static final class FifoWriter implements GivingPeer {
    private final Path fifo;
    private final AtomicLong given = new AtomicLong();
    private final Thread thread;
    private final Object letGo = new Object();
    private boolean closed;

    FifoWriter(Path fifo, Giving giving) {
      this.fifo = fifo;
      thread = Thread.ofPlatform().daemon().start(() -> write(giving));
    }

    private void write(Giving giving) {
      try (var channel = FileChannel.open(fifo, StandardOpenOption.WRITE)) {
        for (long position = 0; position < giving.untilBytes(); ) {
          int length = (int) Math.min(giving.pieceBytes(), giving.untilBytes() - position);
          var piece = ByteBuffer.allocateDirect(length);
          for (int i = 0; i < length; i++) piece.put(Pattern.at(position + i));
          piece.flip();
          while (piece.hasRemaining()) given.addAndGet(channel.write(piece));
          position += length;
        }
        if (giving.then() == Giving.Then.STOP) awaitClose();
      } catch (IOException e) {
        // Nobody reads any more.
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private void awaitClose() throws InterruptedException {
      synchronized (letGo) {
        while (!closed) letGo.wait();
      }
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return FileStreams.read(fifo);
    }

    @Override
    public long givenBytes() {
      return given.get();
    }

    @Override
    public long outsideBytes() {
      return PIPE_BYTES;
    }

    @Override
    public void close() throws IOException {
      synchronized (letGo) {
        closed = true;
        letGo.notifyAll();
      }
      // One that waits for a reader still meets one.
      try (var _ = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        join(thread, 100);
      }
      join(thread, 0);
    }
  }

  @Nested
  class RegularFile extends OriginContract {
    @TempDir Path place;

    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      var file = Files.write(place.resolve("file"), Pattern.bytes((int) giving.totalBytes()));
      return new StillFile(file, giving.totalBytes());
    }

    /// Nobody is behind a file: it is as long as it is.
    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }
  }

  private record StillFile(Path file, long givenBytes) implements GivingPeer {
    @Override
    public PullOrigin<ByteBuffer> origin() {
      return FileStreams.read(file);
    }

    @Override
    public long outsideBytes() {
      return givenBytes;
    }

    @Override
    public void close() {}
  }

  /// A file that is followed, whose writer may stop, and whose end a condition tells.
  @Nested
  class Followed extends OriginContract {
    @TempDir Path place;
    private int made;

    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new Appender(Files.createFile(place.resolve("log-" + made++)), giving);
    }

    /// Who writes a log leaves no word when he dies.
    @Override
    protected boolean tellsDeathFromEnd() {
      return false;
    }
  }

  /// Writes a file from a thread.
  private static final class Appender implements GivingPeer {
    private static final Duration INTERVAL = Duration.ofMillis(2);

    private final Path log;
    private final AtomicLong given = new AtomicLong();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Thread thread;

    Appender(Path log, Giving giving) {
      this.log = log;
      thread = Thread.ofPlatform().daemon().start(() -> write(giving));
    }

    private void write(Giving giving) {
      try (var channel = FileChannel.open(log, StandardOpenOption.APPEND)) {
        for (long position = 0; position < giving.untilBytes(); ) {
          int length = (int) Math.min(giving.pieceBytes(), giving.untilBytes() - position);
          var piece = ByteBuffer.allocateDirect(length);
          for (int i = 0; i < length; i++) piece.put(Pattern.at(position + i));
          piece.flip();
          while (piece.hasRemaining()) given.addAndGet(channel.write(piece));
          position += length;
        }
        if (giving.then() == Giving.Then.STOP) letGo.await();
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return FileStreams.follow(log).interval(INTERVAL).endWhen(() -> !thread.isAlive());
    }

    @Override
    public long givenBytes() {
      return given.get();
    }

    /// A file holds whatever is written.
    @Override
    public long outsideBytes() {
      return Long.MAX_VALUE >> 1;
    }

    @Override
    public void close() {
      letGo.countDown();
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
