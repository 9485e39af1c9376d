package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.Constructing;
import highwater.Diagnosis;
import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.Diagnosis.Wait;
import highwater.Done;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.codec.Count;
import highwater.codec.Throttle;
import highwater.http.HttpStreams;
import highwater.hub.Broadcast;
import highwater.hub.HubOptions;
import highwater.memory.Budget;
import highwater.process.Command;
import highwater.process.ProcessStreams;
import highwater.testkit.VirtualTime;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A stall planted in a run, each time in another place: the diagnosis names the stage and the cause.
@Timeout(120)
class PlantedStallTest {
  private static final Duration PAUSE = Duration.ofSeconds(31);

  private final VirtualTime time = new VirtualTime();
  private final List<Done> forgotten = new ArrayList<>();
  private final List<PipelineRun> runs = new ArrayList<>();

  @AfterEach
  void end() {
    for (var run : runs) run.cancel("the test is over");
    for (int i = 0; i < 3; i++) {
      time.settle();
      time.turn(() -> List.copyOf(forgotten).forEach(Done::ok));
    }
    time.pass(Duration.ofMinutes(1));
    time.uncaught();
    time.close();
  }

  private static Origin<Integer> numbers() {
    return Origin.fromIterable(IntStream.range(0, 10_000).boxed().toList());
  }

  private static StreamOptions objects() {
    return StreamOptions.objects();
  }

  private static Stage<Integer, Integer> passing() {
    return Stage.of("passing", () -> TransformStream.<Integer>passThrough(objects()));
  }

  private Target<Integer> table(Consumer<Done> acknowledges) {
    return Target.of("table", () -> WritableStream.<Integer>to((_, done) -> acknowledges.accept(done), objects()));
  }

  private PipelineRun start(Pipeline pipeline) {
    var run = pipeline.startOn(time.strand());
    runs.add(run);
    return run;
  }

  /// Starts it in virtual time, lets it come to a stop, and asks when it has stood still for a while.
  private Diagnosis stall(Pipeline pipeline) {
    var run = start(pipeline);
    time.settle();
    time.make(run::diagnose);
    time.pass(PAUSE);
    return time.make(run::diagnose);
  }

  private static void assertRoot(Diagnosis found, String who, Cause cause, String whom) {
    var root = found.rootWait();
    assertThat(root).as(found.toString()).isNotNull();
    assertThat(root.who()).as(found.toString()).isEqualTo(who);
    assertThat(root.cause()).as(found.toString()).isEqualTo(cause);
    assertThat(root.whom()).as(found.toString()).contains(whom);
  }

  private static void assertStall(Diagnosis found, String who, Cause cause, String whom) {
    assertRoot(found, who, cause, whom);
    assertThat(found.finding()).as(found.toString()).isEqualTo(Finding.WAITS);
    assertThat(found.still()).as(found.toString()).isEqualTo(PAUSE);
    assertThat(found.sentence()).contains("nothing has moved for 31 s").doesNotContain("\n");
  }

  // ---------------------------------------------------------------- a forgotten callback, in classic streams

