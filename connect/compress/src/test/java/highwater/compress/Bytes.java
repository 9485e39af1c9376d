package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.DataException;
import highwater.codec.Samples;
import highwater.memory.Budget;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/// Runs a stage between chunks in memory and an array, and is hard on it: one buffer is lent for all chunks and overwritten
/// as soon as it may be, and the budget has what the stage says and not a byte more.
final class Bytes {
  private static final byte OVERWRITTEN = (byte) 0xEE;
  private static final int OFFSET = 3;

  /// Whether chunks are direct buffers.
  boolean direct;

  /// Thrown in place of the input's end.
  Exception lost;

  /// Whether its input never ends.
  boolean stalls;

  /// Thrown once so many bytes came out.
  long failsAt = Long.MAX_VALUE;

  /// What came out, also of a run that failed.
  final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  /// What `stage` makes of `chunks`.
  static byte[] through(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) {
    var bytes = new Bytes();
    bytes.run(stage, chunks);
    return bytes.passed.toByteArray();
  }

  static byte[] through(PullStage<ByteBuffer, ByteBuffer> stage, byte[] input) {
    return through(stage, List.of(input));
  }

  /// What `stage` fails with.
  static DataException failure(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) {
    return failure(new Bytes(), stage, chunks);
  }

  static DataException failure(PullStage<ByteBuffer, ByteBuffer> stage, byte[] input) {
    return failure(stage, List.of(input));
  }

  static DataException failure(Bytes bytes, PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) {
    try {
      bytes.run(stage, chunks);
    } catch (PipelineException e) {
      if (!(e.getCause() instanceof DataException data)) throw new AssertionError("another failure", e);
      assertThat(data.getMessage())
          .startsWith(stage.name() + ": ")
          .contains("(expected: ")
          .doesNotContainPattern("\\p{Cntrl}");
      assertThat(data.positionBytes()).isBetween(0L, chunks.stream().mapToLong(chunk -> chunk.length).sum());
      return data;
    }
    throw new AssertionError("no failure: " + stage.name());
  }

  void run(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) {
    var pipeline = Pipeline.from(new Chunks(chunks)).through(stage).to(new Collector());
    long most = stage.footprint(1).terms().stream().mapToLong(Term::maxBytes).sum();
    var budget = Budget.of(most);
    try {
      pipeline.withBudget(budget).run();
    } finally {
      assertThat(budget.usedBytes()).as("budget after the run").isZero();
      assertThat(budget.peakBytes()).isLessThanOrEqualTo(most);
    }
  }

  /// `data` in chunks of random lengths, of many bytes where there are many.
  static List<byte[]> split(Random random, byte[] data) {
    if (data.length < 200_000) return Samples.split(random, data);
    var chunks = new ArrayList<byte[]>();
    for (int from = 0; from < data.length; ) {
      int to = Math.min(data.length, from + random.nextInt(150_000));
      chunks.add(Arrays.copyOfRange(data, from, to));
      from = to;
    }
    return chunks;
  }

  static List<byte[]> chunks(byte[] bytes, int chunkBytes) {
    var chunks = new ArrayList<byte[]>();
    for (int from = 0; from < bytes.length; from += chunkBytes) {
      chunks.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunkBytes)));
    }
    return chunks;
  }

  PullTarget<ByteBuffer> target() {
    return new Collector();
  }

  final class Chunks implements PullOrigin<ByteBuffer> {
    private final List<byte[]> chunks;

    Chunks(List<byte[]> chunks) {
      this.chunks = chunks;
    }

    @Override
    public String name() {
      return "chunks";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("of a test", chunks.stream().mapToLong(chunk -> chunk.length).max().orElse(0));
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new Lending(chunks.iterator());
    }
  }

  private final class Lending implements Pull<ByteBuffer> {
    private final Iterator<byte[]> chunks;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private ByteBuffer lent;

    Lending(Iterator<byte[]> chunks) {
      this.chunks = chunks;
    }

    @Override
    public Progress poll() throws Exception {
      if (lent != null) {
        assertThat(lent.remaining()).as("left of a chunk let go").isZero();
        buffer.clear();
        while (buffer.hasRemaining()) buffer.put(OVERWRITTEN);
        lent = null;
      }
      if (chunks.hasNext()) return Progress.READY;
      if (lost != null) throw lost;
      if (stalls) return Progress.WAITING;
      return Progress.DONE;
    }

    @Override
    public ByteBuffer next() {
      var bytes = chunks.next();
      int capacity = bytes.length + 10;
      if (buffer.capacity() < capacity) {
        buffer = direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
      }
      lent = buffer.clear().position(OFFSET).put(bytes).flip().position(OFFSET).asReadOnlyBuffer();
      return lent;
    }
  }

  private final class Collector implements PullTarget<ByteBuffer>, Put<ByteBuffer> {
    private boolean ending;

    @Override
    public String name() {
      return "array";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("of a test", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return this;
    }

    @Override
    public void open(PartContext context) {}

    @Override
    public Progress poll() {
      return ending ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      var bytes = new byte[chunk.remaining()];
      chunk.get(bytes);
      passed.writeBytes(bytes);
      if (passed.size() >= failsAt) throw new IllegalStateException("downstream");
    }

    @Override
    public void finish() {
      ending = true;
    }
  }
}
