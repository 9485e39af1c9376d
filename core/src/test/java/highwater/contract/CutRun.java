package highwater.contract;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.memory.Budget;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run of a stage over chunks, hard on it: a chunk is overwritten as soon as it was let go, what the stage gives is
/// read at the last moment, and no chunk may be larger than its footprint says.
final class CutRun<O> implements PartContext {
  /// The buffers that chunks may be.
  enum Kind {
    HEAP,
    DIRECT,
    READ_ONLY,
    SLICED,
    LITTLE_ENDIAN
  }

  private static final byte OVERWRITTEN = (byte) 0xEE;
  private static final int OFFSET = 3;

  private final Step<ByteBuffer, O> step;
  private final List<byte[]> chunks;
  private final CutCase.Output<O> output;
  private final Kind kind;
  private final long chunkMaxBytes;
  private final Budget budget = Budget.unlimited();
  private final StringBuilder made = new StringBuilder();
  private final ByteBuffer owner;
  private @Nullable Strand strand;
  private @Nullable ByteBuffer lent;
  private @Nullable O given;
  private @Nullable Throwable failure;
  private int next;
  private boolean finished;
  private boolean committing;
  private boolean over;

  private CutRun(PullStage<ByteBuffer, O> stage, CutCase.Output<O> output, List<byte[]> chunks, Kind kind) {
    step = stage.step();
    this.chunks = chunks;
    this.output = output;
    this.kind = kind;
    int most = chunks.stream().mapToInt(chunk -> chunk.length).max().orElse(0);
    chunkMaxBytes = stage.footprint(most).chunkMaxBytes();
    int capacity = most + 2 * OFFSET;
    owner = kind == Kind.DIRECT ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
  }

  /// What came of a run: what was made, as one string, and the kind of failure.
  record Outcome(String made, @Nullable String failure) {}

  static <O> Outcome of(
      PullStage<ByteBuffer, O> stage, CutCase.Output<O> output, List<byte[]> chunks, Kind kind, boolean virtualTime) {
    var run = new CutRun<>(stage, output, chunks, kind);
    if (virtualTime) {
      try (var hand = new HandTurned()) {
        hand.turn(run::start);
        hand.runUntilIdle();
      }
    } else {
      Strand.run(run::start);
    }
    assertThat(run.over).as("over: %s", run.step).isTrue();
    assertThat(run.budget.usedBytes()).as("budget after the run").isZero();
    return new Outcome(run.made.toString(), run.failure == null ? null : kindOf(run.failure));
  }

  /// The class and the words; figures differ with what was seen at that moment.
  private static String kindOf(Throwable failure) {
    if (failure instanceof Error error) throw error;
    var words = String.valueOf(failure.getMessage()).replaceAll("[0-9][0-9,]*", "#").replaceAll("\\bbytes\\b", "byte");
    return failure.getClass().getSimpleName() + ": " + words;
  }

  private void start() {
    strand = Strand.current();
    strand.hold();
    try {
      step.open(this);
      pump();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void pump() {
    if (over) return;
    if (failure != null || committing) {
      settle();
      return;
    }
    try {
      move();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void move() throws Exception {
    for (; ; ) {
      if (given != null) take(given);
      given = null;
      switch (step.poll()) {
        case HUNGRY -> feed();
        case READY -> given = step.next();
        case WAITING -> {
          return;
        }
        case DONE -> {
          committing = true;
          step.commit();
          settle();
          return;
        }
      }
    }
  }

  private void take(O chunk) {
    long bytes =
        switch (chunk) {
          case ByteBuffer buffer -> buffer.remaining();
          case CharSequence text -> 2L * text.length();
          default -> 0;
        };
    if (chunkMaxBytes != Footprint.UNKNOWN)
      assertThat(bytes).as("chunk of %s", step).isLessThanOrEqualTo(chunkMaxBytes);
    output.add(made, chunk);
  }

  private void feed() throws Exception {
    overwriteLent();
    assertThat(finished).as("HUNGRY after finish: %s", step).isFalse();
    if (next < chunks.size()) {
      lent = lend(chunks.get(next++));
      step.offer(lent);
    } else {
      finished = true;
      step.finish();
    }
  }

  private ByteBuffer lend(byte[] bytes) {
    owner.clear().position(OFFSET).put(bytes).flip().position(OFFSET);
    return switch (kind) {
      case HEAP, DIRECT -> owner;
      case READ_ONLY -> owner.asReadOnlyBuffer();
      case SLICED -> owner.slice();
      case LITTLE_ENDIAN -> owner.order(ByteOrder.LITTLE_ENDIAN);
    };
  }

  private void overwriteLent() {
    if (lent == null) return;
    assertThat(lent.remaining()).as("left of a chunk let go: %s", step).isZero();
    lent = null;
    owner.clear();
    while (owner.hasRemaining()) owner.put(OVERWRITTEN);
  }

  private void fail(Throwable e) {
    failure = e;
    step.abort(e);
    settle();
  }

  private void settle() {
    try {
      if (!step.settled()) return;
      over = true;
      step.close();
    } catch (Throwable e) {
      over = true;
      if (failure == null) failure = e;
    }
    strand().release();
  }

  @Override
  public Strand strand() {
    var strand = this.strand;
    if (strand == null) throw new IllegalStateException("not started");
    return strand;
  }

  @Override
  public void wake() {
    strand().post(this::pump);
  }

  @Override
  public Budget budget() {
    return budget;
  }

  /// The bytes of `chunk` as characters, one each.
  static String latin1(ByteBuffer chunk) {
    var bytes = new byte[chunk.remaining()];
    chunk.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
