package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.blocking.BlockingPull;
import highwater.blocking.BlockingPut;
import highwater.blocking.BlockingSink;
import highwater.blocking.BlockingSource;
import highwater.blocking.CallThread;
import highwater.blocking.HandedInput;
import highwater.blocking.JoinedStep;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Stages with threads of their own beside such that work on the strand, by the real clock: the slow one takes three
/// times as long, so that no load of the machine changes which one it is.
@Timeout(60)
final class ThreadsAtWorkTest {
  private static final int CHUNKS = 24;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final long FAST = 4;
  private static final long SLOW = 12;

  private static void take(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---------------------------------------------------------------- recipes

  private record TestOrigin(String name, Supplier<Pull<ByteBuffer>> part) implements PullOrigin<ByteBuffer> {
    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("test", CHUNK_BYTES);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return part.get();
    }
  }

  private record TestStage(String name, Supplier<Step<ByteBuffer, ByteBuffer>> part)
      implements PullStage<ByteBuffer, ByteBuffer> {
    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("test", CHUNK_BYTES);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return part.get();
    }
  }

  private record TestTarget(String name, Supplier<Put<ByteBuffer>> part) implements PullTarget<ByteBuffer> {
    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return BlockingPut.footprint("test");
    }

    @Override
    public Put<ByteBuffer> put() {
      return part.get();
    }
  }

  private static Origin<ByteBuffer> inlineOrigin(long millis) {
    return new TestOrigin("source", () -> new InlinePull(millis));
  }

  private static Origin<ByteBuffer> threadOrigin(long millis) {
    return new TestOrigin(
        "source", () -> new BlockingPull("source", new Zeros(millis), CallThread.VIRTUAL, CHUNK_BYTES));
  }

  private static Stage<ByteBuffer, ByteBuffer> inlineStage(long millis) {
    return new TestStage("stage", () -> new InlineStep(millis));
  }

  private static Stage<ByteBuffer, ByteBuffer> threadStage(long millis) {
    return new TestStage(
        "stage",
        () -> {
          var in = new HandedInput();
          var out = new BlockingPull("stage", new Passing(in.stream(), millis), CallThread.VIRTUAL, CHUNK_BYTES);
          return new JoinedStep(in, out);
        });
  }

  private static Target<ByteBuffer> inlineTarget(long millis) {
    return new TestTarget("sink", () -> new InlinePut(millis));
  }

  private static Target<ByteBuffer> threadTarget(long millis) {
    return new TestTarget("sink", () -> new BlockingPut("sink", new Nowhere(millis), CallThread.VIRTUAL));
  }

  private static final class InlinePull implements Pull<ByteBuffer> {
    private final long millis;
    private int given;

    InlinePull(long millis) {
      this.millis = millis;
    }

    @Override
    public Progress poll() {
      if (given == CHUNKS) return Progress.DONE;
      take(millis);
      return Progress.READY;
    }

    @Override
    public ByteBuffer next() {
      given++;
      return ByteBuffer.allocate(CHUNK_BYTES);
    }
  }

  private static class InlinePut implements Put<ByteBuffer> {
    private final long millis;
    @Nullable ByteBuffer chunk;
    boolean finished;

    InlinePut(long millis) {
      this.millis = millis;
    }

    @Override
    public Progress poll() {
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      take(millis);
      this.chunk = chunk;
    }

    @Override
    public void finish() {
      finished = true;
    }
  }

  private static final class InlineStep extends InlinePut implements Step<ByteBuffer, ByteBuffer> {
    InlineStep(long millis) {
      super(millis);
    }

    @Override
    public Progress poll() {
      return chunk != null ? Progress.READY : super.poll();
    }

    @Override
    public ByteBuffer next() {
      var next = chunk;
      chunk = null;
      if (next == null) throw new AssertionError("next without READY");
      return next;
    }
  }

  private static final class Zeros implements BlockingSource {
    private final long millis;
    private int given;

    Zeros(long millis) {
      this.millis = millis;
    }

    @Override
    public int read(ByteBuffer buffer) {
      if (given++ == CHUNKS) return -1;
      take(millis);
      int length = buffer.remaining();
      buffer.position(buffer.limit());
      return length;
    }

    @Override
    public void stop(Throwable cause) {}

    @Override
    public String waitsFor() {
      return "a test";
    }
  }

  private static final class Passing implements BlockingSource {
    private final InputStream in;
    private final long millis;

    Passing(InputStream in, long millis) {
      this.in = in;
      this.millis = millis;
    }

    @Override
    public int read(ByteBuffer buffer) throws Exception {
      var bytes = in.readNBytes(CHUNK_BYTES);
      if (bytes.length == 0) return -1;
      take(millis);
      buffer.put(bytes);
      return bytes.length;
    }

    @Override
    public void stop(Throwable cause) {}

    @Override
    public String waitsFor() {
      return "a test";
    }
  }

  private static final class Nowhere implements BlockingSink {
    private final long millis;

    Nowhere(long millis) {
      this.millis = millis;
    }

    @Override
    public void write(ByteBuffer chunk) {
      take(millis);
      chunk.position(chunk.limit());
    }

    @Override
    public void stop(Throwable cause) {}

    @Override
    public String waitsFor() {
      return "a test";
    }
  }

  // ---------------------------------------------------------------- the cases

  private static Report named(
      int slow, Origin<ByteBuffer> origin, Stage<ByteBuffer, ByteBuffer> stage, Target<ByteBuffer> target) {
    var run = Pipeline.from(origin).through(stage).to(target).start();
    while (!run.completion().toCompletableFuture().isDone()) {
      sums(run.report());
      take(5);
    }
    var report = run.joinOrCancel();
    sums(report);
    assertThat(report.verdict().stage()).describedAs(report.toString()).isEqualTo(slow);
    return report;
  }

  private static void sums(Report report) {
    for (var stage : report.stages()) {
      assertThat(stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos())
          .describedAs(stage.name())
          .isEqualTo(report.elapsed().toNanos());
    }
  }

  @Test
  void aSlowSourceOnItsThread() {
    named(0, threadOrigin(SLOW), inlineStage(FAST), inlineTarget(0));
    named(0, threadOrigin(SLOW), threadStage(FAST), threadTarget(FAST));
  }

  @Test
  void aSlowSourceInline() {
    named(0, inlineOrigin(SLOW), inlineStage(0), threadTarget(FAST));
    named(0, inlineOrigin(SLOW), threadStage(FAST), inlineTarget(0));
  }

  @Test
  void aSlowStageOnItsThread() {
    named(1, threadOrigin(FAST), threadStage(SLOW), threadTarget(FAST));
    named(1, inlineOrigin(FAST), threadStage(SLOW), inlineTarget(0));
  }

  @Test
  void aSlowStageInline() {
    named(1, threadOrigin(FAST), inlineStage(SLOW), threadTarget(FAST));
  }

  @Test
  void aSlowSinkOnItsThread() {
    var report = named(2, inlineOrigin(FAST), inlineStage(0), threadTarget(SLOW));
    assertThat(report.stages().get(2).falseAnswers()).isPositive();
    assertThat(report.stages().get(2).buffer().mark()).isEqualTo(3L * CHUNK_BYTES);
    assertThat(report.stages().get(2).buffer().peak()).isEqualTo(3L * CHUNK_BYTES);
    named(2, threadOrigin(FAST), threadStage(FAST), threadTarget(SLOW));
  }

  @Test
  void aSlowSinkInline() {
    named(2, threadOrigin(FAST), threadStage(FAST), inlineTarget(SLOW));
  }
}
