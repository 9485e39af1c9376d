package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.strand.StrandEndTest.Room;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Errors that nobody handles end the run and are never lost.
class StrandUncaughtTest {
  private final List<Object> seen = new ArrayList<>();
  private final IllegalStateException error = new IllegalStateException("nobody listens");

  @Test
  void anUncheckedErrorIsThrownAsTheSameObject() {
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          throw error;
                        })))
        .isSameAs(error);
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () ->
                            Strand.current()
                                .nextTick(
                                    () -> {
                                      throw error;
                                    }))))
        .isSameAs(error);
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () ->
                            Strand.current()
                                .after(
                                    0,
                                    () -> {
                                      throw error;
                                    }))))
        .isSameAs(error);
    assertThat(catchThrowable(() -> Strand.run(() -> Strand.current().uncaught(error)))).isSameAs(error);
  }

  @Test
  void aCheckedErrorIsThrownInAnUncaughtException() {
    var checked = new IOException("disk");
    assertThatThrownBy(() -> Strand.run(() -> Strand.current().uncaught(checked)))
        .isInstanceOf(UncaughtException.class)
        .hasCause(checked);
  }

  @Test
  void aVirtualMachineErrorIsThrownAgain() {
    var broken = new StackOverflowError();
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          throw broken;
                        })))
        .isSameAs(broken);
  }

  @Test
  void laterErrorsAreSuppressedInTheFirst() {
    var later = new IllegalArgumentException("later");
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          Strand.current().uncaught(error);
                          Strand.current().uncaught(error);
                          throw later;
                        })))
        .isSameAs(error)
        .hasSuppressedException(later);
    assertThat(error.getSuppressed()).containsExactly(later);
  }

  @Test
  void residentsAreAbandonedWithTheErrorBeforeTheNextTick() {
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          var strand = Strand.current();
                          new Room("log.gz", seen);
                          strand.nextTick(() -> seen.add("tick"));
                          throw error;
                        })))
        .isSameAs(error);
    assertThat(seen).containsExactly("log.gz abandoned: " + error, "tick");
  }

  @Test
  void destroysGetToFinishAndTheirErrorsAreSuppressed() {
    var onDestroy = new IllegalArgumentException("close failed");
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          var strand = Strand.current();
                          new Room("log.gz", seen) {
                            @Override
                            protected void abandon(@Nullable Throwable cause) {
                              strand.hold();
                              strand.after(
                                  1_000,
                                  () -> {
                                    strand.leave(this);
                                    strand.release();
                                    throw onDestroy;
                                  });
                            }
                          };
                          throw error;
                        })))
        .isSameAs(error)
        .hasSuppressedException(onDestroy);
  }

  @Test
  void oneResidentThatThrowsWhenAbandonedLeavesTheOthers() {
    var onAbandon = new IllegalArgumentException("abandon");
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          new Room("first", seen) {
                            @Override
                            protected void abandon(@Nullable Throwable cause) {
                              throw onAbandon;
                            }
                          };
                          new Room("second", seen);
                          throw error;
                        })))
        .isSameAs(error)
        .hasSuppressedException(onAbandon);
    assertThat(seen).containsExactly("second abandoned: " + error);
  }

  @Test
  void aHoldThatIsNeverReleasedIsLeftBehindAfterTheBoundAndReported() {
    var clock = new AtomicLong();
    var thrown =
        catchThrowable(
            () ->
                Strand.runInterruptibly(
                    clock::get,
                    () -> {
                      var strand = Strand.current();
                      strand.hold();
                      strand.post(() -> clock.set(Strand.LEFT_BEHIND_AFTER_NANOS));
                      throw error;
                    },
                    null));
    assertThat(thrown).isSameAs(error);
    assertThat(error.getSuppressed()).singleElement().asString().contains("left behind after 2 s", "1 holds");
  }

  @Test
  void turnsThatNeverEndAreLeftBehindAfterTheBound() {
    var clock = new AtomicLong();
    assertThat(
            catchThrowable(
                () ->
                    Strand.runInterruptibly(
                        clock::incrementAndGet,
                        () -> {
                          clock.set(Long.MAX_VALUE - 1_000); // and the clock overflows meanwhile
                          var endless =
                              new Runnable() {
                                @Override
                                public void run() {
                                  clock.addAndGet(1_000_000);
                                  Strand.current().post(this);
                                }
                              };
                          endless.run();
                          throw error;
                        },
                        null)))
        .isSameAs(error);
  }

  @Test
  void timersDoNotKeepAFailingRun() {
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          Strand.current().after(Long.MAX_VALUE, () -> {});
                          throw error;
                        })))
        .isSameAs(error);
  }

  @Test
  void anErrorReportedFromAnotherThreadEndsTheRun() {
    assertThat(
            catchThrowable(
                () ->
                    Strand.run(
                        () -> {
                          var strand = Strand.current();
                          strand.hold();
                          new Room("waits", seen) {
                            @Override
                            protected void abandon(@Nullable Throwable cause) {
                              super.abandon(cause);
                              strand.release();
                            }
                          };
                          Thread.ofVirtual().start(() -> strand.uncaught(error));
                        })))
        .isSameAs(error);
    assertThat(seen).containsExactly("waits abandoned: " + error);
  }

  @ParameterizedTest
  @EnumSource
  void aStartedStrandFailsItsHandleWithTheSameObject(Hosting hosting) {
    var running =
        Strand.start(
            hosting,
            () ->
                Strand.current()
                    .post(
                        () -> {
                          throw error;
                        }));
    assertThat(catchThrowable(running::join)).isSameAs(error);
    assertThat(running.whenEnded().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void aResidentThatCannotDescribeItselfIsStillNamed() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () ->
                        new Room("broken", seen) {
                          @Override
                          protected String describeResident() {
                            throw error;
                          }
                        }))
        .isInstanceOf(UnfinishedException.class)
        .hasMessageContaining("cannot describe itself");
  }
}
