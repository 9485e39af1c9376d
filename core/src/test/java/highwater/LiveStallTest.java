package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.testkit.VirtualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A stall planted among live streams, each time in another place: the diagnosis names the stream and the cause.
class LiveStallTest {
  private final VirtualTime time = new VirtualTime();

  /// Callbacks that were not called, until the end of the test.
  private final List<Done> forgotten = new ArrayList<>();

  @AfterEach
  void release() {
    // One that is destroyed here may forget its callback only now.
    time.turn(() -> List.copyOf(forgotten).forEach(Done::ok));
    time.uncaught();
    time.close();
    time.uncaught();
  }

  private static StreamOptions named(String name) {
    return StreamOptions.objects().withMark(4).named(name);
  }

  private ReadableStream<Integer> numbers(int most) {
    var given = new int[1];
    return time.make(
        () ->
            ReadableStream.<Integer>from(
                feed -> {
                  while (given[0] < most) if (!feed.push(given[0]++)) return;
                  feed.end();
                },
                named("numbers")));
  }

  private WritableStream<Integer> table(Consumer<Done> acknowledges) {
    return time.make(() -> WritableStream.<Integer>to((_, done) -> acknowledges.accept(done), named("table")));
  }

  private TransformStream<Integer, Integer> passing(String name) {
    return time.make(() -> TransformStream.<Integer>passThrough(named(name)));
  }

  /// Joins them, lets them come to a stop, and asks.
  private Diagnosis diagnoseJoined(LiveStream... streams) {
    time.turn(() -> Streams.pipeline(List.of(streams), _ -> {}));
    time.settle();
    return diagnose(streams);
  }

  private Diagnosis diagnose(LiveStream... streams) {
    return time.make(() -> Streams.diagnose(streams));
  }

  private static void assertRoot(Diagnosis found, String who, Cause cause, String whom) {
    var root = found.rootWait();
    assertThat(root).as(found.toString()).isNotNull();
    assertThat(root.who()).as(found.toString()).isEqualTo(who);
    assertThat(root.cause()).as(found.toString()).isEqualTo(cause);
    assertThat(root.whom()).as(found.toString()).contains(whom);
  }

