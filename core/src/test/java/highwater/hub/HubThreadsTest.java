package highwater.hub;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.StreamException;
import highwater.contract.Remains;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The same on real threads: whole pipelines, each on a thread of its own, whose budgets read zero after.
///
/// `-Dseed=` takes a printed seed back (it decides who does what, not when), `-Dhub.rounds=` makes more of them.
@Timeout(120)
class HubThreadsTest {
  private static final int ROUNDS = Integer.getInteger("hub.rounds", 150);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int CHUNK_BYTES = 64;

  /// Gives `count` chunks of which every byte tells the position, always in the same buffer; fails then, if told.
  private record Numbers(int count, @Nullable IOException failure) implements PullOrigin<ByteBuffer> {
    static byte byteAt(long position) {
      return (byte) (position % 251);
    }

    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("numbers", CHUNK_BYTES);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new Pull<>() {
        private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
        private int given;
        private long position;

        @Override
        public Progress poll() throws IOException {
          if (given < count) return Progress.READY;
          if (failure != null) throw failure;
          return Progress.DONE;
        }

        @Override
        public ByteBuffer next() {
          given++;
          buffer.clear();
          while (buffer.hasRemaining()) buffer.put(byteAt(position++));
          return buffer.flip();
        }
      };
    }
  }

  private enum Habit {
    FAST,
    SLOW,
    DEAD,
    THROWS
  }

  /// Counts what it takes, as its habit is.
  private static final class Eater implements PullTarget<ByteBuffer>, Put<ByteBuffer> {
    final Habit habit;
    final IllegalStateException own = new IllegalStateException("its own");
    volatile long bytes;
    volatile boolean finished;
    volatile boolean committed;
    boolean inOrder = true;
    private @Nullable ByteBuffer chunk;
    volatile @Nullable PartContext context;
    private boolean rested;

    Eater(Habit habit) {
      this.habit = habit;
    }

    @Override
    public String name() {
      return "eater";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("eats", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return this;
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
    }

    @Override
    public Progress poll() {
      var lent = chunk;
      if (lent != null) {
        if (habit == Habit.DEAD) return Progress.WAITING;
        if (habit == Habit.SLOW && !rested) {
          rested = true;
          var there = context;
          if (there != null) there.strand().after(20_000, there::wake);
          return Progress.WAITING;
        }
        if (habit == Habit.THROWS && bytes > 5 * CHUNK_BYTES) throw own;
        rested = false;
        long position = bytes;
        for (; lent.hasRemaining(); position++) inOrder &= lent.get() == Numbers.byteAt(position);
        bytes = position;
        chunk = null;
      }
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      this.chunk = chunk;
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void commit() {
      committed = true;
    }
  }

  /// Waits for a run and returns what it failed with, or null.
  private static @Nullable Throwable join(PipelineRun run) throws InterruptedException {
    try {
      var _ = run.join();
      return null;
    } catch (PipelineException e) {
      return e.getCause();
    } catch (CancelledException e) {
      return e;
    }
  }

  @Test
  void broadcastsAndSharesOfPipelines() throws Exception {
    System.out.println("HubThreadsTest -Dseed=" + SEED);
    for (int i = 0; i < ROUNDS; i++) {
      try {
        round(new Random(SEED + i));
      } catch (Throwable e) {
        throw new AssertionError("-Dseed=" + (SEED + i) + ": " + e.getMessage(), e);
      }
    }
  }

  private static void round(Random random) throws Exception {
    var budget = Budget.of(1 << 20);
    int count = 1 + random.nextInt(3);
    var failure = random.nextInt(3) == 0 ? new IOException("boom") : null;
    int total = random.nextInt(200);
    var options = HubOptions.bound(CHUNK_BYTES + random.nextInt(1000)).chunkAtMost(CHUNK_BYTES).startingWith(count);
    Origin<ByteBuffer> origin = new Numbers(total, failure);
    boolean isShare = random.nextBoolean();
    var broadcast = Broadcast.ofBytes("hub", options);
    var share = Share.ofBytes("hub", options, to -> Pipeline.from(origin).to(to).withBudget(budget));
    var branches = new ArrayList<Branch<ByteBuffer>>();
    var eaters = new ArrayList<Eater>();
    var runs = new ArrayList<PipelineRun>();
    for (int i = 0; i < count; i++) {
      long limit = CHUNK_BYTES + random.nextLong(500);
      var pace =
          switch (random.nextInt(4)) {
            case 0 -> Pace.hold();
            case 1 -> Pace.dropOldest(limit);
            case 2 -> Pace.dropNewest(limit);
            default -> Pace.detachAfter(limit);
          };
      var branch = isShare ? share.branch(pace) : broadcast.branch(pace);
      var eater = new Eater(Habit.values()[random.nextInt(4)]);
      branches.add(branch);
      eaters.add(eater);
      runs.add(Pipeline.from(branch).to(eater).withBudget(budget).start());
    }
    var source = isShare ? null : Pipeline.from(origin).to(broadcast.target()).withBudget(budget).start();
    // The living first: those that a dead one holds up are let go when it is stopped.
    for (int i = 0; i < count; i++) if (eaters.get(i).habit == Habit.DEAD) stopWhenStuck(runs, eaters, i);
    for (int i = 0; i < count; i++) check(branches.get(i), eaters.get(i), join(runs.get(i)), total, failure);
    if (source != null) join(source);
    Remains.await("an empty budget", () -> budget.usedBytes() == 0);
    assertThat(isShare ? share.heldBytes() : broadcast.heldBytes()).isZero();
  }

  /// A dead one is stopped when the others are over or wait: here, when nothing has moved between two looks.
  private static void stopWhenStuck(List<PipelineRun> runs, List<Eater> eaters, int dead) {
    // All must have been there at one time, or the source waits for that for ever.
    for (var eater : eaters) awaitOpen(eater);
    long moved = -1;
    for (int still = 0; still < 3; ) {
      long sum = eaters.stream().mapToLong(eater -> eater.bytes).sum();
      still = moved == sum ? still + 1 : 0;
      moved = sum;
      Thread.yield();
    }
    runs.get(dead).cancel("dead");
  }

  /// One that was never there has not joined, and nobody is told that it left.
  private static void awaitOpen(Eater eater) {
    Remains.await("the open", () -> eater.context != null);
  }

  private static void check(
      Branch<ByteBuffer> branch, Eater eater, @Nullable Throwable failed, int total, @Nullable IOException failure) {
    var tally = branch.tally();
    assertThat(tally.given().bytes()).isEqualTo(tally.received().bytes() + tally.dropped().bytes());
    assertThat(tally.given().chunks()).isEqualTo(tally.received().chunks() + tally.dropped().chunks());
    assertThat(tally.buffered()).isEqualTo(Tally.Amount.NONE);
    if (failed == null) {
      assertThat(failure).as("an end where the source failed").isNull();
      assertThat(eater.committed).isTrue();
      assertThat(tally.received().bytes()).isEqualTo(eater.bytes);
      assertThat(tally.given()).isEqualTo(new Tally.Amount(total, (long) total * CHUNK_BYTES));
    } else if (failed == failure) {
      assertThat(tally.received().bytes()).isEqualTo(eater.bytes);
    } else if (failed == eater.own) {
      assertThat(eater.habit).isEqualTo(Habit.THROWS);
    } else if (failed instanceof CancelledException) {
      assertThat(eater.habit).isEqualTo(Habit.DEAD);
    } else {
      assertThat(failed).isInstanceOf(OverflowException.class);
      assertThat(branch.pace()).isInstanceOf(Pace.Detach.class);
    }
    if (branch.pace() instanceof Pace.Hold) assertThat(eater.inOrder).isTrue();
    assertThat(eater.committed && failed != null).as("committed and failed").isFalse();
  }

  @Test
  void inletsWithManyProducers() throws Exception {
    System.out.println("HubThreadsTest -Dseed=" + SEED);
    for (int i = 0; i < ROUNDS; i++) {
      try {
        inletRound(new Random(SEED + i));
      } catch (Throwable e) {
        throw new AssertionError("-Dseed=" + (SEED + i) + ": " + e.getMessage(), e);
      }
    }
  }

  private static void inletRound(Random random) throws Exception {
    var budget = Budget.of(1 << 20);
    var overflow = Overflow.values()[random.nextInt(Overflow.values().length)];
    var inlet = Inlet.ofBytes("inlet", CHUNK_BYTES + random.nextInt(1000), overflow);
    var eater = new Eater(Habit.values()[random.nextInt(4)]);
    var run = Pipeline.from(inlet.origin()).to(eater).withBudget(budget).start();
    var put = new AtomicLong();
    var refused = new AtomicLong();
    var closed = new AtomicLong();
    var threads = new ArrayList<Thread>();
    int each = random.nextInt(100);
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      Runnable body =
          () -> {
            for (int n = 0; n < each; n++) {
              try {
                inlet.put(ByteBuffer.allocate(CHUNK_BYTES));
                put.incrementAndGet();
              } catch (OverflowException e) {
                refused.incrementAndGet();
              } catch (StreamException e) {
                closed.incrementAndGet();
                return;
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            }
          };
      threads.add(random.nextBoolean() ? Thread.ofVirtual().start(body) : Thread.ofPlatform().start(body));
    }
    if (eater.habit == Habit.DEAD) {
      awaitOpen(eater);
      run.cancel("dead");
    }
    // A producer that waits for ever would make this wait for ever.
    for (var thread : threads) thread.join();
    inlet.end();
    var failed = join(run);
    var tally = inlet.tally();
    assertThat(tally.buffered()).isEqualTo(Tally.Amount.NONE);
    assertThat(tally.given().chunks()).isEqualTo(put.get());
    assertThat(tally.given().chunks()).isEqualTo(tally.received().chunks() + tally.dropped().chunks());
    if (overflow == Overflow.REFUSE) assertThat(tally.refused().chunks()).isEqualTo(refused.get());
    if (overflow == Overflow.BLOCK) assertThat(refused).hasValue(0);
    if (failed == null) {
      assertThat(tally.received().bytes()).isEqualTo(eater.bytes);
      if (overflow != Overflow.FAIL) assertThat(closed).hasValue(0);
    }
    assertThat(budget.usedBytes()).isZero();
    assertThat(inlet.heldBytes()).isZero();
  }
}