  /// A stage of the library's before streams of the user's keeps what it was given while nobody asks it.
  @Test
  void aStageOfTheLibrarysIsNotToBlameForTheSinkBehindIt() {
    var bytes = Origin.fromIterable(Collections.nCopies(1_000, ByteBuffer.allocate(4096)));
    Target<ByteBuffer> table =
        Target.of(
            "table", () -> WritableStream.<ByteBuffer>to((_, done) -> forgotten.add(done), StreamOptions.bytes()));
    var found = stall(Pipeline.from(bytes).through(Count.bytes(_ -> {})).to(table));
    assertStall(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its write");
  }

  @Test
  void aSourceOfTheUsersThatNeverEnds() {
    var pushed = new int[1];
    var endless =
        Origin.of(
            "endless",
            () ->
                ReadableStream.<Integer>from(
                    feed -> {
                      if (pushed[0]++ < 3) feed.push(1);
                    },
                    objects()));
    var found = stall(Pipeline.from(endless).through(passing()).to(table(Done::ok)));
    assertStall(found, "endless", Cause.SOURCE, "its source, which was asked and has given nothing");
    assertThat(found.drawn()).isEqualTo("[endless] ─▶ passing ─▶ table");
    assertThat(found.rootWait().madeAt()).startsWith("PlantedStallTest.java:");
  }

  @Test
  void aTransformThatNeverAcknowledges() {
    var stage =
        Stage.of("stuck", () -> TransformStream.<Integer, Integer>from((_, _, done) -> forgotten.add(done), objects()));
    var found = stall(Pipeline.from(numbers()).through(stage).to(table(Done::ok)));
    assertStall(found, "stuck", Cause.ACKNOWLEDGEMENT, "the callback of its transform");
    assertThat(found.drawn()).isEqualTo("iterable ─▶ [stuck] ─▶ table");
  }

  @Test
  void aSinkThatNeverAcknowledges() {
    var found = stall(Pipeline.from(numbers()).through(passing()).to(table(forgotten::add)));
    assertStall(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its write");
    assertThat(found.drawn()).isEqualTo("iterable ─▶ passing ─▶ [table]");
    assertThat(found.rootWait().held()).isEqualTo(16);
    assertThat(found.rootWait().madeAt()).startsWith("PlantedStallTest.java:");
  }

  /// A sink that forgets one of its callbacks.
  private final class Forgetful implements Sink<Integer>, Constructing {
    private final String what;

    Forgetful(String what) {
      this.what = what;
    }

    private void answer(String call, Done done) {
      if (call.equals(what)) forgotten.add(done);
      else done.ok();
    }

    @Override
    public void construct(Done done) {
      answer("construct", done);
    }

    @Override
    public void write(Integer chunk, Done done) {
      done.ok();
    }

    @Override
    public void finish(Done done) {
      answer("finish", done);
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      answer("destroy", done);
    }
  }

  private void assertForgotten(String call) {
    var target = Target.of("table", () -> WritableStream.to(new Forgetful(call), objects()));
    var found = stall(Pipeline.from(numbers()).through(passing()).to(target));
    assertRoot(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its " + call + ", which was not called");
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
  }

  @Test
  void aConstructThatIsNeverAcknowledged() {
    assertForgotten("construct");
  }

  @Test
  void aFinishThatIsNeverAcknowledged() {
    assertForgotten("finish");
  }

  @Test
  void aDestroyThatIsNeverAcknowledged() {
    assertForgotten("destroy");
  }

  // ---------------------------------------------------------------- the fused loop

  @Test
  void aFutureThatNeverCompletes() {
    var never = new CompletableFuture<Integer>();
    var found =
        stall(
            Pipeline.from(numbers())
                .through(Stage.<Integer, Integer>mapAsync(3, _ -> never))
                .to(Target.forEach(_ -> {})));
    assertStall(found, "mapAsync", Cause.RESULT, "3 calls of mapAsync");
    assertThat(found.drawn()).isEqualTo("iterable ─▶ [mapAsync] ─▶ function");
    assertThat(found.waits()).extracting(Wait::cause).containsExactly(Cause.BLOCKED, Cause.RESULT, Cause.STARVED);
    assertThat(found.sentence())
        .endsWith("mapAsync waits for 3 calls of mapAsync (holds 3 objects, mark 5); iterable, function wait for it");
  }

  @Test
  void aPartThatSaysNothing() {
    var found = stall(Pipeline.from(new Mute()).to(new RunTest.Swallow()));
    assertStall(found, "mute", Cause.UNKNOWN, "something that it does not name");
  }

  private record Mute() implements PullOrigin<ByteBuffer>, Pull<ByteBuffer> {
    @Override
    public String name() {
      return "mute";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("nothing", 1);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return this;
    }

    @Override
    public Progress poll() {
      return Progress.WAITING;
    }

    @Override
    public ByteBuffer next() {
      throw new AssertionError("never READY");
    }
  }

  @Test
  void aBudgetThatAnotherRunHolds() {
    var budget = Budget.of(1 << 20);
    var first = start(Pipeline.from(new Mute()).to(bigTarget(1 << 20)).withBudget(budget).named("the greedy one"));
    time.settle();
    var found = stall(Pipeline.from(new Mute()).to(bigTarget(100)).withBudget(budget).named("the poor one"));
    assertStall(
        found,
        "the poor one",
        Cause.BUDGET,
        "are held by the greedy one (run " + first.id() + ", 1,048,575 bytes or more)");
    first.cancel("enough");
    time.settle();
    time.settle();
    assertThat(time.make(runs.getLast()::diagnose).rootWait().who()).isEqualTo("mute");
  }

  private static PullTarget<ByteBuffer> bigTarget(long bytes) {
    return new PullTarget<>() {
      @Override
      public String name() {
        return "big";
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return Footprint.of("much", 0, Term.of("big", 1, bytes - 1));
      }

      @Override
      public Put<ByteBuffer> put() {
        return new RunTest.Swallow().put();
      }
    };
  }

  @Test
  void aBranchOfAFanOutThatNobodyRuns() {
    var hub = Broadcast.<Integer>ofObjects("hub", _ -> 1L, HubOptions.bound(64).chunkAtMost(1).startingWith(2));
    var read = hub.branch();
    var unread = hub.branch("the unread one", highwater.hub.Pace.hold());
    // Both are there, and one of them is never read on.
    var stuck =
        start(
            Pipeline.from(unread)
                .through(Stage.<Integer, Integer>mapAsync(1, _ -> new CompletableFuture<>()))
                .to(Target.forEach(_ -> {}))
                .named("the stuck one"));
    start(Pipeline.from(read).to(Target.forEach(_ -> {})));
    var found = stall(Pipeline.from(numbers()).to(hub.target()));
    assertStall(found, "hub", Cause.NOBODY_READS, "the unread one, a consumer of hub, and which lags");
    assertRoot(time.make(stuck::diagnose), "mapAsync", Cause.RESULT, "1 call");
  }

  @Test
  void aFanOutThatWaitsForMoreConsumers() {
    var hub = Broadcast.<Integer>ofObjects("hub", _ -> 1L, HubOptions.bound(64).chunkAtMost(1).startingWith(2));
    start(Pipeline.from(hub.branch()).to(Target.forEach(_ -> {})));
    var found = stall(Pipeline.from(numbers()).to(hub.target()));
    assertStall(found, "hub", Cause.NOBODY_READS, "the consumers of hub, of which 1 of 2 are there");
  }

  @Test
  void aThrottleIsToldAsATimer() {
    var origin = Origin.values(ByteBuffer.allocate(1000));
    var run = start(Pipeline.from(origin).through(Throttle.bytesPerSecond(1)).to(new RunTest.Swallow()));
    time.settle();
    var found = time.make(run::diagnose);
    assertThat(found.finding()).as(found.toString()).isEqualTo(Finding.TIMER);
    assertThat(found.rootWait().cause()).isEqualTo(Cause.TIMER);
    assertThat(found.sentence()).contains("the clock, which comes by itself");
  }

  @Test
  void aRunThatIsOverSaysSo() {
    var run = start(Pipeline.from(numbers()).to(Target.forEach(_ -> {})));
    time.settle();
    assertThat(time.make(run::diagnose).finding()).isEqualTo(Finding.OVER);
    assertThat(run.diagnose().finding()).isEqualTo(Finding.OVER);
  }

  // ---------------------------------------------------------------- real threads, programs and servers

  /// The first diagnosis that says what is looked for: a run needs its time to come to a stop, and a busy machine to answer.
  private static Diagnosis await(Supplier<Diagnosis> asked, Predicate<Wait> looked) {
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); ; ) {
      var found = asked.get();
      var root = found.rootWait();
      if (root != null && looked.test(root)) return found;
      if (System.nanoTime() > end) throw new AssertionError("not found: " + found);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static void end(PipelineRun run) {
    run.cancel("the test is over");
    var _ = catchThrowable(run::join);
  }

  private static void slowCall(CountDownLatch entered, CountDownLatch leave) {
    entered.countDown();
    try {
      leave.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFunctionOfTheUsersThatDoesNotReturn() throws Exception {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var run =
        Pipeline.from(numbers())
            .map(
                number -> {
                  slowCall(entered, leave);
                  return number;
                })
            .batch(2)
            .through(Stage.<List<Integer>, List<Integer>>mapAsync(1, CompletableFuture::completedFuture))
            .to(Target.forEach(_ -> {}))
            .start();
    entered.await();
    var found = run.diagnose();
    leave.countDown();
    assertThat(found.rootWait().cause()).as(found.toString()).isEqualTo(Cause.CALL);
    assertThat(found.rootWait().who()).isEqualTo("map · batch");
    assertThat(found.rootWait().whom())
        .contains("a call that has not returned, at PlantedStallTest.java:")
        .contains("(in ");
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
    run.join();
    assertThat(run.diagnose().finding()).isEqualTo(Finding.OVER);
  }

  @Test
  void aSinkWhoseCallDoesNotReturn() throws Exception {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var target =
        Target.of(
            "table",
            () ->
                WritableStream.<Integer>to(
                    (_, done) -> {
                      slowCall(entered, leave);
                      done.ok();
                    },
                    objects()));
    var run = Pipeline.from(numbers()).through(passing()).to(target).start();
    entered.await();
    var found = run.diagnose();
    leave.countDown();
    assertRoot(found, "table", Cause.CALL, "at PlantedStallTest.java:");
    run.join();
  }

  @Test
  void aServerThatSaysNothing() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var uri = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/data");
      var run = Pipeline.from(HttpStreams.get(uri)).to(new RunTest.Swallow()).start();
      var found = await(run::diagnose, wait -> wait.cause() == Cause.PEER);
      assertThat(found.root()).isZero();
      assertThat(found.rootWait().whom()).isEqualTo("an answer of 127.0.0.1:" + silent.getLocalPort());
      assertThat(found.finding()).isEqualTo(Finding.WAITS);
      end(run);
    }
  }

  @Test
  void aProgramThatDoesNotReadItsInput() {
    var run =
        Pipeline.from(
                Origin.values(
                    IntStream.range(0, 64).mapToObj(_ -> ByteBuffer.allocate(64 << 10)).toArray(ByteBuffer[]::new)))
            .through(ProcessStreams.through(Command.of("sleep", "1000")))
            .to(new RunTest.Swallow())
            .start();
    var found = await(run::diagnose, wait -> wait.whom().endsWith("to read"));
    assertThat(found.rootWait().cause()).isEqualTo(Cause.PEER);
    assertThat(found.root()).as(found.toString()).isEqualTo(1);
    assertThat(found.waits().getFirst().cause()).isEqualTo(Cause.BLOCKED);
    end(run);
  }

  // ---------------------------------------------------------------- the watch

  @Test
  void theWatchTellsOfAStallAndAgainWhenItHasDoubled() {
    var told = new ArrayList<Diagnosis>();
    var run = start(Pipeline.from(numbers()).through(passing()).to(table(forgotten::add)));
    time.settle();
    var watch = new StallWatch(Duration.ofSeconds(30), told::add, () -> List.of(new Patient.OfRun(run)), Runnable::run);
    watch.begin(0);
    var toldAt = new ArrayList<Long>();
    for (long second = 0; second <= 300; second++) {
      int before = told.size();
      long now = TimeUnit.SECONDS.toNanos(second);
      if (watch.nextNanos() <= now) time.turn(() -> watch.look(now));
      if (told.size() > before) toldAt.add(second);
    }
    assertThat(toldAt).containsExactly(32L, 64L, 120L, 240L);
    assertThat(told.getFirst().still()).isEqualTo(Duration.ofSeconds(32));
    assertRoot(told.getFirst(), "table", Cause.ACKNOWLEDGEMENT, "write");
  }

  @Test
  void aRunThatMovesIsNotTold() {
    var told = new ArrayList<Diagnosis>();
    var waiting = new ArrayList<Done>();
    var run = start(Pipeline.from(numbers()).through(passing()).to(table(waiting::add)));
    time.settle();
    var watch = new StallWatch(Duration.ofSeconds(30), told::add, () -> List.of(new Patient.OfRun(run)), Runnable::run);
    watch.begin(0);
    // Slow, but each time within the half minute.
    for (long second = 0; second <= 600; second += 5) {
      long now = TimeUnit.SECONDS.toNanos(second);
      if (second % 20 == 0) time.turn(() -> waiting.removeFirst().ok());
      time.settle();
      if (watch.nextNanos() <= now) time.turn(() -> watch.look(now));
    }
    assertThat(told).isEmpty();
    forgotten.addAll(waiting);
  }

  @Test
  void aRunThatWaitsForATimerIsNotTold() {
    var told = new ArrayList<Diagnosis>();
    var run = start(Pipeline.from(Origin.ticks(Duration.ofHours(5))).to(Target.forEach(_ -> {})));
    time.settle();
    var watch = new StallWatch(Duration.ofSeconds(30), told::add, () -> List.of(new Patient.OfRun(run)), Runnable::run);
    watch.begin(0);
    for (long second = 0; second <= 600; second += 5) {
      long now = TimeUnit.SECONDS.toNanos(second);
      if (watch.nextNanos() <= now) time.turn(() -> watch.look(now));
    }
    assertThat(told).isEmpty();
  }

  @Test
  void theDoctorsThreadTellsOfARunAndEndsWithTheLastWatch() throws Exception {
    var told = new LinkedBlockingQueue<Diagnosis>();
    var run = Pipeline.from(new Mute()).to(new RunTest.Swallow()).named("mute and watched").start();
    var watch =
        StallDoctor.watch(
            Duration.ofMillis(40),
            found -> {
              if (found.rootWait().who().equals("mute") && found.subject().equals("mute and watched")) told.add(found);
            });
    var first = told.take();
    var second = told.take();
    watch.remove();
    assertThat(first.rootWait().who()).isEqualTo("mute");
    assertThat(first.still()).isGreaterThanOrEqualTo(Duration.ofMillis(40));
    assertThat(second.still()).isGreaterThanOrEqualTo(Duration.ofMillis(80));
    highwater.contract.Remains.await("the end of the doctor's thread", () -> !isDoctorThere());
    end(run);
  }

  private static boolean isDoctorThere() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("highwater-stall-doctor"));
  }

  @Test
  void theWatchTellsOfACallThatDoesNotReturn() throws Exception {
    var told = new LinkedBlockingQueue<Diagnosis>();
    var leave = new CountDownLatch(1);
    var run =
        Pipeline.from(numbers())
            .to(Target.forEach(_ -> slowCall(new CountDownLatch(1), leave)))
            .named("watched")
            .start();
    var watch =
        StallDoctor.watch(
            Duration.ofMillis(40),
            found -> {
              if (found.subject().equals("watched") && found.rootWait().cause() == Cause.CALL) told.add(found);
            });
    var found = told.take();
    leave.countDown();
    watch.remove();
    assertThat(found.rootWait().whom()).contains("a call that has not returned, at PlantedStallTest.java:");
    assertThat(found.rootWait().who()).isEqualTo("function");
    run.join();
  }

  @Test
  void whileItTellsAWatchTellsNothingElseAndThenWhatStillStands() {
    var told = new ArrayList<Diagnosis>();
    var tellings = new ArrayList<Runnable>();
    var run = start(Pipeline.from(numbers()).through(passing()).to(table(forgotten::add)));
    time.settle();
    var watch = new StallWatch(Duration.ofSeconds(30), told::add, () -> List.of(new Patient.OfRun(run)), tellings::add);
    for (long second = 0; second <= 300; second += 10) {
      long now = TimeUnit.SECONDS.toNanos(second);
      time.turn(() -> watch.look(now));
    }
    assertThat(tellings).hasSize(1);
    tellings.removeFirst().run();
    time.turn(() -> watch.look(TimeUnit.SECONDS.toNanos(310)));
    tellings.removeFirst().run();
    assertThat(told).extracting(Diagnosis::still).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(310));
  }

