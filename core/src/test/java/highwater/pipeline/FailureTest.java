package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.memory.Budget;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each call of a run fails in turn, and a run is cancelled at each: one error, one close of everything, nothing left.
class FailureTest {
  private static final int CALLS = 200;

  private final Budget budget = Budget.of(1 << 20);

  @Test
  void partsThatFailAtEachOfTheirFirstCalls() {
    int threads = runAndCountThreads(new Rig(12, 30).pipeline());
    for (int failAt = 1; failAt <= CALLS; failAt++) {
      var rig = new Rig(12, 30);
      rig.failAt = failAt;
      var error = catchThrowable(() -> rig.pipeline().withBudget(budget).run());
      assertThat(rig.calls).as("the run makes more calls than fail").isGreaterThanOrEqualTo(failAt);
      assertOneFailure(error, rig.thrown);
      rig.checkAllClosedOnce();
      assertNothingLeft(threads);
    }
  }

  @Test
  void partsThatFailTwiceTellTheFirstAndSuppressTheSecond() {
    for (int failAt = 1; failAt <= 100; failAt++) {
      var rig = new Rig(12, 30);
      rig.failAt = failAt;
      rig.failAgainAt = failAt + 1;
      var error = catchThrowable(() -> rig.pipeline().withBudget(budget).run());
      assertOneFailure(error, rig.thrown);
      assertThat(error.getSuppressed()).allMatch(later -> later instanceof Rig.Boom && later != rig.thrown);
      rig.checkAllClosedOnce();
      assertThat(budget.usedBytes()).isZero();
    }
  }

  @Test
  void partsAsStreamsThatFailAtEachOfTheirFirstCalls() {
    int threads = runAndCountThreads(asStreams(new Rig(12, 30)));
    for (int failAt = 1; failAt <= CALLS; failAt++) {
      var rig = new Rig(12, 30);
      rig.failAt = failAt;
      var error = catchThrowable(() -> asStreams(rig).withBudget(budget).run());
      assertOneFailure(error, rig.thrown);
      rig.checkAllClosedOnce();
      assertNothingLeft(threads);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void userStreamsThatFailAtEachOfTheirFirstCallbacks(boolean throwsIt) {
    int threads = runAndCountThreads(new UserStreams(80).pipeline());
    for (int failAt = 1; failAt <= CALLS; failAt++) {
      var users = new UserStreams(80);
      users.failAt = failAt;
      users.throwsIt = throwsIt;
      var error = catchThrowable(() -> users.pipeline().withBudget(budget).run());
      assertThat(users.calls).isGreaterThanOrEqualTo(failAt);
      assertOneFailure(error, users.thrown);
      users.checkAllClosedOnce();
      assertNothingLeft(threads);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void userStreamsThatFailAtTheirLastCallbacks(boolean throwsIt) {
    var whole = new UserStreams(3);
    whole.pipeline().run();
    for (int failAt = 1; failAt <= whole.calls; failAt++) {
      var users = new UserStreams(3);
      users.failAt = failAt;
      users.throwsIt = throwsIt;
      var error = catchThrowable(() -> users.pipeline().withBudget(budget).run());
      assertOneFailure(error, users.thrown);
      users.checkAllClosedOnce();
      assertThat(budget.usedBytes()).isZero();
    }
  }

  @Test
  void partsCancelledAtEachOfTheirFirstCalls() {
    int threads = runAndCountThreads(new Rig(12, 30).pipeline());
    for (int cancelAt = 1; cancelAt <= CALLS; cancelAt++) {
      var rig = new Rig(12, 30);
      var runner = Thread.currentThread();
      int at = cancelAt;
      // The thread that runs it interrupts itself: the calls are then the same in every run.
      rig.onCall =
          call -> {
            if (call == at) runner.interrupt();
          };
      var error = catchThrowable(() -> rig.pipeline().withBudget(budget).run());
      assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
      assertThat(error).isInstanceOf(CancelledException.class);
      assertThat(error.getSuppressed()).isEmpty();
      rig.checkAllClosedOnce();
      assertThat(rig.log).as("cancelled at " + cancelAt).noneMatch(line -> line.startsWith("commit"));
      assertNothingLeft(threads);
    }
  }

  @Test
  void userStreamsCancelledAtEachOfTheirFirstCallbacks() {
    int threads = runAndCountThreads(new UserStreams(80).pipeline());
    for (int cancelAt = 1; cancelAt <= CALLS; cancelAt++) {
      var users = new UserStreams(80);
      var handle = new CompletableFuture<PipelineRun>();
      int at = cancelAt;
      users.onCall =
          call -> {
            if (call == at) handle.join().cancel("at call " + at);
          };
      handle.complete(users.pipeline().withBudget(budget).start());
      var error = catchThrowable(() -> handle.join().join());
      assertThat(error).isInstanceOf(CancelledException.class).hasMessage("at call " + cancelAt);
      assertThat(error.getSuppressed()).isEmpty();
      users.checkAllClosedOnce();
      assertNothingLeft(threads);
    }
  }

  private static Pipeline asStreams(Rig rig) {
    return Pipeline.from(rig.origin())
        .through(rig.cut())
        .through(rig.look())
        .through(Stage.of("pass", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())))
        .to(rig.target());
  }

  private static int runAndCountThreads(Pipeline pipeline) {
    pipeline.run();
    return Thread.activeCount();
  }

  private static void assertOneFailure(@Nullable Throwable error, @Nullable Throwable thrown) {
    assertThat(error).isInstanceOf(PipelineException.class);
    assertThat(error).cause().isSameAs(thrown);
  }

  private void assertNothingLeft(int threads) {
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.waiting()).isZero();
    assertThat(Strand.currentOrNull()).isNull();
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
  }
}
