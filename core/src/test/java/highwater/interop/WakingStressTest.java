package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A blocked reader or writer always wakes on an end, an error and a cancel, whichever comes when: thousands of rounds.
///
/// `-Dseed=` takes a run back, `-DwakingRounds=` makes it longer.
@Timeout(120)
class WakingStressTest {
  private static final int ROUNDS = Integer.getInteger("wakingRounds", 2_000);

  /// How long a wake may take on a machine that does much else.
  private static final long PATIENCE_SECONDS = 60;

  enum Threads {
    VIRTUAL,
    PLATFORM;

    void start(Runnable body) {
      if (this == VIRTUAL) Thread.ofVirtual().start(body);
      else Thread.ofPlatform().daemon().start(body);
    }
  }

  private static Random seeded(String what) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(what + ": -Dseed=" + seed);
    return new Random(seed);
  }

  /// Lets the other thread come anywhere between its start and its wait.
  private static void dawdle(Random random) {
    int spins = random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(200);
    for (int i = 0; i < spins; i++) Thread.onSpinWait();
    if (random.nextInt(8) == 0) Thread.yield();
  }

  private interface Waiting {
    void run() throws IOException;
  }

  /// What `body` throws on a thread of this kind, or null.
  private static CompletableFuture<@Nullable Throwable> outcome(Threads threads, Waiting body) {
    var outcome = new CompletableFuture<@Nullable Throwable>();
    threads.start(
        () -> {
          try {
            body.run();
            outcome.complete(null);
          } catch (Throwable thrown) {
            outcome.complete(thrown);
          }
        });
    return outcome;
  }

  @ParameterizedTest
  @EnumSource
  void aReaderWakes(Threads threads) throws Exception {
    var random = seeded("reader on " + threads);
    for (int round = 0; round < ROUNDS; round++) {
      var origin = new Silent();
      boolean bytes = random.nextBoolean();
      int how = random.nextInt(3);
      CompletableFuture<@Nullable Throwable> outcome;
      Runnable close;
      if (bytes) {
        var in = Views.inputStream(Pipeline.from(origin));
        close = in::close;
        outcome = outcome(threads, () -> assertThat(in.read()).isEqualTo(-1));
      } else {
        var chunks = Pipeline.from(origin).iterate();
        close = chunks::close;
        outcome = outcome(threads, () -> assertThat(chunks.iterator().hasNext()).isFalse());
      }
      dawdle(random);
      switch (how) {
        case 0 -> origin.end(null);
        case 1 -> origin.end(new IOException("boom"));
        default -> close.run();
      }
      var thrown = outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      check(how, bytes, thrown, "round " + round + (bytes ? ", input stream" : ", iteration"));
    }
  }

  private static void check(int how, boolean bytes, @Nullable Throwable thrown, String round) {
    switch (how) {
      case 0 -> assertThat(thrown).as(round).isNull();
      case 1 ->
          assertThat(bytes && thrown != null ? thrown.getCause() : thrown)
              .as(round)
              .isInstanceOf(PipelineException.class);
      default -> assertThat(thrown).as(round).isNotNull().isNotInstanceOf(AssertionError.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriterWakes(Threads threads) throws Exception {
    var random = seeded("writer on " + threads);
    for (int round = 0; round < ROUNDS; round++) {
      var target = new Turning();
      var writer = Views.<String>writer(up -> up.to(target));
      int how = random.nextInt(3);
      var outcome =
          outcome(
              threads,
              () -> {
                // More than there is room for: it waits until the target turns.
                for (int i = 0; i < 40; i++) assertThat(writer.put("x")).isTrue();
                var _ = writer.finish();
              });
      dawdle(random);
      switch (how) {
        case 0 -> target.turn(null);
        case 1 -> target.turn(new IOException("boom"));
        default -> writer.close();
      }
      var thrown = outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      var as = "round " + round;
      switch (how) {
        case 0 -> assertThat(thrown).as(as).isNull();
        case 1 -> assertThat(thrown).as(as).isInstanceOf(PipelineException.class);
        default -> assertThat(thrown).as(as).isInstanceOf(CancelledException.class);
      }
    }
  }
}
