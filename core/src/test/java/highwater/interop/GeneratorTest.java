package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.blocking.CallThread;
import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A body that gives values from a thread of its own.
@Timeout(60)
class GeneratorTest {
  /// Rounds of the stress test; more with `-Dhighwater.stress.rounds=`.
  private static final int ROUNDS = Integer.getInteger("highwater.stress.rounds", 3_000);

  @AfterEach
  void noThreadIsLeft() {
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  private static Generator<Integer> numbers(int count) {
    return Generator.of(
        out -> {
          for (int i = 0; i < count; i++) out.put(i);
        });
  }

  private static <T> List<T> run(Generator<T> generator) {
    var received = new ArrayList<T>();
    Pipeline.from(generator).to(Target.<T>forEach(received::add)).run();
    return received;
  }

  @ParameterizedTest
  @EnumSource
  void everyRunCallsTheBodyOnANewThreadOfTheKindAskedFor(CallThread kind) {
    var threads = new ArrayList<Thread>();
    var generator =
        Generator.<Integer>of(
                out -> {
                  threads.add(Thread.currentThread());
                  for (int i = 0; i < 1000; i++) out.put(i);
                })
            .on(kind);
    var all = IntStream.range(0, 1000).boxed().toList();
    assertThat(run(generator)).isEqualTo(all);
    assertThat(run(generator)).isEqualTo(all);
    assertThat(threads).hasSize(2).doesNotHaveDuplicates();
    assertThat(threads).allMatch(thread -> thread.isVirtual() == (kind == CallThread.VIRTUAL));
  }

  @Test
  void asALiveStreamItGivesTheSame() {
    var received = new ArrayList<Integer>();
    Strand.run(() -> numbers(100).open().onData(received::add));
    assertThat(received).hasSize(100);
  }

  @Test
  void aBodyThatIsFasterWaits() throws Exception {
    var put = new AtomicInteger();
    var released = new CompletableFuture<Void>();
    var generator =
        Generator.<Integer>of(
                out -> {
                  for (int i = 0; i < 100; i++) {
                    out.put(i);
                    put.incrementAndGet();
                  }
                })
            .ahead(5);
    var run = Pipeline.from(generator).to(Target.<Integer>forEachAsync(value -> released)).start();
    Remains.await("the wait", () -> put.get() >= 5);
    assertThat(Remains.awaitQuiet(put::get)).as("at most one at the target, five ahead").isLessThanOrEqualTo(6);
    released.complete(null);
    run.join();
    assertThat(put).hasValue(100);
  }

  @Test
  void whatTheBodyThrowsFailsTheRunAsItIsAfterTheValuesBefore() {
    var boom = new IOException("boom");
    var received = new ArrayList<Integer>();
    var generator =
        Generator.<Integer>of(
                out -> {
                  out.put(1);
                  out.put(2);
                  throw boom;
                })
            .named("numbers");
    var failure = catchThrowable(() -> Pipeline.from(generator).to(Target.forEach(received::add)).run());
    assertThat(failure).isInstanceOf(PipelineException.class).hasMessage("numbers failed at byte 0: boom");
    assertThat(failure.getCause()).isSameAs(boom);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(received).containsExactly(1, 2);
  }

  /// Closed by the body's `try`; notes how it went.
  private static final class Resource implements AutoCloseable {
    final CountDownLatch closed = new CountDownLatch(1);
    final AtomicReference<@Nullable Throwable> endedBy = new AtomicReference<>();
    final AtomicBoolean interruptedInClose = new AtomicBoolean();
    @Nullable IOException closeFailure;

    @Override
    public void close() throws IOException {
      interruptedInClose.set(Thread.currentThread().isInterrupted());
      closed.countDown();
      if (closeFailure != null) throw closeFailure;
    }
  }

  private static Generator<Integer> endless(Resource resource) {
    return Generator.of(
        out -> {
          try (resource) {
            for (int i = 0; ; i++) out.put(i);
          } catch (Throwable end) {
            resource.endedBy.set(end);
            throw end;
          }
        });
  }

  @Test
  void anEarlyEndIsTheBodysExceptionAndReleasesItsResources() throws Exception {
    var resource = new Resource();
    var received = new ArrayList<Integer>();
    Pipeline.from(endless(resource)).take(3).to(Target.forEach(received::add)).run();
    assertThat(received).containsExactly(0, 1, 2);
    resource.closed.await();
    Remains.await("the exception", () -> resource.endedBy.get() != null);
    assertThat(resource.endedBy.get())
        .isInstanceOf(CancellationException.class)
        .hasMessage("generator: the run wants no more values");
    assertThat(resource.interruptedInClose).isFalse();
  }

  @Test
  void aFailureFurtherDownWaitsForTheBodysEndAndIsItsCause() {
    var resource = new Resource();
    var boom = new IOException("boom");
    var pipeline =
        Pipeline.from(endless(resource))
            .to(
                Target.forEach(
                    value -> {
                      if (value == 1000) throw boom;
                    }));
    assertThatThrownBy(pipeline::run).cause().isSameAs(boom);
    assertThat(resource.closed.getCount()).as("closed before the failure is told").isZero();
    assertThat(resource.endedBy.get()).isInstanceOf(CancellationException.class).hasCause(boom);
  }

  @Test
  void aResourceThatFailsToCloseIsToldBesideWhatEndedTheRun() {
    var resource = new Resource();
    resource.closeFailure = new IOException("close");
    var boom = new IllegalStateException("boom");
    var generator =
        Generator.<Integer>of(
            out -> {
              try (resource) {
                for (int i = 0; ; i++) out.put(i);
              }
            });
    var failure =
        catchThrowable(
            () ->
                Pipeline.from(generator)
                    .to(
                        Target.forEach(
                            value -> {
                              throw boom;
                            }))
                    .run());
    assertThat(failure.getCause()).isSameAs(boom);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0].getSuppressed()).containsExactly(resource.closeFailure);
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatWaitsElsewhereIsInterrupted(CallThread kind) throws Exception {
    var waits = new CountDownLatch(1);
    var seen = new CompletableFuture<Throwable>();
    var generator =
        Generator.<Integer>of(
                out -> {
                  out.put(1);
                  waits.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    seen.complete(e);
                    throw e;
                  }
                })
            .on(kind);
    var run = Pipeline.from(generator).to(Target.forEach(value -> {})).start();
    waits.await();
    run.cancel("enough");
    var failure = catchThrowable(run::join);
    assertThat(failure).isInstanceOf(CancelledException.class).hasMessage("enough");
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(seen.join()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void afterAnInterruptThatWasSwallowedPutTellsTheEndWithoutAFlagLeft() throws Exception {
    var waits = new CountDownLatch(1);
    var interruptedAfterwards = new CompletableFuture<Boolean>();
    var generator =
        Generator.<Integer>of(
            out -> {
              waits.countDown();
              while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
              try {
                out.put(1);
              } finally {
                interruptedAfterwards.complete(Thread.currentThread().isInterrupted());
              }
            });
    var run = Pipeline.from(generator).to(Target.forEach(value -> {})).start();
    waits.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(interruptedAfterwards.join()).isFalse();
  }

  @Test
  void misuseIsToldWhereItHappens() {
    assertThat(catchThrowable(() -> run(Generator.<Integer>of(GeneratorTest::putsNull))).getCause())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("generator: put(null) (expected: a value; leave it out, or wrap it)");
    var stranger =
        Generator.<Integer>of(
            out -> {
              var failure = new CompletableFuture<Throwable>();
              Thread.ofVirtual().start(() -> failure.complete(catchThrowable(() -> out.put(1)))).join();
              throw (Exception) failure.join();
            });
    assertThat(catchThrowable(() -> run(stranger)).getCause()).isInstanceOf(WrongThreadException.class);
    assertThatThrownBy(() -> numbers(1).ahead(0)).hasMessage("ahead: 0 (expected: 1 or more values)");
  }

  @SuppressWarnings("NullAway") // What a user's body does that was not compiled with such care.
  private static void putsNull(Generator.Out<Integer> out) throws InterruptedException {
    out.put(null);
  }

  @Test
  void buffersAreHeldToTheirDeclaredSizeWhichMakesTheBoundKnown() {
    var generator = Generator.<ByteBuffer>of(out -> out.put(ByteBuffer.allocate(101))).ahead(4).chunkAtMost(100);
    var pipeline = Pipeline.from(generator).to(Target.forEach(chunk -> {}));
    assertThat(pipeline.bound().totalBytes()).hasValue(600);
    assertThat(pipeline.explain()).contains("what a body gives on a thread of its own, 4 values ahead");
    assertThat(catchThrowable(pipeline::run).getCause())
        .hasMessageContaining("a value of 101 bytes (expected: at most 100 bytes, as declared");
    assertThat(Pipeline.from(numbers(1)).to(Target.forEach(value -> {})).bound().unknownStage()).isEqualTo("generator");
  }

  /// Whatever the body is doing when the run ends, it wakes, is told once, and has let go.
  @ParameterizedTest
  @EnumSource
  void blockedBodiesAlwaysWake(CallThread kind) {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    int rounds = kind == CallThread.VIRTUAL ? ROUNDS : ROUNDS / 3;
    for (int round = 0; round < rounds; round++) {
      var what = "seed " + seed + ", round " + round;
      int until = 1 + random.nextInt(40);
      int waitsAt = random.nextInt(40);
      var how = random.nextInt(3);
      var over = new CountDownLatch(1);
      var generator =
          Generator.<Integer>of(
                  out -> {
                    try {
                      for (int i = 0; ; i++) {
                        if (i == waitsAt) Thread.sleep(60_000);
                        out.put(i);
                      }
                    } finally {
                      over.countDown();
                    }
                  })
              .ahead(1 + random.nextInt(4))
              .on(kind);
      // A body that waits before the last value keeps the run, so only a cancel ends it.
      if (how == 0 && until <= waitsAt) {
        Pipeline.from(generator).take(until).to(Target.forEach(value -> {})).run();
      } else if (how == 1 && until < waitsAt) {
        var boom = new IllegalStateException("boom");
        var failure =
            catchThrowable(
                () ->
                    Pipeline.from(generator)
                        .to(
                            Target.forEach(
                                value -> {
                                  if (value == until) throw boom;
                                }))
                        .run());
        assertThat(failure).as(what).hasCause(boom);
      } else {
        var run = Pipeline.from(generator).to(Target.forEach(value -> {})).start();
        for (int spin = random.nextInt(20_000); spin > 0; spin--) Thread.onSpinWait();
        run.cancel("enough");
        assertThat(catchThrowable(run::join)).as(what).isInstanceOf(CancelledException.class);
        // Cancelled before its body began, it has none to wait for.
        continue;
      }
      Remains.await("the end of the body, " + what, () -> over.getCount() == 0);
    }
  }
}
