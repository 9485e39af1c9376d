package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.memory.Budget;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void itsNameSaysTheRateInTheUnitsItWasGivenIn() {
    assertThat(Stream.of(2_000_000L, 64_000L, 64L << 10, 1_001L).map(rate -> Throttle.bytesPerSecond(rate).name()))
        .containsExactly("throttle 2 MB/s", "throttle 64 kB/s", "throttle 64 KiB/s", "throttle 1,001 bytes/s");
  }

  @Test
  void allBytesTakeExactlyTheirTime() {
    var random = Samples.random("throttle");
    for (int run = 0; run < 40; run++) {
      long rate = 1 + random.nextLong(random.nextBoolean() ? 100 : 10_000_000);
      var data = Samples.noise(random, 1 + random.nextInt((int) Math.min(rate * 3, 30_000)));
      out.reset();
      try (var hand = new HandTurned()) {
        var drive = drive(rate, Samples.split(random, data));
        hand.turn(drive::start);
        hand.runUntilIdle();
        var where = "%d bytes at %d bytes/s, seed %d".formatted(data.length, rate, Samples.SEED);
        assertThat(drive.isOver()).as(where).isTrue();
        assertThat(out.toByteArray()).as(where).isEqualTo(data);
        long expected = Math.ceilDiv(data.length * SECOND, rate);
        assertThat(hand.nanoTime()).as(where).isEqualTo(expected);
      }
    }
  }

  private Drive<?> drive(long rate, List<byte[]> chunks) {
    return new Drive<>(
        Throttle.bytesPerSecond(rate), chunks.iterator(), chunk -> Drive.copy(chunk, out), Budget.unlimited());
  }

  @Test
  void neverMoreThanTheRateHasPassed() {
    long rate = 1000;
    try (var hand = new HandTurned()) {
      hand.turn(drive(rate, List.of(new byte[5000]))::start);
      for (int ms = 0; ms < 6000; ms += 7) {
        assertThat((long) out.size()).isLessThanOrEqualTo(hand.nanoTime() * rate / SECOND);
        hand.advance(7_000_000);
      }
      assertThat(out.size()).isEqualTo(5000);
    }
  }

  @Test
  void aLargeChunkAtALowRateFlowsInTenthsOfASecond() {
    try (var hand = new HandTurned()) {
      hand.turn(drive(100, List.of(new byte[1000]))::start);
      hand.advance(SECOND / 10);
      assertThat(out.size()).isEqualTo(10);
      hand.advance(SECOND / 10);
      assertThat(out.size()).isEqualTo(20);
      hand.runUntilIdle();
    }
  }

  @Test
  void oneBytePerSecondIsOneBytePerSecond() {
    try (var hand = new HandTurned()) {
      hand.turn(drive(1, List.of(new byte[3]))::start);
      hand.advance(2 * SECOND);
      assertThat(out.size()).isEqualTo(2);
      hand.runUntilIdle();
      assertThat(hand.nanoTime()).isEqualTo(3 * SECOND);
    }
  }

  @Test
  void lostTimeIsCaughtUpToATenthOfASecond() {
    try (var hand = new HandTurned()) {
      var step = Throttle.bytesPerSecond(1000).step();
      open(step, hand);
      turn(hand, () -> step.offer(ByteBuffer.wrap(new byte[10])));
      turn(hand, () -> assertThat(step.poll()).isEqualTo(Progress.WAITING));
      hand.advance(SECOND / 100);
      turn(hand, () -> assertThat(step.poll()).isEqualTo(Progress.READY));
      turn(hand, step::next);
      turn(hand, () -> assertThat(step.poll()).isEqualTo(Progress.HUNGRY));
      hand.advance(10 * SECOND);
      turn(hand, () -> step.offer(ByteBuffer.wrap(new byte[500])));
      // A part of 100 bytes, and the 100 of a tenth of a second, pass at once.
      for (int part = 0; part < 2; part++) {
        turn(hand, () -> assertThat(step.poll()).isEqualTo(Progress.READY));
        turn(hand, () -> assertThat(step.next().remaining()).isEqualTo(100));
      }
      turn(hand, () -> assertThat(step.poll()).isEqualTo(Progress.WAITING));
      turn(hand, step::close);
    }
  }

  private interface Body {
    void run() throws Exception;
  }

  private static void turn(HandTurned hand, Body body) {
    hand.turn(
        () -> {
          try {
            body.run();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void open(Step<ByteBuffer, ByteBuffer> step, HandTurned hand) {
    var context =
        new PartContext() {
          @Override
          public Strand strand() {
            return hand.strand();
          }

          @Override
          public void wake() {}

          @Override
          public Budget budget() {
            return Budget.unlimited();
          }
        };
    turn(hand, () -> step.open(context));
  }

  @Test
  void aVeryHighRateDoesNotOverflow() {
    try (var hand = new HandTurned()) {
      var chunks = Collections.nCopies(20, Samples.noise(new Random(1), 1 << 20));
      hand.turn(drive(1_000_000_000_000_000_000L, chunks)::start);
      hand.runUntilIdle();
      assertThat(out.size()).isEqualTo(20 << 20);
    }
  }

  @Test
  void aRateBelowOneIsRefused() {
    assertThatThrownBy(() -> Throttle.bytesPerSecond(0)).hasMessageContaining("0 bytes per second");
  }
}
