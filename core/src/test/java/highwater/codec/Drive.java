package highwater.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.memory.Budget;
import highwater.pipeline.PartContext;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.strand.Strand;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Drives one step as a run does, and is hard on it: a chunk it was lent is overwritten as soon as it lets go of it,
/// and what it gives is read at the last moment it is promised to stay.
final class Drive<O> implements PartContext {
  private static final byte OVERWRITTEN = (byte) 0xEE;

  private final Step<ByteBuffer, O> step;
  private final Iterator<byte[]> input;
  private final Consumer<O> output;
  private final Budget budget;
  private @Nullable ByteBuffer lent;
  private @Nullable O given;
  private @Nullable Throwable failure;
  private boolean finished;
  private boolean over;
  boolean direct;

  /// What a test does between two polls.
  Runnable between = () -> {};

  Drive(PullStage<ByteBuffer, O> stage, Iterator<byte[]> input, Consumer<O> output, Budget budget) {
    step = stage.step();
    this.input = input;
    this.output = output;
    this.budget = budget;
  }

  /// Everything the stage makes of `chunks`; throws what it fails with.
  static byte[] bytes(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) throws Exception {
    var out = new ByteArrayOutputStream();
    run(stage, chunks, chunk -> copy(chunk, out));
    return out.toByteArray();
  }

  /// What the stage fails with.
  static DataException failure(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) {
    try {
      run(stage, chunks, chunk -> chunk.position(chunk.limit()));
    } catch (DataException e) {
      assertThat(e).hasMessageMatching("(?s).{20,}");
      return e;
    } catch (Exception e) {
      throw new AssertionError("another failure", e);
    }
    throw new AssertionError("no failure");
  }

  static <O> void run(PullStage<ByteBuffer, O> stage, Iterable<byte[]> chunks, Consumer<O> output) throws Exception {
    var budget = Budget.unlimited();
    new Drive<>(stage, chunks.iterator(), output, budget).run();
    assertThat(budget.usedBytes()).as("budget after the run").isZero();
  }

  /// Runs it to its end on a strand of its own.
  void run() throws Exception {
    Strand.run(this::start);
    switch (failure) {
      case null -> assertThat(over).as("over: " + step).isTrue();
      case Exception e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }

  /// Opens the step on the current strand and begins.
  void start() {
    try {
      step.open(this);
      pump();
    } catch (Throwable e) {
      fail(e);
    }
  }

  boolean isOver() {
    return over;
  }

  @Override
  public Strand strand() {
    return Strand.current();
  }

  private @Nullable ByteBuffer reused;
  private @Nullable Strand strand;

  @Override
  public void wake() {
    requireNonNull(strand).post(this::pump);
  }

  @Override
  public Budget budget() {
    return budget;
  }

  static void copy(ByteBuffer chunk, ByteArrayOutputStream out) {
    var bytes = new byte[chunk.remaining()];
    chunk.get(bytes);
    out.writeBytes(bytes);
  }

  private void pump() {
    strand = Strand.current();
    try {
      while (!over) {
        between.run();
        if (given != null) output.accept(given);
        given = null;
        switch (step.poll()) {
          case HUNGRY -> feed();
          case READY -> given = step.next();
          case WAITING -> {
            return;
          }
          case DONE -> {
            over = true;
            step.commit();
            step.close();
          }
        }
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void feed() throws Exception {
    overwriteLent();
    assertThat(finished).as("HUNGRY after finish: " + step).isFalse();
    if (input.hasNext()) {
      lent = buffer(input.next());
      step.offer(lent);
    } else {
      finished = true;
      step.finish();
    }
  }

  /// The bytes at an offset, with others around, so that position and limit count; one object for all chunks that fit,
  /// as an origin lends.
  private ByteBuffer buffer(byte[] bytes) {
    int capacity = bytes.length + 10;
    var buffer = reused;
    if (buffer == null || buffer.capacity() < capacity) {
      buffer = direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
      reused = buffer;
    }
    return buffer.clear().position(3).put(bytes).flip().position(3);
  }

  private void overwriteLent() {
    if (lent == null) return;
    assertThat(lent.remaining()).as("left of a chunk let go: " + step).isZero();
    var all = lent.duplicate().clear();
    while (all.hasRemaining()) all.put(OVERWRITTEN);
    lent = null;
  }

  private void fail(Throwable e) {
    over = true;
    failure = e;
    step.abort(e);
    try {
      step.close();
    } catch (Exception closing) {
      e.addSuppressed(closing);
    }
  }

  static List<byte[]> chunks(byte[] bytes, int chunkBytes) {
    var chunks = new ArrayList<byte[]>();
    for (int from = 0; from < bytes.length; from += chunkBytes) {
      chunks.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunkBytes)));
    }
    return chunks;
  }
}
