package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// When a run ends, and what it throws when streams are left.
class StrandEndTest {
  private final List<Object> seen = new ArrayList<>();

  @Test
  void aRunReturnsWhenNoTurnTimerOrTickIsLeft() {
    Strand.run(
        () -> {
          var strand = Strand.current();
          strand.post(() -> strand.nextTick(() -> strand.after(1, () -> strand.post(() -> seen.add("last")))));
        });
    assertThat(seen).containsExactly("last");
    assertThat(Strand.currentOrNull()).isNull();
  }

  @Test
  void aHoldKeepsTheRunUntilItIsReleasedByATurnFromAnotherThread() {
    Strand.run(
        () -> {
          var strand = Strand.current();
          strand.hold();
          Thread.ofVirtual()
              .start(
                  () ->
                      strand.post(
                          () -> {
                            seen.add("answer");
                            strand.release();
                          }));
        });
    assertThat(seen).containsExactly("answer");
  }

  @Test
  void anOffloadedCallKeepsTheRunUntilItIsAnsweredOnce() {
    Strand.run(
        () -> {
          var hold = Strand.current().offload();
          Thread.ofVirtual()
              .start(
                  () -> {
                    hold.release(() -> seen.add("answer"));
                    hold.release(() -> seen.add("second answer"));
                    hold.release();
                  });
        });
    assertThat(seen).containsExactly("answer");
  }

  @Test
  void aTimerThatKeepsNothingIsDroppedAtTheEnd() {
    Strand.run(() -> Strand.current().after(Long.MAX_VALUE, () -> seen.add("never")).unref());
    assertThat(seen).isEmpty();
  }

  @Test
  void residentsThatNobodyWillEndAreAbandonedAndNamed() {
    var thrown =
        catchThrowableOfType(
            UnfinishedException.class,
            () ->
                Strand.run(
                    () -> {
                      new Room("log.gz (buffered=12, mark=65536)", seen);
                      new Room("gzip", seen);
                    }));
    assertThat(thrown.residents()).containsExactly("log.gz (buffered=12, mark=65536)", "gzip");
    assertThat(thrown).hasMessageContaining("2 streams are still open").hasMessageContaining("\n  - gzip");
    assertThat(seen).containsExactly("log.gz (buffered=12, mark=65536) abandoned: null", "gzip abandoned: null");
  }

  @Test
  void theMessageNamesTwentyResidentsAndCountsTheRest() {
    var thrown =
        catchThrowableOfType(
            UnfinishedException.class,
            () ->
                Strand.run(
                    () -> {
                      for (int i = 0; i < 25; i++) new Room("room " + i, seen);
                    }));
    assertThat(thrown)
        .hasMessageContaining("  - room 19")
        .hasMessageNotContaining("  - room 20")
        .hasMessageContaining("and 5 more");
    assertThat(thrown.residents()).hasSize(25);
  }

  @Test
  void residentsThatLeaveInAnyOrderAreForgotten() {
    Strand.run(
        () -> {
          var first = new Room("first", seen);
          var second = new Room("second", seen);
          var third = new Room("third", seen);
          var strand = Strand.current();
          strand.leave(second);
          strand.leave(first);
          strand.leave(third);
          strand.leave(third);
          strand.enter(second);
          strand.leave(second);
        });
    assertThat(seen).isEmpty();
  }

  @Test
  void aDestroyUnderWayIsWaitedForBeforeTheRunThrows() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var strand = Strand.current();
                      new Room("slow", seen) {
                        @Override
                        protected void abandon(@Nullable Throwable cause) {
                          strand.hold();
                          Thread.ofVirtual()
                              .start(
                                  () ->
                                      strand.post(
                                          () -> {
                                            seen.add("closed");
                                            strand.leave(this);
                                            strand.release();
                                          }));
                        }
                      };
                    }))
        .isInstanceOf(UnfinishedException.class);
    assertThat(seen).containsExactly("closed");
  }

  @Test
  void aResidentThatEntersWhileOthersAreAbandonedIsAbandonedToo() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () ->
                        new Room("old", seen) {
                          @Override
                          protected void abandon(@Nullable Throwable cause) {
                            super.abandon(cause);
                            new Room("new", seen);
                          }
                        }))
        .isInstanceOf(UnfinishedException.class);
    assertThat(seen).containsExactly("old abandoned: null", "new abandoned: null");
  }

  @Test
  void anEndedStrandTakesNoTurn() throws InterruptedException {
    var running = Strand.start(() -> {});
    running.join();
    assertThat(running.strand().post(() -> seen.add("never"))).isFalse();
    assertThatThrownBy(() -> running.strand().execute(() -> seen.add("never")))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(seen).isEmpty();
  }

  /// A resident that leaves when it is abandoned.
  static class Room extends Resident {
    private final String name;
    private final List<Object> seen;

    Room(String name, List<Object> seen) {
      this.name = name;
      this.seen = seen;
      Strand.current().enter(this);
    }

    @Override
    protected String describeResident() {
      return name;
    }

    @Override
    protected void abandon(@Nullable Throwable cause) {
      seen.add(name + " abandoned: " + cause);
      Strand.current().leave(this);
    }
  }
}
