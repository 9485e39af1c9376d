package highwater.hub;

import com.google.errorprone.annotations.FormatMethod;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random schedules over hand-turned strands: every part is polled once a step, in an order that the seed decides.
///
/// After every step the bounds are checked in bytes and the books of every consumer are balanced; at the end what was
/// received is counted beside them. Whoever waits without having to is a deadlock. `-Dseed=` takes a printed seed back,
/// `-Dhub.schedules=` makes more of them.
@Timeout(120)
class HubSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("hub.schedules", 1000);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private enum Habit {
    FAST,
    SLOW,
    DEAD,
    THROWS,
    LEAVES
  }

  /// Somebody with a strand of its own, who does one thing a step.
  private abstract static class Actor {
    boolean runnable = true;

    abstract HandTurned hand();

    abstract void step();

    abstract boolean isOver();

    void wakeUp() {
      // A wake is a turn of the strand, so it comes when the schedule lets it.
      if (hand().runReady() > 0) runnable = true;
    }

    boolean canRun() {
      return !isOver() && (runnable || hand().hasWork());
    }
  }

  /// Numbers each chunk and fills it by its number; always in the same buffer, which it spoils when it has it back.
  private static ByteBuffer filled(ByteBuffer buffer, long number, int bytes) {
    buffer.clear().limit(bytes);
    buffer.putLong(number);
    while (buffer.hasRemaining()) buffer.put((byte) (number * 31 + buffer.position()));
    return buffer.flip();
  }

  private static long numberOf(ByteBuffer chunk) {
    long number = chunk.getLong();
    while (chunk.hasRemaining()) {
      int at = chunk.position();
      require(chunk.get() == (byte) (number * 31 + at), "chunk %d was changed at byte %d", number, at);
    }
    return number;
  }

  @FormatMethod
  private static void require(boolean holds, String what, Object... args) {
    if (!holds) throw new AssertionError(String.format(what, args));
  }

  // ---------------------------------------------------------------- actors

  private static final class SourceActor extends Actor {
    final Giver<ByteBuffer> giver;
    final Random random;
    final int total;
    final int failAt;
    final int largest;
    final ByteBuffer lent = ByteBuffer.allocate(64);
    final IOException boom = new IOException("boom");
    int offered;
    long offeredBytes;
    boolean finished;
    boolean committed;
    boolean failed;
    boolean over;

    SourceActor(Broadcast<ByteBuffer> hub, Random random, int total, int failAt, int largest) {
      this.random = random;
      this.total = total;
      this.failAt = failAt;
      this.largest = largest;
      giver = new Giver<>(hub.target());
      giver.opened();
    }

    @Override
    HandTurned hand() {
      return giver.hand;
    }

    @Override
    boolean isOver() {
      return over;
    }

    @Override
    void step() {
      if (committed) {
        if (giver.settled()) end();
        else runnable = false;
        return;
      }
      if (offered == failAt && random.nextInt(3) == 0) {
        failed = true;
        giver.abort(boom);
        end();
        return;
      }
      switch (giver.poll()) {
        case HUNGRY -> next();
        case WAITING -> runnable = false;
        case DONE -> {
          committed = true;
          giver.commit();
        }
        case READY -> throw new AssertionError("a target is never READY");
      }
    }

    private void next() {
      filled(lent, -1, lent.capacity());
      if (offered == total) {
        finished = true;
        giver.finish();
        return;
      }
      int bytes = 9 + random.nextInt(largest - 8);
      var chunk = filled(lent, offered++, bytes);
      offeredBytes += bytes;
      try {
        giver.part.offer(chunk);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    private void end() {
      over = true;
      giver.end();
    }

    void close() {
      giver.close();
    }
  }

  private static class ConsumerActor extends Actor implements AutoCloseable {
    final Branch<ByteBuffer> branch;
    final Random random;
    final Habit habit;
    final int quitAfter;
    final Taker<ByteBuffer> taker;

    /// How many chunks the source had offered when this one joined, -1 before.
    int joinedAt = -1;

    long last = -1;
    long chunks;
    long bytes;
    boolean hasLeft;

    ConsumerActor(Branch<ByteBuffer> branch, Random random, Habit habit) {
      this.branch = branch;
      this.random = random;
      this.habit = habit;
      quitAfter = 1 + random.nextInt(8);
      taker =
          new Taker<>(branch) {
            @Override
            void received(ByteBuffer chunk) {
              chunks++;
              bytes += chunk.remaining();
              check(numberOf(chunk));
            }
          };
    }

    void check(long number) {
      require(number > last, "%s got %d after %d", branch, number, last);
      boolean misses = !(branch.pace() instanceof Pace.Hold);
      require(misses || last < 0 || number == last + 1, "%s got %d after %d and misses nothing", branch, number, last);
      last = number;
    }

    @Override
    HandTurned hand() {
      return taker.hand;
    }

    boolean isJoined() {
      return joinedAt >= 0;
    }

    @Override
    boolean isOver() {
      return hasLeft;
    }

    void join(int offered) {
      joinedAt = offered;
      taker.opened();
    }

    @Override
    void step() {
      if (habit == Habit.DEAD) {
        runnable = false;
        return;
      }
      if (habit == Habit.SLOW && random.nextInt(4) > 0) return;
      switch (taker.halfStep()) {
        case READY -> quitPerhaps();
        case WAITING -> runnable = false;
        case DONE -> leave(taker.failure);
        case HUNGRY -> throw new AssertionError("an origin is never HUNGRY");
      }
    }

    private void quitPerhaps() {
      // Also between an announcement and the taking.
      if (chunks < quitAfter - random.nextInt(2)) return;
      if (habit == Habit.THROWS) leave(new IllegalStateException("its own"));
      if (habit == Habit.LEAVES) leave(null);
    }

    void leave(@Nullable Throwable cause) {
      hasLeft = true;
      taker.leave(cause);
    }

    @Override
    public void close() {
      taker.close();
    }
  }

  // ---------------------------------------------------------------- broadcast and share

  private static final class Scene implements AutoCloseable {
    final Random random;
    final boolean onDemand;
    final HubOptions options;
    final Broadcast<ByteBuffer> hub;
    final SourceActor source;
    final List<ConsumerActor> consumers = new ArrayList<>();

    Scene(Random random) {
      this.random = random;
      int largest = 9 + random.nextInt(40);
      onDemand = random.nextInt(3) == 0;
      int count = 1 + random.nextInt(4);
      options =
          HubOptions.bound(largest + random.nextLong(4L * largest))
              .chunkAtMost(largest)
              .startingWith(1 + random.nextInt(count));
      hub = new Broadcast<>("hub", Cargo.ofBytes(), options, onDemand);
      int total = random.nextInt(40);
      source = new SourceActor(hub, random, total, random.nextInt(3) == 0 ? random.nextInt(total + 1) : -1, largest);
      for (int i = 0; i < count; i++) {
        long limit = largest + random.nextLong(3L * largest);
        var pace =
            switch (random.nextInt(4)) {
              case 0 -> Pace.hold();
              case 1 -> Pace.dropOldest(limit);
              case 2 -> Pace.dropNewest(limit);
              default -> Pace.detachAfter(limit);
            };
        var habits = Habit.values();
        consumers.add(new ConsumerActor(hub.branch(pace), random, habits[random.nextInt(habits.length)]));
      }
    }

    void run() {
      for (; ; ) {
        var able = new ArrayList<Actor>();
        if (source.canRun()) able.add(source);
        for (var consumer : consumers) if (consumer.canRun()) able.add(consumer);
        if (able.isEmpty()) {
          if (!endStall()) break;
          continue;
        }
        step(able.get(random.nextInt(able.size())));
        audit();
      }
      conclude();
    }

    private void step(Actor actor) {
      if (actor instanceof ConsumerActor consumer && !consumer.isJoined()) {
        consumer.join(source.offered);
        return;
      }
      actor.wakeUp();
      if (actor.runnable) actor.step();
    }

    /// Nobody can go on: fine if all is over, or somebody dead is waited for, who then leaves.
    private boolean endStall() {
      var dead = new ArrayList<ConsumerActor>();
      for (var consumer : consumers) if (!consumer.hasLeft && consumer.habit == Habit.DEAD) dead.add(consumer);
      boolean allOthersOver = consumers.stream().allMatch(consumer -> consumer.hasLeft || dead.contains(consumer));
      boolean held = dead.stream().anyMatch(consumer -> consumer.branch.pace() instanceof Pace.Hold);
      boolean unasked = onDemand && allOthersOver && !dead.isEmpty();
      require(held || unasked || (source.over && allOthersOver), "deadlock: %s, source at %d", hub, source.offered);
      for (var consumer : dead) {
        consumer.leave(null);
        audit();
      }
      return !dead.isEmpty();
    }

    private void audit() {
      long own = 0;
      long lags = 0;
      boolean allHold = true;
      for (var consumer : consumers) {
        var branch = consumer.branch;
        boolean holds = branch.pace() instanceof Pace.Hold;
        long limit =
            switch (branch.pace()) {
              case Pace.Hold() -> options.boundBytes();
              case Pace.DropOldest(var bytes) -> bytes;
              case Pace.DropNewest(var bytes) -> bytes;
              case Pace.Detach(var bytes) -> bytes;
            };
        long lag = branch.lagBytes();
        require(lag <= limit, "%s lags %d of %d", branch, lag, limit);
        lags += lag;
        if (!holds && lag > 0) {
          own += limit;
          allHold = false;
        }
        var tally = branch.tally();
        require(balances(tally), "%s: %s", branch, tally);
        require(
            tally.received().equals(new Tally.Amount(consumer.chunks, consumer.bytes)),
            "%s received %d: %s",
            branch,
            consumer.chunks,
            tally);
        require(!holds || consumer.hasLeft || tally.dropped().chunks() == 0, "%s holds: %s", branch, tally);
      }
      long held = hub.heldBytes();
      require(held <= options.boundBytes() + own, "%d held, bound %d and %d", held, options.boundBytes(), own);
      require(!allHold || held <= options.boundBytes(), "%d held, bound %d", held, options.boundBytes());
      require(held <= lags, "%d held, of which consumers have %d", held, lags);
    }

    private void conclude() {
      require(source.over, "the source is not over: %s", hub);
      require(hub.heldBytes() == 0 && hub.consumers() == 0, "left: %s", hub);
      for (var consumer : consumers) {
        var tally = consumer.branch.tally();
        var failure = consumer.taker.failure;
        if (failure == source.boom) {
          require(source.failed, "%s failed with an error that nobody has", consumer.branch);
        } else if (failure instanceof OverflowException) {
          require(consumer.branch.pace() instanceof Pace.Detach, "%s was detached", consumer.branch);
        } else if (failure != null) {
          // Too late: the others had left, and whatever the source did after that is none of its business.
          boolean tooLate = String.valueOf(failure.getMessage()).contains("stopped when its last consumer had left");
          require(tooLate && tally.given().chunks() == 0, "%s: %s", consumer.branch, failure);
        }
        if (!consumer.taker.ended) continue;
        require(source.finished && source.committed && !source.failed, "%s saw an end", consumer.branch);
        long missedBefore = source.total - tally.given().chunks();
        require(
            missedBefore <= consumer.joinedAt && missedBefore >= Math.max(0, consumer.joinedAt - 1),
            "%s was given %s, joined at %d of %d",
            consumer.branch,
            tally,
            consumer.joinedAt,
            source.total);
        require(tally.dropped().chunks() == tally.given().chunks() - consumer.chunks, "%s: %s", consumer.branch, tally);
        if (consumer.joinedAt > 0) continue;
        require(tally.dropped().bytes() == source.offeredBytes - consumer.bytes, "%s: %s", consumer.branch, tally);
      }
    }

    @Override
    public void close() {
      source.close();
      for (var consumer : consumers) consumer.close();
    }
  }

  private static boolean balances(Tally tally) {
    return tally.given().chunks() == tally.received().chunks() + tally.dropped().chunks() + tally.buffered().chunks()
        && tally.given().bytes() == tally.received().bytes() + tally.dropped().bytes() + tally.buffered().bytes();
  }

  @Test
  void everyPaceUnderEverySchedule() {
    System.out.println("HubSchedulesTest -Dseed=" + SEED);
    for (int i = 0; i < SCHEDULES; i++) {
      try (var scene = new Scene(new Random(SEED + i))) {
        scene.run();
      } catch (Throwable e) {
        throw new AssertionError("-Dseed=" + (SEED + i) + ": " + e.getMessage(), e);
      }
    }
  }

  // ---------------------------------------------------------------- inlet

  private static final class ProducerActor extends Actor {
    final HandTurned hand = new HandTurned();
    final Inlet<ByteBuffer> inlet;
    final Random random;
    final int number;
    final int total;
    final int largest;
    int next;
    @Nullable ByteBuffer chunk;
    long taken;
    long takenBytes;
    long dropped;
    long droppedBytes;
    long refused;
    boolean closed;

    ProducerActor(Inlet<ByteBuffer> inlet, Random random, int number, int total, int largest) {
      this.inlet = inlet;
      this.random = random;
      this.number = number;
      this.total = total;
      this.largest = largest;
      var _ = inlet.onRoom(hand.strand(), () -> runnable = true);
    }

    @Override
    HandTurned hand() {
      return hand;
    }

    @Override
    boolean isOver() {
      return closed || next == total;
    }

    @Override
    void step() {
      hand.turn(() -> offer());
    }

    private void offer() {
      if (chunk == null) {
        int bytes = 9 + random.nextInt(largest - 8);
        chunk = filled(ByteBuffer.allocate(bytes), number * 1000L + next, bytes);
      }
      var offered = chunk;
      int bytes = offered.remaining();
      switch (inlet.offer(offered)) {
        case TAKEN -> {
          taken++;
          takenBytes += bytes;
          done();
        }
        case DROPPED -> {
          dropped++;
          droppedBytes += bytes;
          done();
        }
        case REFUSED -> {
          refused++;
          if (inlet.origin().pace() instanceof Pace.Hold && random.nextBoolean()) runnable = false;
          else done();
        }
        case CLOSED -> closed = true;
      }
    }

    private void done() {
      next++;
      chunk = null;
    }

    void close() {
      hand.close();
    }
  }

  /// Its chunks come from several producers, each in order.
  private static final class InletConsumer extends ConsumerActor {
    private final long[] lastOf = {-1, -1, -1, -1};

    InletConsumer(Branch<ByteBuffer> branch, Random random, Habit habit) {
      super(branch, random, habit);
    }

    @Override
    void check(long number) {
      int producer = (int) (number / 1000);
      require(number % 1000 > lastOf[producer], "%d of producer %d after %d", number, producer, lastOf[producer]);
      lastOf[producer] = number % 1000;
    }
  }

  private static void runInlet(Random random) {
    int largest = 9 + random.nextInt(40);
    long bound = largest + random.nextLong(4L * largest);
    var overflow = Overflow.values()[random.nextInt(Overflow.values().length)];
    var inlet = Inlet.ofBytes("inlet", bound, overflow);
    var producers = new ArrayList<ProducerActor>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) producers.add(new ProducerActor(inlet, random, i, random.nextInt(30), largest));
    var habit = Habit.values()[random.nextInt(Habit.values().length)];
    boolean fails = random.nextInt(4) == 0;
    var boom = new IOException("boom");
    try (var consumer = new InletConsumer(inlet.origin(), random, habit)) {
      for (; ; ) {
        var able = new ArrayList<Actor>();
        for (var producer : producers) if (producer.canRun()) able.add(producer);
        if (consumer.canRun()) able.add(consumer);
        if (producers.stream().allMatch(Actor::isOver)) {
          if (fails) inlet.fail(boom);
          else inlet.end();
        }
        if (able.isEmpty()) {
          if (consumer.hasLeft) break;
          if (consumer.canRun()) continue;
          require(habit == Habit.DEAD, "deadlock: %s", inlet);
          consumer.leave(null);
        } else {
          var actor = able.get(random.nextInt(able.size()));
          if (actor == consumer && !consumer.isJoined()) consumer.join(0);
          actor.wakeUp();
          if (actor.runnable) actor.step();
        }
        require(inlet.heldBytes() <= bound, "%d held, bound %d", inlet.heldBytes(), bound);
        checkTally(inlet, producers, consumer);
      }
      var failure = consumer.taker.failure;
      require(!consumer.taker.ended || (!fails && failure == null), "an end where it failed");
      require(
          failure == null || failure == boom || (failure instanceof OverflowException && overflow == Overflow.FAIL),
          "failed with %s",
          failure);
      require(inlet.heldBytes() == 0, "left: %s", inlet);
    } finally {
      producers.forEach(ProducerActor::close);
    }
  }

  private static void checkTally(Inlet<ByteBuffer> inlet, List<ProducerActor> producers, ConsumerActor consumer) {
    var tally = inlet.tally();
    long taken = producers.stream().mapToLong(producer -> producer.taken).sum();
    long takenBytes = producers.stream().mapToLong(producer -> producer.takenBytes).sum();
    long dropped = producers.stream().mapToLong(producer -> producer.dropped).sum();
    long droppedBytes = producers.stream().mapToLong(producer -> producer.droppedBytes).sum();
    long refused = producers.stream().mapToLong(producer -> producer.refused).sum();
    require(balances(tally), "%s", tally);
    require(
        tally.given().equals(new Tally.Amount(taken + dropped, takenBytes + droppedBytes)),
        "%d given: %s",
        taken,
        tally);
    require(tally.received().equals(new Tally.Amount(consumer.chunks, consumer.bytes)), "received: %s", tally);
    require(tally.refused().chunks() >= refused && tally.refused().chunks() <= refused + 1, "refused: %s", tally);
    require(tally.dropped().chunks() >= dropped, "dropped: %s", tally);
  }

  @Test
  void everyOverflowUnderEverySchedule() {
    System.out.println("HubSchedulesTest -Dseed=" + SEED);
    for (int i = 0; i < SCHEDULES; i++) {
      try {
        runInlet(new Random(SEED + i));
      } catch (Throwable e) {
        throw new AssertionError("-Dseed=" + (SEED + i) + ": " + e.getMessage(), e);
      }
    }
  }
}
