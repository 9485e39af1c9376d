package highwater.codec;

import highwater.Diagnosis.Cause;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.InOrder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/// One run of a parallel deflate: chunks are copied into blocks, blocks deflated on the shared CPU threads, results
/// handed on in order.
///
/// ```
/// TAKING ──finish()──▶ ENDING ──the last block is submitted──▶ DRAINING ──its output was taken──▶ OVER
/// ```
///
/// A block goes round: free, filling (on the strand), in `order` (a job's), lent (its output is downstream), free. The
/// first is in the pipeline's minimum, so a run always gets on; each further one is tried as surplus of the budget when
/// all are in use, kept for the run, and given up early when somebody waits for a minimum. Check value and length are
/// taken on the strand while copying. No allocation per block once the blocks are made.
final class DeflateStep implements Step<ByteBuffer, ByteBuffer>, WorksElsewhere.Counted {
  private enum Phase {
    TAKING,
    ENDING,
    DRAINING,
    OVER
  }

  /// What zlib deflates before the system's libdeflate takes over; always the same, so that the output does not depend on how
  /// fast it was loaded. An input too small to win back what loading takes does without.
  static final long ZLIB_FIRST_BYTES = 24 << 20;

  /// Where it begins to be loaded, beside the work.
  private static final long LOADING_FROM_BYTES = 16 << 20;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Blocks plan;
  private final Envelope envelope;
  private final byte[] header;
  private final int aroundBytes;
  private final @Nullable Checksum check;
  private final Deflaters states;
  private final ArrayDeque<Block> free = new ArrayDeque<>();
  private @Nullable PartContext context;
  private @Nullable InOrder<Block, Block> order;
  private Phase phase = Phase.TAKING;
  private ByteBuffer chunk = NOTHING;
  private final boolean libraryFound = Libdeflate.file() != null;
  private long submittedBytes;
  private long plainBytes;
  private int made;
  private int madeMax;
  private @Nullable Block filling;
  private @Nullable Block previous;
  private @Nullable Block lent;

  DeflateStep(Blocks plan, Envelope envelope, byte[] header) {
    this.plan = plan;
    this.envelope = envelope;
    this.header = header;
    aroundBytes = header.length + envelope.trailerBytes;
    check = envelope.newCheck();
    states = new Deflaters(plan.level());
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    order = new InOrder<>(plan.workers(), this::deflate, _ -> {}, context::wake);
    // Fewer than the plan's where the machine has fewer threads.
    madeMax = Math.min(plan.countMax(), order.inFlightMax());
  }

  @Override
  public void offer(ByteBuffer chunk) {
    assert phase == Phase.TAKING && !this.chunk.hasRemaining() : this;
    this.chunk = chunk;
  }

  @Override
  public void finish() {
    assert phase == Phase.TAKING && !chunk.hasRemaining() : this;
    phase = Phase.ENDING;
  }

  @Override
  public Progress poll() throws Exception {
    takeBackLent();
    if (phase == Phase.OVER) return Progress.DONE;
    fillBlocks();
    lent = running().take();
    if (lent != null) {
      if (lent.isLast()) {
        envelope.putTrailer(lent.output, check == null ? 0 : check.getValue(), plainBytes);
      }
      return Progress.READY;
    }
    return phase == Phase.TAKING && !chunk.hasRemaining() ? Progress.HUNGRY : Progress.WAITING;
  }

  @Override
  public ByteBuffer next() {
    var block = lent;
    if (block == null) throw new IllegalStateException("next() without a chunk: poll first");
    return block.output.flip();
  }

  @Override
  public void close() {
    if (order != null) order.close();
    while (made > 1) giveUpOne();
    states.keepAtMost(0);
    free.clear();
    filling = null;
    previous = null;
    lent = null;
    chunk = NOTHING;
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return order == null ? null : order.elsewhere();
  }

  @Override
  public @Nullable String waitsFor() {
    return phase == Phase.TAKING && !chunk.hasRemaining() ? null : "its compressor";
  }

  @Override
  public Cause waitCause() {
    return Cause.WORK;
  }

  @Override
  public String toString() {
    return "DeflateStep(" + phase + ", " + plainBytes + " bytes in, " + made + " blocks)";
  }

  /// Submits every block that can be filled from the chunk, and the last one when the end has come.
  private void fillBlocks() {
    while (chunk.hasRemaining() || phase == Phase.ENDING) {
      if (filling == null && (filling = freshBlock()) == null) return;
      account(filling.fill(chunk));
      boolean last = phase == Phase.ENDING;
      if (last) {
        filling.makeLast();
        phase = Phase.DRAINING;
      }
      if (last || filling.isFull()) submit(filling);
    }
    chunk = NOTHING;
  }

  private void submit(Block block) {
    filling = null;
    submittedBytes += block.dataBytes();
    if (libraryFound && plan.level() > 0 && submittedBytes > LOADING_FROM_BYTES) {
      Libdeflate.beginLoading();
      if (submittedBytes > ZLIB_FIRST_BYTES) block.mayUseLibdeflate();
    }
    previous = block;
    running().elsewhere().holds(plan.blockBytes());
    running().submit(block);
  }

  /// Runs on a worker.
  private Block deflate(Block block) {
    block.deflate(plan.level(), states);
    return block;
  }

  /// Moves the chunk on by `bytes`, which were copied, through the check.
  private void account(int bytes) {
    int limit = chunk.limit();
    int end = chunk.position() + bytes;
    if (check != null) check.update(chunk.limit(end));
    chunk.limit(limit).position(end);
    plainBytes += bytes;
  }

  /// An empty block that knows what comes before it, or null when none is free and none more is granted.
  private @Nullable Block freshBlock() {
    var block = free.poll();
    if (block == null) {
      if (!mayMake()) return null;
      made++;
      states.keepAtMost(statesFor(made));
      block = new Block(plan.blockBytes(), aroundBytes);
      assert block.capacityBytes() + stateBytes(made) == cost(made) : this;
    }
    if (previous == null) {
      block.output.put(header);
    } else {
      block.startAfter(previous);
    }
    return block;
  }

  private boolean mayMake() {
    if (made == 0) return true;
    return made < madeMax && opened().budget().trySurplus(cost(made + 1));
  }

  private long cost(int count) {
    return plan.costBytes(count, aroundBytes);
  }

  private int stateBytes(int count) {
    return (statesFor(count) - statesFor(count - 1)) * DeflateState.bytesMax();
  }

  private void takeBackLent() {
    var block = lent;
    if (block == null) return;
    lent = null;
    running().elsewhere().holds(-plan.blockBytes());
    if (block.isLast()) {
      phase = Phase.OVER;
    } else if (made > 1 && block != previous && opened().budget().waiting() > 0) {
      giveUpOne();
    } else {
      free.push(block);
    }
  }

  /// Gives the surplus of one block back; a compressor more than the blocks left is ended with it.
  private void giveUpOne() {
    opened().budget().giveBack(cost(made));
    made--;
    states.keepAtMost(statesFor(made));
  }

  private int statesFor(int blocks) {
    return Math.min(blocks, plan.statesMax());
  }

  private PartContext opened() {
    if (context == null) throw new IllegalStateException("not open: " + this);
    return context;
  }

  private InOrder<Block, Block> running() {
    if (order == null) throw new IllegalStateException("not open: " + this);
    return order;
  }
}
