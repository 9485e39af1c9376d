package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import highwater.codec.Throttle;
import highwater.hub.Broadcast;
import highwater.hub.HubOptions;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Fused runs with parts whose work goes on outside the strand, in virtual time: the loop alone would blame another stage.
final class WorksElsewhereTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int CHUNKS = 200;

  private final HandTurned hand = new HandTurned();

  @AfterEach
  void nothingIsLeft() {
    hand.close();
  }

  private long nanos(double millis) {
    return (long) (millis * MS);
  }

  /// Numbers, each of which takes so long on the strand.
  private Upstream<Integer> numbers(double millis) {
    return Pipeline.from(new Made(millis));
  }

  private Target<Integer> swallow(double millis) {
    return new Swallowed<>(millis);
  }

  /// Work on the strand in small steps: what ends elsewhere meanwhile is not seen late, as it is where threads end it.
  private final class Steps {
    private static final long STEP = 20_000;

    private long left;
    private PartContext context;

    void begin(double millis) {
      left = nanos(millis);
    }

    /// Does one step, and tells whether all is done.
    boolean areDone() {
      if (left <= 0) return true;
      hand.spend(Math.min(STEP, left));
      left -= STEP;
      context.wake();
      return false;
    }
  }

  private final class Made implements PullOrigin<Integer> {
    private final double millis;

    Made(double millis) {
      this.millis = millis;
    }

    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("numbers");
    }

    @Override
    public Pull<Integer> pull() {
      return new Pull<>() {
        private final Steps steps = new Steps();
        private int given;

        @Override
        public void open(PartContext context) {
          steps.context = context;
          steps.begin(millis);
        }

        @Override
        public Progress poll() {
          if (given == CHUNKS) return Progress.DONE;
          return steps.areDone() ? Progress.READY : Progress.WAITING;
        }

        @Override
        public Integer next() {
          steps.begin(millis);
          return given++;
        }
      };
    }
  }

  private final class Swallowed<T> implements PullTarget<T> {
    private final double millis;

    Swallowed(double millis) {
      this.millis = millis;
    }

    @Override
    public String name() {
      return "swallow";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("swallow");
    }

    @Override
    public Put<T> put() {
      return new Put<>() {
        private final Steps steps = new Steps();
        private boolean finished;

        @Override
        public void open(PartContext context) {
          steps.context = context;
        }

        @Override
        public Progress poll() {
          if (!steps.areDone()) return Progress.WAITING;
          return finished ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(T chunk) {
          steps.begin(millis);
        }

        @Override
        public void finish() {
          finished = true;
        }
      };
    }
  }

  /// What ends after so long, on a timer.
  private <T> CompletionStage<T> later(double millis, T value) {
    var future = new CompletableFuture<T>();
    var _ = Strand.current().after(nanos(millis), () -> future.complete(value));
    return future;
  }

  private Report run(Pipeline pipeline) {
    var run = pipeline.startOn(hand.strand());
    for (int i = 0; hand.hasWork(); i++) {
      hand.advance(MS);
      sums(run.report());
      assertThat(i).isLessThan(1_000_000);
    }
    return run.completion().toCompletableFuture().join();
  }

  private static void sums(Report report) {
    for (var stage : report.stages()) {
      assertThat(stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos())
          .describedAs(stage.name())
          .isEqualTo(report.elapsed().toNanos());
    }
  }

  private static void busy(Report report, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) report.stages().get(i).busyNanos() / report.elapsed().toNanos())
          .describedAs(i + "\n" + report)
          .isCloseTo(expected[i], within(0.03));
    }
  }

  @Test
  void aSinkWithRoomForAFewCallsIsBusyWhileTheyLast() {
    // The loop waits at the sink only a third of the time: alone it would blame the source.
    var report = run(numbers(1).to(new AsyncTarget<Integer>("send", _ -> later(4.5, "sent"), 3)));
    // A chunk is made when a call has ended: three calls of 4.5 ms and 1 ms before each are a chunk in 1.83 ms.
    busy(report, 1 / 1.83, 1.5 / 1.83);
    assertThat(report.verdict().stage()).isEqualTo(1);
    assertThat(report.verdict().sentence()).matches("send is busy 8\\d % of the time; numbers waits for it 4\\d %");
    assertThat(report.verdict().advice()).contains("3 calls");
  }

  @Test
  void aSinkWithIdleCallsIsNotTheSlowOne() {
    var report = run(numbers(3).to(new AsyncTarget<Integer>("send", _ -> later(3, "sent"), 3)));
    busy(report, 1, 1.0 / 3);
    assertThat(report.verdict().stage()).isZero();
  }

  @Test
  void callsInTheMiddleAreBusyByTheirNumber() {
    var stage = Stage.<Integer, Integer>mapAsync(4, chunk -> later(6, chunk));
    var report = run(numbers(1).through(stage).to(swallow(0.1)));
    // Four calls of 6 ms and 1.1 ms before each are a chunk in 1.8 ms.
    busy(report, 1 / 1.8, 1.5 / 1.8, 0.1 / 1.8);
    assertThat(report.verdict().stage()).isEqualTo(1);
    var idle = run(numbers(3).through(stage).to(swallow(0.1)));
    busy(idle, 3 / 3.1, 0.5, 0.1 / 3.1);
    assertThat(idle.verdict().stage()).isZero();
    var held = run(numbers(0.2).through(stage).to(swallow(3)));
    assertThat(held.verdict().stage()).isEqualTo(2);
  }

  @Test
  void whatCallsHoldIsTold() {
    var stage = Stage.<Integer, Integer>mapAsync(4, chunk -> later(6, chunk));
    var report = run(numbers(1).through(stage).to(swallow(0.1)));
    var buffer = report.stages().get(1).buffer();
    assertThat(buffer.inObjects()).isTrue();
    assertThat(buffer.mark()).isEqualTo(7);
    assertThat(buffer.peak()).isBetween(4L, 7L);
    assertThat(buffer.held()).isZero();
    assertThat(report.stages().get(1).falseAnswers()).isPositive().isEqualTo(report.stages().get(1).drains());
    assertThat(report.stages().get(1).longestWaitNanos()).isBetween(MS, 6 * MS);
    assertThat(report.stages().getFirst().falseAnswers()).isZero();
  }

  @Test
  void aPublisherIsBusyWhileItOwesWhatWasRequested() {
    // Ahead it has room for 256, so the loop waits for it only at first.
    var report = run(Pipeline.from(Origin.fromPublisher("timed", new Timed(1.5))).to(swallow(1)));
    busy(report, 1, 2.0 / 3);
    assertThat(report.verdict().stage()).isZero();
    var fast = run(Pipeline.from(Origin.fromPublisher("timed", new Timed(0.5))).to(swallow(1)));
    assertThat(fast.verdict().stage()).isEqualTo(1);
  }

  /// Gives a number every so often while any are requested.
  private final class Timed implements Flow.Publisher<Integer> {
    private final double millis;

    Timed(double millis) {
      this.millis = millis;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            private long owed;
            private int given;
            private boolean working;
            private boolean over;

            @Override
            public void request(long n) {
              owed += n;
              if (!working) work();
            }

            private void work() {
              working = owed > 0 && !over;
              if (working) {
                var _ =
                    hand.strand()
                        .after(
                            nanos(millis),
                            () -> {
                              owed--;
                              if (!over) subscriber.onNext(given++);
                              if (given == CHUNKS) {
                                over = true;
                                subscriber.onComplete();
                              }
                              work();
                            });
              }
            }

            @Override
            public void cancel() {
              over = true;
            }
          });
    }
  }

  @Test
  void aSubscriberIsBusyWhereItUsesUpWhatItRequested() {
    var report = run(numbers(1).to(Target.toSubscriber("queue", new Queueing(1.5))));
    busy(report, 2.0 / 3, 1);
    assertThat(report.verdict().stage()).isEqualTo(1);
    var fast = run(numbers(1.5).to(Target.toSubscriber("queue", new Queueing(0.5))));
    assertThat(fast.verdict().stage()).isZero();
  }

  /// Takes its time for each outside the call, and requests four when it has done four.
  private final class Queueing implements Flow.Subscriber<Integer> {
    private final double millis;
    private final ArrayDeque<Integer> queue = new ArrayDeque<>();
    private Flow.Subscription subscription;
    private boolean working;
    private int done;

    Queueing(double millis) {
      this.millis = millis;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(8);
    }

    @Override
    public void onNext(Integer chunk) {
      queue.add(chunk);
      work();
    }

    private void work() {
      if (working || queue.isEmpty()) return;
      working = true;
      var _ =
          hand.strand()
              .after(
                  nanos(millis),
                  () -> {
                    working = false;
                    queue.remove();
                    if (++done % 4 == 0) subscription.request(4);
                    work();
                  });
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void onComplete() {}
  }

  @Test
  void aRateIsUsedWhileTheStrandDoesOtherThings() {
    // A chunk of 1,500 bytes is 1.5 ms at 1 MB/s. The loop waits there for a third of that: the rest passes in the
    // source.
    var report = run(bytes(1).through(Throttle.bytesPerSecond(1_000_000)).to(new Swallowed<ByteBuffer>(0)));
    busy(report, 2.0 / 3, 0, 1);
    assertThat(report.verdict().stage()).isEqualTo(2);
    assertThat(report.verdict().advice()).contains("raise it");
    var fast = run(bytes(3).through(Throttle.bytesPerSecond(1_000_000)).to(new Swallowed<ByteBuffer>(0)));
    busy(fast, 1, 0, 0.5);
    assertThat(fast.verdict().stage()).isZero();
  }

  private Upstream<ByteBuffer> bytes(double millis) {
    return numbers(millis).through(Stage.<Integer, ByteBuffer>map(_ -> ByteBuffer.allocate(1_500)));
  }

  @Test
  void ticksPassWhileTheStrandDoesOtherThings() {
    var ticks = Pipeline.from(Origin.ticks(Duration.ofNanos(nanos(1.5)))).through(Stage.<Long>take(CHUNKS));
    var report = run(ticks.to(new Swallowed<Long>(1)));
    assertThat(report.verdict().stage()).describedAs(report.toString()).isZero();
    var slow = run(ticks.to(new Swallowed<Long>(3)));
    assertThat(slow.verdict().stage()).describedAs(slow.toString()).isEqualTo(2);
  }

  @Test
  void aHubIsBusyWhileItsSlowestConsumerHasSomething() {
    var hub = Broadcast.<Integer>ofObjects("hub", _ -> 1 << 10, HubOptions.bound(8 << 10).chunkAtMost(1 << 10));
    var slow = Pipeline.from(hub.branch()).to(new AsyncTarget<Integer>("send", _ -> later(3, "sent"), 1));
    var other = slow.startOn(hand.strand());
    var run = numbers(1).to(hub.target()).startOn(hand.strand());
    for (int i = 0; hand.hasWork(); i++) {
      hand.advance(MS);
      sums(run.report());
      sums(other.report());
      assertThat(i).isLessThan(1_000_000);
    }
    assertThat(run.report().verdict().stage()).describedAs(run.report().toString()).isEqualTo(1);
    assertThat(other.report().verdict().stage()).describedAs(other.report().toString()).isEqualTo(1);
  }
}
