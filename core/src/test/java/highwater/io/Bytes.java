package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import highwater.ReadableStream;
import highwater.WritableStream;
import highwater.pipeline.Footprint;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Origins and targets in memory, for the other side of a test.
final class Bytes {
  static final long SEED = Long.getLong("seed", System.nanoTime());

  private Bytes() {}

  /// A source of random bytes whose seed is printed.
  static Random random() {
    System.out.println("-Dseed=" + SEED);
    return new Random(SEED);
  }

  static byte[] random(int length) {
    var bytes = new byte[length];
    random().nextBytes(bytes);
    return bytes;
  }

  /// Gives `bytes` in chunks of `chunkBytes`, direct or not.
  static PullOrigin<ByteBuffer> origin(byte[] bytes, int chunkBytes, boolean direct) {
    return new Origin(bytes, chunkBytes, direct);
  }

  static PullOrigin<ByteBuffer> origin(String text) {
    return new Origin(text.getBytes(UTF_8), 1 << 16, false);
  }

  private static final class Origin implements PullOrigin<ByteBuffer> {
    private final byte[] bytes;
    private final int chunkBytes;
    private final boolean direct;

    Origin(byte[] bytes, int chunkBytes, boolean direct) {
      this.bytes = bytes;
      this.chunkBytes = chunkBytes;
      this.direct = direct;
    }

    @Override
    public String name() {
      return "bytes";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("in memory", chunkBytes);
    }

    @Override
    public ReadableStream<ByteBuffer> open() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new Pull<>() {
        private int position;

        @Override
        public Progress poll() {
          return position < bytes.length ? Progress.READY : Progress.DONE;
        }

        @Override
        public ByteBuffer next() {
          int length = Math.min(chunkBytes, bytes.length - position);
          var chunk =
              direct
                  ? ByteBuffer.allocateDirect(length).put(bytes, position, length).flip()
                  : ByteBuffer.wrap(bytes, position, length);
          position += length;
          return chunk;
        }
      };
    }
  }

  /// Keeps what it is given.
  static final class Sink implements PullTarget<ByteBuffer> {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<Integer> lengths = new ArrayList<>();

    @Override
    public String name() {
      return "memory";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("in memory", 0);
    }

    @Override
    public WritableStream<ByteBuffer> open() {
      throw new UnsupportedOperationException();
    }

    String text() {
      return bytes.toString(UTF_8);
    }

    @Override
    public Put<ByteBuffer> put() {
      return new Put<>() {
        private boolean finished;

        @Override
        public Progress poll() {
          return finished ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(ByteBuffer chunk) {
          var copy = new byte[chunk.remaining()];
          lengths.add(copy.length);
          chunk.get(copy);
          bytes.writeBytes(copy);
        }

        @Override
        public void finish() {
          finished = true;
        }
      };
    }
  }
}
