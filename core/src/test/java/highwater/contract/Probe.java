package highwater.contract;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The other side of an end under test: gives or takes the [Pattern], and fails or stops at a byte when told.
public final class Probe {
  static final long NEVER = Long.MAX_VALUE;
  private static final long AT_ONCE = -1;
  private static final int CHUNK_BYTES = 20_000;

  /// What it fails with; nobody else throws one.
  public static final class Boom extends IOException {
    private static final long serialVersionUID = 1L;

    Boom(long position) {
      super("boom at byte " + position);
    }
  }

  private final long totalBytes;
  private final long failAt;
  private final long stopAt;

  /// Told of the position before each chunk moves, on the strand.
  LongConsumer onBytes = _ -> {};

  private volatile long movedBytes;
  private volatile @Nullable PartContext opened;
  private volatile boolean closed;

  private Probe(long totalBytes, long failAt, long stopAt) {
    this.totalBytes = totalBytes;
    this.failAt = failAt;
    this.stopAt = stopAt;
  }

  /// One that moves `totalBytes`.
  public static Probe of(long totalBytes) {
    return new Probe(totalBytes, NEVER, NEVER);
  }

  /// One that fails at byte `failAt`.
  public static Probe failing(long totalBytes, long failAt) {
    return new Probe(totalBytes, failAt, NEVER);
  }

  /// One that cannot be opened.
  public static Probe absent() {
    return new Probe(0, AT_ONCE, NEVER);
  }

  /// One that moves nothing more from byte `stopAt` on.
  public static Probe stopping(long totalBytes, long stopAt) {
    return new Probe(totalBytes, NEVER, stopAt);
  }

  /// How many bytes it has moved. Any thread.
  public long movedBytes() {
    return movedBytes;
  }

  /// Whether its run has begun. Any thread.
  public boolean isOpen() {
    return opened != null;
  }

  /// Whether its run has closed it. Any thread.
  public boolean isClosed() {
    return closed;
  }

  /// As a pipeline's beginning, which ends after its bytes.
  public PullOrigin<ByteBuffer> origin() {
    return new PullOrigin<>() {
      @Override
      public String name() {
        return "probe";
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return Footprint.of("a pattern", CHUNK_BYTES);
      }

      @Override
      public Pull<ByteBuffer> pull() {
        return new Giver();
      }
    };
  }

  /// As a pipeline's end, which compares what it gets.
  public PullTarget<ByteBuffer> target() {
    return new PullTarget<>() {
      @Override
      public String name() {
        return "probe";
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return Footprint.of("compares", 0);
      }

      @Override
      public Put<ByteBuffer> put() {
        return new Taker();
      }
    };
  }

  private final class Giver implements Pull<ByteBuffer> {
    @Override
    public void open(PartContext context) throws IOException {
      opened = context;
      if (failAt == AT_ONCE) throw new Boom(0);
    }

    @Override
    public Progress poll() throws IOException {
      onBytes.accept(movedBytes);
      if (movedBytes >= failAt) throw new Boom(movedBytes);
      if (movedBytes >= stopAt) return Progress.WAITING;
      return movedBytes < totalBytes ? Progress.READY : Progress.DONE;
    }

    @Override
    public ByteBuffer next() {
      long limit = Math.min(totalBytes, Math.min(failAt, stopAt));
      int length = (int) Math.min(CHUNK_BYTES, limit - movedBytes);
      var chunk = ByteBuffer.allocate(length);
      for (int i = 0; i < length; i++) chunk.put(Pattern.at(movedBytes + i));
      long moved = movedBytes;
      movedBytes = moved + length;
      return chunk.flip();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final class Taker implements Put<ByteBuffer> {
    private boolean finished;

    @Override
    public void open(PartContext context) {
      opened = context;
    }

    @Override
    public Progress poll() throws IOException {
      onBytes.accept(movedBytes);
      if (movedBytes >= failAt) throw new Boom(movedBytes);
      if (movedBytes >= stopAt) return Progress.WAITING;
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      movedBytes = Pattern.check(chunk, movedBytes);
      chunk.position(chunk.limit());
    }

    @Override
    public void finish() {
      if (movedBytes != totalBytes) {
        throw new AssertionError("an end after " + movedBytes + " of " + totalBytes + " bytes");
      }
      finished = true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