  @Test
  void aSinkThatDoesNotAcknowledgeAWrite() {
    var found = diagnoseJoined(numbers(100), passing("middle"), table(forgotten::add));
    assertRoot(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its write");
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
    assertThat(found.drawn()).isEqualTo("numbers ─▶ middle ─▶ [table]");
    assertThat(found.waits())
        .extracting(Diagnosis.Wait::cause)
        .containsExactly(Cause.BLOCKED, Cause.BLOCKED, Cause.ACKNOWLEDGEMENT);
    assertThat(found.waits().getLast().held()).isEqualTo(4);
    assertThat(found.waits().getLast().mark()).isEqualTo(4);
    assertThat(found.toString())
        .contains("▶ table waits for the callback of its write, which was not called (holds 4 objects, mark 4)")
        .contains("numbers is blocked by middle")
        .contains("to do: call done.ok()");
    assertThat(found.sentence()).contains("numbers, middle wait for it").doesNotContain("\n");
  }

  @Test
  void aTransformThatDoesNotAcknowledgeAChunk() {
    var middle =
        time.make(() -> TransformStream.<Integer, Integer>from((_, _, done) -> forgotten.add(done), named("middle")));
    var found = diagnoseJoined(numbers(100), middle, table(Done::ok));
    assertRoot(found, "middle", Cause.ACKNOWLEDGEMENT, "the callback of its transform");
    assertThat(found.drawn()).isEqualTo("numbers ─▶ [middle] ─▶ table");
    assertThat(found.waits())
        .extracting(Diagnosis.Wait::cause)
        .containsExactly(Cause.BLOCKED, Cause.ACKNOWLEDGEMENT, Cause.STARVED);
  }

  @Test
  void aSourceThatNeverPushes() {
    var silent = time.make(() -> ReadableStream.<Integer>from(_ -> {}, named("silent")));
    var found = diagnoseJoined(silent, passing("middle"), table(Done::ok));
    assertRoot(found, "silent", Cause.SOURCE, "its source, which was asked and has given nothing");
    assertThat(found.drawn()).isEqualTo("[silent] ─▶ middle ─▶ table");
    assertThat(found.finding()).isEqualTo(Finding.IDLE);
    assertThat(found.sentence()).contains("nobody holds anything, so it is a stall only if something was due");
  }

  @Test
  void aSourceThatNeverEnds() {
    var pushed = new int[1];
    var endless =
        time.make(
            () ->
                ReadableStream.<Integer>from(
                    feed -> {
                      if (pushed[0]++ < 3) feed.push(1);
                    },
                    named("endless")));
    var found = diagnoseJoined(endless, table(Done::ok));
    assertRoot(found, "endless", Cause.SOURCE, "its source");
  }

  @Test
  void aFinishThatIsNotAcknowledged() {
    var sink =
        new Sink<Integer>() {
          @Override
          public void write(Integer chunk, Done done) {
            done.ok();
          }

          @Override
          public void finish(Done done) {
            forgotten.add(done);
          }
        };
    var found = diagnoseJoined(numbers(10), time.make(() -> WritableStream.to(sink, named("table"))));
    assertRoot(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its finish");
  }

  @Test
  void aFlushThatIsNotAcknowledged() {
    var transformer =
        new Transformer<Integer, Integer>() {
          @Override
          public void transform(Integer chunk, Feed<Integer> out, Done done) {
            out.push(chunk);
            done.ok();
          }

          @Override
          public void flush(Feed<Integer> out, Done done) {
            forgotten.add(done);
          }
        };
    var middle = time.make(() -> TransformStream.from(transformer, named("middle")));
    var found = diagnoseJoined(numbers(10), middle, table(Done::ok));
    assertRoot(found, "middle", Cause.ACKNOWLEDGEMENT, "the callback of its flush");
  }

  private abstract static class Opening implements Sink<Integer>, Constructing {
    @Override
    public void write(Integer chunk, Done done) {
      done.ok();
    }
  }

  @Test
  void aConstructThatIsNotAcknowledged() {
    var sink =
        new Opening() {
          @Override
          public void construct(Done done) {
            forgotten.add(done);
          }
        };
    var found = diagnoseJoined(numbers(100), time.make(() -> WritableStream.to(sink, named("table"))));
    assertRoot(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its construct");
    assertThat(found.drawn()).isEqualTo("numbers ─▶ [table]");
  }

  @Test
  void aDestroyThatIsNotAcknowledged() {
    var sink =
        new Sink<Integer>() {
          @Override
          public void write(Integer chunk, Done done) {
            done.ok();
          }

          @Override
          public void destroy(@Nullable Throwable error, Done done) {
            forgotten.add(done);
          }
        };
    var found = diagnoseJoined(numbers(10), time.make(() -> WritableStream.to(sink, named("table"))));
    assertRoot(found, "table", Cause.ACKNOWLEDGEMENT, "the callback of its destroy");
  }

  @Test
  void twoStreamsPipedIntoEachOther() {
    // Each makes two of one, so the buffers between them fill.
    Transformer<Integer, Integer> doubling =
        (chunk, out, done) -> {
          out.push(chunk);
          out.push(chunk);
          done.ok();
        };
    var left = time.make(() -> TransformStream.from(doubling, named("left")));
    var right = time.make(() -> TransformStream.from(doubling, named("right")));
    time.turn(
        () -> {
          left.pipe(right);
          right.pipe(left);
          var _ = left.write(1);
        });
    time.settle();
    var found = diagnose(left, right);
    assertThat(found.isCycle()).as(found.toString()).isTrue();
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
    assertThat(found.waits()).extracting(Diagnosis.Wait::who).containsExactlyInAnyOrder("left", "right");
    assertThat(found.waits()).extracting(Diagnosis.Wait::cause).containsOnly(Cause.BLOCKED);
    assertThat(found.drawn()).isIn("left ─▶ right ─▶ left", "right ─▶ left ─▶ right");
    assertThat(found.toString()).contains("a cycle, each waits for the next").contains("to do: break the cycle");
  }

  @Test
  void oneBranchOfAFanOutIsNotRead() {
    var source = numbers(1000);
    var read = passing("read");
    var unread = passing("unread");
    var target = table(Done::ok);
    time.turn(
        () -> {
          source.pipe(read).pipe(target);
          source.pipe(unread);
        });
    time.settle();
    var found = diagnose(source);
    assertRoot(found, "unread", Cause.NOBODY_READS, "nobody reads it");
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
    assertThat(found.drawn()).isEqualTo("numbers ─▶ [unread]");
    // Found by following the pipes from the source alone; who starves behind the other branch is told besides.
    assertThat(found.toString()).doesNotContain("besides");
    assertThat(diagnose(source, target).waits()).extracting(Diagnosis.Wait::who).contains("table");
  }

  @Test
  void aPausedReadableThatNobodyResumes() {
    var source = numbers(1000);
    time.turn(
        () -> {
          var _ = source.onData(_ -> source.pause());
        });
    time.settle();
    var found = diagnose(source);
    assertRoot(found, "numbers", Cause.PAUSED, "a resume()");
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
    assertThat(found.rootWait().held()).isPositive();
  }

  @Test
  void aListenerForReadableThatDoesNotRead() {
    var source = numbers(1000);
    time.turn(
        () -> {
          var _ = source.onReadable(() -> {});
        });
    time.settle();
    assertRoot(
        diagnose(source), "numbers", Cause.NOBODY_READS, "read() by a listener for readable at LiveStallTest.java");
  }

  @Test
  void aFutureOfMapAsyncThatNeverCompletes() {
    var source = numbers(1000);
    var never = new CompletableFuture<Integer>();
    var target = table(Done::ok);
    var mapped = time.make(() -> source.mapAsync(Concurrency.of(3), (_, _) -> never));
    time.turn(() -> mapped.pipe(target));
    time.settle();
    var found = diagnose(mapped, target);
    assertThat(found.rootWait().cause()).as(found.toString()).isEqualTo(Cause.RESULT);
    assertThat(found.rootWait().whom()).isEqualTo("3 calls of mapAsync, whose futures are not complete");
    assertThat(found.finding()).isEqualTo(Finding.WAITS);
    time.turn(mapped::destroy);
    time.uncaught();
  }

  @Test
  void anOperatorThatNobodyAsksHoldsItsSourceBack() {
    var source = numbers(1000);
    var mapped = time.make(() -> source.map(number -> number + 1));
    time.turn(
        () -> {
          var _ = mapped.onData(_ -> mapped.pause());
        });
    time.settle();
    var found = diagnose(source);
    assertThat(found.rootWait().cause()).as(found.toString()).isEqualTo(Cause.PAUSED);
    assertThat(found.rootWait().who()).isEqualTo(time.make(mapped::name));
    assertThat(found.waits().getFirst().who()).isEqualTo("numbers");
    assertThat(found.waits().getFirst().cause()).isEqualTo(Cause.BLOCKED);
  }

  @Test
  void aCorkThatIsNotTakenOff() {
    var target = table(Done::ok);
    time.turn(
        () -> {
          target.cork();
          var _ = target.write(1);
        });
    assertRoot(diagnose(target), "table", Cause.CORKED, "an uncork()");
  }

  @Test
  void aPairOfWhichOneEndIsNotRead() {
    var options = StreamOptions.bytes().withMark(8);
    var pair = time.make(() -> Streams.<ByteBuffer, ByteBuffer>duplexPair(options));
    var left = time.make(pair::left);
    var right = time.make(pair::right);
    time.turn(
        () -> {
          for (int i = 0; i < 4; i++) {
            var _ = left.write(ByteBuffer.allocate(8));
          }
        });
    time.settle();
    var found = diagnose(left);
    assertThat(found.rootWait().cause()).as(found.toString()).isEqualTo(Cause.NOBODY_READS);
    assertThat(found.rootWait().who()).isEqualTo(time.make(right::name));
    assertThat(found.waits().getFirst().who()).isEqualTo(time.make(left::name));
  }

  @Test
  void aTimerIsToldAsATimer() {
    var ticks = time.make(() -> ReadableStream.ticks(Duration.ofMinutes(5)));
    time.turn(
        () -> {
          var _ = ticks.onData(_ -> {});
        });
    time.settle();
    var found = diagnose(ticks);
    assertThat(found.finding()).as(found.toString()).isEqualTo(Finding.TIMER);
    assertThat(found.sentence()).contains("the next tick, which comes by itself");
  }

  @Test
  void streamsThatAreOverWaitForNobody() {
    var source = numbers(10);
    var target = table(Done::ok);
    var found = diagnoseJoined(source, target);
    assertThat(found.finding()).as(found.toString()).isEqualTo(Finding.OVER);
    assertThat(found.rootWait()).isNull();
  }

  @Test
  void aStreamThatFlowsWaitsForNobody() {
    var source = numbers(1 << 20);
    var seen = new ArrayList<Diagnosis>();
    time.turn(
        () -> {
          var _ =
              source.onData(
                  number -> {
                    if (number % 100 == 0) seen.add(Streams.diagnose(source));
                  });
        });
    time.turn(source::destroy);
    time.settle();
    assertThat(seen).isNotEmpty();
    assertThat(seen).extracting(Diagnosis::finding).containsOnly(Finding.MOVES);
  }
}
