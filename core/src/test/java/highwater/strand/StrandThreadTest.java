package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which thread drives a strand, and what other threads may do.
@Timeout(60)
class StrandThreadTest {
  private final List<Object> seen = new ArrayList<>();

  @Test
  void aPlatformThreadDrivesItsRunItself() {
    Strand.run(() -> Strand.current().post(() -> seen.add(Thread.currentThread())));
    assertThat(seen).containsExactly(Thread.currentThread());
  }

  @Test
  void aVirtualThreadWaitsForAFileHost() throws InterruptedException {
    var caller = Thread.ofVirtual().start(() -> Strand.run(() -> seen.add(Thread.currentThread())));
    caller.join();
    assertThat(seen).singleElement().isInstanceOf(HighwaterThread.class);
    assertThat(((Thread) seen.getFirst()).getName()).startsWith("highwater-file-host-");
    assertThat(((Thread) seen.getFirst()).isDaemon()).isTrue();
  }

  @Test
  void aVirtualThreadThatWaitsGetsTheError() throws InterruptedException {
    var error = new IllegalStateException("nobody listens");
    var thrown = new AtomicReference<Throwable>();
    Thread.ofVirtual()
        .start(
            () ->
                thrown.set(
                    catchThrowable(
                        () ->
                            Strand.run(
                                () -> {
                                  throw error;
                                }))))
        .join();
    assertThat(thrown).hasValue(error);
  }

  @Test
  void aStrandMayBeDrivenByAVirtualThread() throws InterruptedException {
    Strand.start(Hosting.VIRTUAL_THREAD, () -> seen.add(Thread.currentThread().isVirtual())).join();
    assertThat(seen).containsExactly(true);
  }

  @Test
  void wherePlatformHostsAreAllAtWorkAVirtualThreadDrives() throws InterruptedException {
    int more = StrandHost.FILE_HOSTS.most() + 1;
    var drivers = ConcurrentHashMap.<Thread>newKeySet();
    var begun = new CountDownLatch(more);
    var go = new CountDownLatch(1);
    var running = new ArrayList<Running>();
    for (int i = 0; i < more; i++) {
      running.add(
          Strand.start(
              Hosting.PLATFORM_THREAD,
              () -> {
                drivers.add(Thread.currentThread());
                begun.countDown();
                go.await();
              }));
    }
    begun.await();
    go.countDown();
    for (var each : running) each.join();
    assertThat(drivers).hasSize(more).anyMatch(Thread::isVirtual).anyMatch(thread -> !thread.isVirtual());
  }

