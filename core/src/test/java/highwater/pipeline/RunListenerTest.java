package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.Registration;
import highwater.strand.HandTurned;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Listeners hear of each run twice, whichever way it is run and however it goes.
@Timeout(60)
class RunListenerTest {
  private final List<String> heard = new ArrayList<>();
  private final List<@Nullable Throwable> failures = new ArrayList<>();

  /// Other runs of this process are not for this test.
  private final Registration place =
      PipelineRun.listen(
          new RunListener() {
            @Override
            public void started(PipelineRun run) {
              if (run.isNamed() && run.name().startsWith("heard")) heard.add("started " + run.name());
            }

            @Override
            public void ended(PipelineRun run, @Nullable Throwable failure) {
              if (!run.isNamed() || !run.name().startsWith("heard")) return;
              assertThat(PipelineRun.running()).as("it leaves after this").contains(run);
              heard.add("ended " + run.name() + " after " + run.report().stages().getLast().chunksIn());
              failures.add(failure);
            }
          });

  @AfterEach
  void leave() {
    place.remove();
  }

  private static Pipeline good() {
    return Numbers.from(1, 2, 3).to(Target.forEach(number -> {}));
  }

  private static Pipeline bad() {
    return Numbers.from(1)
        .to(
            Target.forEach(
                number -> {
                  throw new IllegalStateException("no ones");
                }));
  }

  @Test
  void aRunOfTheCallersIsHeardOfBeforeTheCallReturns() {
    good().named("heard").run();
    assertThat(heard).containsExactly("started heard", "ended heard after 3");
    assertThat(failures).hasSize(1).containsOnlyNulls();
  }

  @Test
  void aStartedRunIsHeardOfBeforeItCompletes() throws Exception {
    var _ = good().named("heard").start().join();
    assertThat(heard).containsExactly("started heard", "ended heard after 3");
  }

  @Test
  void aFailureIsWhatTheRunThrows() {
    var thrown = catchThrowable(() -> bad().named("heard 1").run());
    var joined = catchThrowable(() -> bad().named("heard 2").start().join());
    assertThat(thrown).isInstanceOf(PipelineException.class);
    assertThat(failures).hasSize(2);
    assertThat(failures.get(0)).isSameAs(thrown);
    assertThat(failures.get(1)).isSameAs(joined);
  }

  @Test
  void aRunThatIsStoppedOnAStrandEndsOnce() {
    try (var hand = new HandTurned()) {
      var run = Pipeline.from(Numbers.endless()).to(Target.forEach(number -> {})).named("heard").startOn(hand.strand());
      assertThat(heard).containsExactly("started heard");
      run.cancel("enough");
      run.cancel("again");
      hand.runUntilIdle();
      assertThat(heard).containsExactly("started heard", "ended heard after 0");
      assertThat(failures.getFirst()).isInstanceOf(CancelledException.class);
      assertThat(PipelineRun.running()).doesNotContain(run);
    }
  }

  @Test
  void aRunOnAStrandThatHasEndedIsHeardOfAsFailed() {
    var hand = new HandTurned();
    hand.close();
    assertThatThrownBy(() -> good().named("heard").startOn(hand.strand())).isInstanceOf(IllegalStateException.class);
    assertThat(heard).containsExactly("started heard", "ended heard after 0");
    assertThat(failures.getFirst()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingIsHeardOnceItIsTakenOff() {
    place.remove();
    place.remove();
    good().named("heard").run();
    assertThat(heard).isEmpty();
  }

  @Test
  void aListenersFailureGoesToTheThreadAndHarmsNobody() {
    var thread = Thread.currentThread();
    var before = thread.getUncaughtExceptionHandler();
    var uncaught = new ArrayList<Throwable>();
    thread.setUncaughtExceptionHandler((_, thrown) -> uncaught.add(thrown));
    var broken =
        PipelineRun.listen(
            new RunListener() {
              @Override
              public void started(PipelineRun run) {
                throw new IllegalStateException("started");
              }

              @Override
              public void ended(PipelineRun run, @Nullable Throwable failure) {
                throw new IllegalStateException("ended");
              }
            });
    try {
      assertThat(good().named("heard").run().stages().getLast().chunksIn()).isEqualTo(3);
    } finally {
      broken.remove();
      thread.setUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).extracting(Throwable::getMessage).containsExactly("started", "ended");
  }

  @Test
  void namesGivenAreToldFromNamesOfEnds() throws Exception {
    var named = good().named("heard").start();
    var unnamed = good().start();
    assertThat(named.isNamed()).isTrue();
    assertThat(unnamed.isNamed()).isFalse();
    var _ = named.join();
    var _ = unnamed.join();
  }
}