  @Test
  void aWatchWhoseTellingTakesLongHoldsUpNoOther() throws Exception {
    var told = new LinkedBlockingQueue<Diagnosis>();
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var run = Pipeline.from(new Mute()).to(new RunTest.Swallow()).named("told slowly").start();
    var slow =
        StallDoctor.watch(
            Duration.ofMillis(40),
            _ -> {
              entered.countDown();
              awaitUninterruptibly(leave);
            });
    entered.await();
    var other =
        StallDoctor.watch(
            Duration.ofMillis(40),
            found -> {
              if (found.subject().equals("told slowly")) told.add(found);
            });
    assertThat(told.poll(60, TimeUnit.SECONDS)).isNotNull();
    leave.countDown();
    slow.remove();
    other.remove();
    end(run);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void askedInACallOfAStageTheStageWorks() {
    var found = new ArrayList<Diagnosis>();
    var runs = new ArrayList<PipelineRun>();
    runs.add(
        start(
            Pipeline.from(Origin.values(1))
                .map(
                    number -> {
                      found.add(runs.getFirst().diagnose());
                      return number;
                    })
                .to(Target.forEach(_ -> found.add(runs.getFirst().diagnose())))));
    time.settle();
    assertThat(found).hasSize(2);
    assertThat(found).extracting(Diagnosis::finding).containsOnly(Finding.MOVES);
    assertRoot(found.get(0), "map", Cause.WORK, "its own call, which goes on at PlantedStallTest.java:");
    assertRoot(found.get(1), "function", Cause.WORK, "its own call, which goes on at PlantedStallTest.java:");
  }

  @Test
  void onAnotherStrandACallThatHasNotReturnedIsNamed() throws Exception {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var run =
        Pipeline.from(numbers())
            .map(
                number -> {
                  slowCall(entered, leave);
                  return number;
                })
            .to(Target.forEach(_ -> {}))
            .start();
    entered.await();
    var early = diagnoseOnAnotherStrand(run);
    assertThat(early.rootWait()).as(early.toString()).isNotNull();
    // After a second of silence.
    highwater.contract.Remains.await(
        "the place of the call", () -> diagnoseOnAnotherStrand(run).finding() == Finding.WAITS);
    assertRoot(
        diagnoseOnAnotherStrand(run), "map", Cause.CALL, "a call that has not returned, at PlantedStallTest.java:");
    leave.countDown();
    run.join();
  }

  private Diagnosis diagnoseOnAnotherStrand(PipelineRun run) {
    return time.make(run::diagnose);
  }

  @Test
  void onAnotherStrandADiagnosisDoesNotWait() {
    var run = Pipeline.from(new Mute()).to(new RunTest.Swallow()).start();
    var found = new ArrayList<Diagnosis>();
    time.turn(() -> found.add(run.diagnose()));
    // One that waited would say that no thread came, or be told by the strand.
    assertThat(found.getFirst().rootWait() == null || found.getFirst().rootWait().cause() != Cause.NO_THREAD).isTrue();
    assertThat(found.getFirst().finding()).isNotEqualTo(Finding.OVER);
    end(run);
  }

  @Test
  void theDoctorTellsOfAStrandWithoutPipelines() throws Exception {
    var told = new LinkedBlockingQueue<Diagnosis>();
    var held = new CompletableFuture<Done>();
    var running =
        highwater.strand.Strand.start(
            () -> {
              var target =
                  WritableStream.<Integer>to((_, done) -> held.complete(done), objects().named("the held one"));
              var _ = target.write(1);
              target.end();
            });
    var done = held.get();
    var watch =
        StallDoctor.watch(
            running.strand(),
            Duration.ofMillis(40),
            found -> {
              // A busy machine may let the strand wait for a thread first.
              if (found.rootWait().cause() != Cause.NO_THREAD) told.add(found);
            });
    assertRoot(told.take(), "the held one", Cause.ACKNOWLEDGEMENT, "write");
    var asked = await(() -> StallDoctor.diagnose(running.strand()), wait -> wait.cause() == Cause.ACKNOWLEDGEMENT);
    assertThat(asked.rootWait().who()).isEqualTo("the held one");
    done.ok();
    running.whenEnded().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(StallDoctor.diagnose(running.strand()).finding()).isEqualTo(Finding.OVER);
    watch.remove();
  }
}