  @Test
  void runIsRefusedOnAStrandAndOnAThreadOfOurs() throws Exception {
    assertThatThrownBy(() -> Strand.run(() -> Strand.run(() -> {})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use Strand.start");
    var thrown = new CompletableFuture<Throwable>();
    HighwaterThread.start("test", () -> thrown.complete(catchThrowable(() -> Strand.run(() -> {}))));
    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("highwater-test must not");
  }

  @Test
  void joinIsRefusedOnAStrand() {
    assertThatThrownBy(() -> Strand.run(() -> Strand.start(() -> {}).join()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use whenEnded()");
  }

  @Test
  void aTickFromAWrongThreadIsRefused() {
    var strand = new HandTurned().strand();
    assertThatThrownBy(() -> strand.nextTick(() -> {})).isInstanceOf(WrongThreadException.class);
    assertThatThrownBy(() -> strand.nextTick(_ -> {}, 1)).isInstanceOf(WrongThreadException.class);
  }

  @Test
  void aCallFromAWrongThreadIsToldWhoseItIsAndWhatToUse() throws Exception {
    var hand = new HandTurned();
    var strand = hand.strand();
    assertThatThrownBy(() -> strand.check("write()"))
        .isInstanceOf(WrongThreadException.class)
        .hasMessage(
            "write() on thread "
                + Thread.currentThread().getName()
                + ", but it belongs to "
                + strand
                + ", which no thread drives now: call it from a turn there, strand.post(() -> …)");
    var thrown = new CompletableFuture<Throwable>();
    hand.turn(
        () -> {
          strand.check("write()");
          Thread.ofVirtual().start(() -> thrown.complete(catchThrowable(() -> strand.nextTick(() -> {}))));
          assertThat(thrown.join()).hasMessageContaining("driven by " + Thread.currentThread().getName());
        });
    hand.close();
    assertThatThrownBy(() -> strand.after(1, () -> {})).hasMessageContaining("which has ended");
  }

  @Test
  void whereNoStrandRunsCurrentSaysWhatToDo() {
    assertThat(Strand.currentOrNull()).isNull();
    assertThatThrownBy(Strand::current)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Strand.run(() -> …)");
  }

  @ParameterizedTest
  @EnumSource
  void turnsFromManyThreadsAllRunOneAtATimeAndEachThreadsInOrder(Hosting hosting) throws InterruptedException {
    int posters = 4;
    int each = 2_000;
    var state =
        new Object() {
          int ran; // plain fields: the hosts hand them on
          final int[] next = new int[posters];
          boolean inOrder = true;
        };
    long seed = Seed.forThisRun();
    var running =
        Strand.start(
            hosting,
            () -> {
              for (int i = 0; i < posters; i++) Strand.current().hold();
            });
    var strand = running.strand();
    var go = new CountDownLatch(1);
    for (int i = 0; i < posters; i++) {
      int poster = i;
      var random = new Random(seed + i);
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                for (int n = 0; n < each; n++) {
                  int number = n;
                  strand.post(
                      () -> {
                        state.ran++;
                        state.inOrder &= state.next[poster]++ == number;
                      });
                  for (int spin = random.nextInt(200); spin > 0; spin--)
                    Thread.onSpinWait(); // lets the strand go idle at times
                }
                strand.post(strand::release);
              });
    }
    go.countDown();
    running.join();
    assertThat(state.ran).isEqualTo(posters * each);
    assertThat(state.inOrder).isTrue();
  }

  @Test
  void busyStrandsGiveWayToOneThatWaits() throws InterruptedException {
    var stop = new AtomicBoolean();
    var busy = new ArrayList<Running>();
    for (int i = 0; i < StrandHost.FILE_HOSTS.most(); i++) {
      busy.add(
          Strand.start(
              () -> {
                var strand = Strand.current();
                strand.post(
                    new Runnable() {
                      int turns;

                      @Override
                      public void run() {
                        turns++;
                        assertThat(Strand.current()).isSameAs(strand);
                        if (!stop.get()) strand.post(this);
                      }
                    });
              }));
    }
    Strand.start(() -> seen.add("ran")).join();
    stop.set(true);
    for (var running : busy) running.join();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void anIdleStrandHoldsNoThread() throws InterruptedException {
    var strands = new ArrayList<Running>();
    var begun = new CountDownLatch(3 * StrandHost.FILE_HOSTS.most());
    for (long i = begun.getCount(); i > 0; i--) {
      strands.add(
          Strand.start(
              () -> {
                Strand.current().hold();
                begun.countDown();
              }));
    }
    begun.await();
    Strand.start(() -> seen.add("ran")).join();
    for (var running : strands) running.strand().post(running.strand()::release);
    for (var running : strands) running.join();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void manyRunsLeaveNoMoreThreadsThanThereAreHosts() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      Strand.start(() -> {}).join();
      Strand.run(() -> {});
    }
    assertThat(Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("highwater-file-host")))
        .hasSizeLessThanOrEqualTo(StrandHost.FILE_HOSTS.most())
        .allMatch(Thread::isDaemon);
  }

  @Test
  void anInterruptEndsTheRunAndTheFlagIsSetAgain() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      new StrandEndTest.Room("waits", seen);
                      Strand.current().post(() -> Thread.currentThread().interrupt());
                      Strand.current().after(Long.MAX_VALUE, () -> {});
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(seen)
        .singleElement()
        .asString()
        .startsWith("waits abandoned: java.util.concurrent.CancellationException");
  }

  @Test
  void anInterruptIsHandledByTheHookOnTheStrandAndTheRunEndsByItself() {
    Strand.run(
        () -> {
          Strand.current().hold();
          Thread.currentThread().interrupt();
        },
        () -> {
          seen.add(Thread.currentThread().isInterrupted());
          Thread.currentThread().interrupt(); // the second changes nothing
          Strand.current().after(1_000_000, Strand.current()::release);
        });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(seen).containsExactly(false);
  }

  @Test
  void anInterruptFromOutsideWakesAWaitingRun() {
    var caller = Thread.currentThread();
    Strand.run(
        () -> {
          Strand.current().hold();
          Thread.ofVirtual().start(caller::interrupt);
        },
        () -> Strand.current().release());
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptOfAWaitingVirtualThreadRunsTheHookOnTheStrand() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var flag = new AtomicBoolean();
    var caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  Strand.run(
                      () -> {
                        Strand.current().hold();
                        begun.countDown();
                      },
                      () -> Strand.current().release());
                  flag.set(Thread.interrupted());
                });
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(flag).isTrue();
  }

  @Test
  void anInterruptThatATurnLeavesOnAFileHostDoesNotReachTheNextTurn() throws InterruptedException {
    Strand.start(
            () -> {
              Thread.currentThread().interrupt();
              Strand.current().post(() -> seen.add(Thread.currentThread().isInterrupted()));
            })
        .join();
    assertThat(seen).containsExactly(false);
  }
}
