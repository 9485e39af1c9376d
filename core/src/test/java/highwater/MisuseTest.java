package highwater;

import static highwater.Misuse.Kind.ACKNOWLEDGED_TWICE;
import static highwater.Misuse.Kind.DROPPED;
import static highwater.Misuse.Kind.NEVER_ACKNOWLEDGED;
import static highwater.Misuse.Kind.NOBODY_READS;
import static highwater.Misuse.Kind.PUSHED_ON;
import static highwater.Misuse.Kind.TWO_CONSUMERS;
import static highwater.Misuse.Kind.WROTE_ON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Remains;
import highwater.strand.Strand;
import highwater.strand.UnfinishedException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the misuse detector finds, what it does about it, and what it lets pass.
class MisuseTest {
  private static final StreamOptions OUT = StreamOptions.objects().withMark(4).named("out");
  private static final StreamOptions ROWS = StreamOptions.objects().withMark(4).named("rows");

  private final Misuse.Mode before = Misuse.mode();
  private final boolean trackedBefore = Misuse.isTracking();
  private final ConcurrentLinkedQueue<Misuse.Finding> found = new ConcurrentLinkedQueue<>();
  private final Registration handler = Misuse.handle(found::add);
  @AutoClose private final Scene scene = new Scene();

  @BeforeEach
  void beginAnew() {
    Misuse.forget();
    Misuse.use(Misuse.Mode.WARN, false);
  }

  @AfterEach
  void leaveItAsItWas() {
    Misuse.use(before, trackedBefore);
    handler.remove();
    Misuse.forget();
  }

  private Misuse.Finding only() {
    assertThat(found).hasSize(1);
    return found.element();
  }

  private static int lineOf(Misuse.Finding finding) {
    assertThat(finding.place()).startsWith("MisuseTest.java:");
    return Integer.parseInt(finding.place().substring("MisuseTest.java:".length()));
  }

  // ---------------------------------------------------------------- writing on after false

  private WritableStream<Integer> out() {
    return scene.writable(new HeldSink<>(scene), OUT);
  }

  private static void writeOn(WritableStream<Integer> stream, int count) {
    for (int i = 0; i < count; i++) {
      var _ = stream.write(i);
    }
  }

  @Test
  void writingOnAfterFalseIsToldOnceUntilItDrains() {
    var sink = new HeldSink<Integer>(scene);
    var stream = scene.writable(sink, OUT);
    scene.turn(() -> writeOn(stream, 19));
    assertThat(found).isEmpty();
    scene.turn(() -> writeOn(stream, 40));
    var finding = only();
    assertThat(finding.kind()).isEqualTo(WROTE_ON);
    assertThat(finding.stream()).isEqualTo("out");
    assertThat(finding.message())
        .isEqualTo(
            "16 writes (16 objects) to out after write said false, the last at "
                + finding.place()
                + ": it holds 19 objects, its mark is 4; stop at false and go on at drain, or let pipe() do it");
    scene.turn(
        () -> {
          while (!sink.owed.isEmpty()) sink.ok();
        });
    scene.turn(() -> writeOn(stream, 20));
    assertThat(found).hasSize(2).extracting(Misuse.Finding::count).containsExactly(1L, 2L);
  }

  @Test
  void writingOnThrowsBeforeTheChunkIsTaken() {
    Misuse.use(Misuse.Mode.THROW, false);
    var stream = out();
    scene.turn(() -> writeOn(stream, 19));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> scene.turn(() -> writeOn(stream, 1)))
          .isInstanceOfSatisfying(
              StreamException.class, thrown -> assertThat(thrown.code()).isEqualTo(ErrorCode.ERR_MISUSE))
          .hasMessageContaining(" to out after write said false");
    }
    scene.turn(() -> assertThat(stream.writableLength()).isEqualTo(19));
    assertThat(found).as("what was thrown is not told").isEmpty();
    assertThat(Misuse.findings()).hasSize(1).first().extracting(Misuse.Finding::count).isEqualTo(2L);
  }

  @Test
  void offLooksAtNothing() {
    Misuse.use(Misuse.Mode.OFF, true);
    assertThat(Misuse.isTracking()).isFalse();
    var stream = out();
    scene.turn(() -> writeOn(stream, 100));
    var rows = rows(new AskedSource<>(scene));
    scene.turn(
        () -> {
          scene.logData(rows);
          rows.onReadable(() -> {});
        });
    assertThat(found).isEmpty();
    assertThat(Misuse.findings()).isEmpty();
  }

  @Test
  void aChunkLargerThanTheMarkIsNoReasonYet() {
    var options = StreamOptions.bytes().withMark(64);
    var stream = scene.writable(new HeldSink<ByteBuffer>(scene), options);
    scene.turn(
        () -> {
          var _ = stream.write(ByteBuffer.allocate(1 << 20));
          for (int i = 0; i < 31; i++) {
            var _ = stream.write(ByteBuffer.allocate(2));
          }
          assertThat(found).isEmpty();
          var _ = stream.write(ByteBuffer.allocate(2));
        });
    assertThat(only().message()).startsWith("32 writes (64 bytes) to writable@").contains("holds 1048638 bytes");
  }

  @Test
  void aStreamThatOnlyStaysFullIsNoReason() {
    var sink = new HeldSink<Integer>(scene);
    var stream = scene.writable(sink, OUT);
    scene.turn(() -> writeOn(stream, 4));
    for (int i = 0; i < 100; i++) {
      scene.turn(
          () -> {
            writeOn(stream, 1);
            sink.ok();
          });
    }
    assertThat(found).isEmpty();
  }

  @Test
  void whoAsksToBeToldOfEachChunkMayHoldBackByThat() {
    var stream = out();
    scene.turn(
        () -> {
          for (int i = 0; i < 100; i++) {
            var _ = stream.write(i, _ -> {});
          }
        });
    assertThat(found).isEmpty();
  }

  @Test
  void aCorkedBatchMayHaveSixteenMarks() {
    var stream = out();
    scene.turn(
        () -> {
          stream.cork();
          writeOn(stream, 4 + 4 * 16);
          assertThat(found).isEmpty();
          writeOn(stream, 4);
        });
    assertThat(only().kind()).isEqualTo(WROTE_ON);
  }

  @Test
  void severalPipesAndTheLastChunkAreNoReason() {
    Misuse.use(Misuse.Mode.THROW, false);
    var sink = new HeldSink<Integer>(scene);
    var stream = scene.writable(sink, OUT);
    scene.turn(
        () -> {
          for (int i = 0; i < 40; i++) {
            var source = scene.add(ReadableStream.of(1, 2, 3));
            source.pipe(stream, false);
          }
        });
    for (int i = 0; i < 120; i++) scene.turn(sink::ok);
    scene.turn(
        () -> {
          writeOn(stream, 19);
          stream.end(7);
        });
    assertThat(Misuse.findings()).isEmpty();
  }

  // ---------------------------------------------------------------- pushing unasked

  private ReadableStream<Integer> rows(Source<Integer> source) {
    return scene.readable(source, ROWS);
  }

  /// Pushes as it likes, whatever push says.
  private static void pushOn(Feed<Integer> feed, int count) {
    for (int i = 0; i < count; i++) feed.push(i);
  }

  @Test
  void pushingInALoopIsTold() {
    var rows = rows(new AskedSource<Integer>(scene).then(feed -> pushOn(feed, 500)));
    scene.turn(rows::read);
    var finding = only();
    assertThat(finding.kind()).isEqualTo(PUSHED_ON);
    assertThat(finding.message())
        .isEqualTo(
            "16 pushes (16 objects) to rows after push said false, the last at "
                + finding.place()
                + ": it holds 19 objects, its mark is 4; stop at false, and push more when the source is asked again");
  }

  @Test
  void pushingInALoopThrowsInThatMode() {
    Misuse.use(Misuse.Mode.THROW, false);
    var rows = rows(new AskedSource<Integer>(scene).then(feed -> pushOn(feed, 500)));
    var log = scene.turn(rows::read);
    assertThat(log).contains("tick error ERR_MISUSE");
  }

  @Test
  void aSourceThatHeedsTheAnswerIsLeftAlone() {
    Misuse.use(Misuse.Mode.THROW, false);
    var next = new int[1];
    var rows =
        rows(
            feed -> {
              while (next[0] < 1_000) if (!feed.push(next[0]++)) return;
              feed.end();
            });
    scene.turn(() -> scene.logData(rows));
    scene.runReady();
    assertThat(next[0]).isEqualTo(1_000);
    assertThat(Misuse.findings()).isEmpty();
  }

  @Test
  void whatATransformMakesOfOneChunkIsItsAffair() {
    Misuse.use(Misuse.Mode.THROW, false);
    var transform =
        scene.transform(
            (Integer chunk, Feed<Integer> out, Done done) -> {
              pushOn(out, 1_000);
              done.ok();
            },
            ROWS);
    scene.turn(() -> writeOn(transform, 1));
    scene.turn(() -> assertThat(transform.readableLength()).isEqualTo(1_000));
    assertThat(Misuse.findings()).isEmpty();
  }

  // ---------------------------------------------------------------- two consumers

  /// Two ways to read that do not go together.
  enum Pair {
    DATA_AND_READABLE,
    READABLE_AND_DATA,
    DATA_AND_CHUNKS,
    CHUNKS_AND_DATA,
    DATA_AND_TERMINAL,
    READABLE_AND_OPERATOR,
    PIPE_AND_READABLE,
    PIPE_AND_CHUNKS,
    CHUNKS_AND_PIPE;

    void attach(Scene scene, ReadableStream<Integer> rows) {
      switch (this) {
        case DATA_AND_READABLE -> {
          rows.onData(_ -> {});
          rows.onReadable(() -> {});
        }
        case READABLE_AND_DATA -> {
          rows.onReadable(() -> {});
          rows.onData(_ -> {});
        }
        case DATA_AND_CHUNKS -> {
          rows.onData(_ -> {});
          var _ = rows.chunks();
        }
        case CHUNKS_AND_DATA -> {
          var _ = rows.chunks();
          rows.onData(_ -> {});
        }
        case DATA_AND_TERMINAL -> {
          rows.onData(_ -> {});
          var _ = rows.forEach(_ -> {}).exceptionally(_ -> null);
        }
        case READABLE_AND_OPERATOR -> {
          rows.onReadable(() -> {});
          scene.add(rows.map(row -> row + 1));
        }
        case PIPE_AND_READABLE -> {
          rows.pipe(scene.writable(scene.promptSink(), OUT));
          rows.onReadable(() -> {});
        }
        case PIPE_AND_CHUNKS -> {
          rows.pipe(scene.writable(scene.promptSink(), OUT));
          var _ = rows.chunks();
        }
        case CHUNKS_AND_PIPE -> {
          var _ = rows.chunks();
          rows.pipe(scene.writable(scene.promptSink(), OUT));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void twoConsumersAreToldWithBothPlaces(Pair pair) {
    var rows = rows(new AskedSource<>(scene));
    scene.turn(() -> pair.attach(scene, rows));
    var finding = only();
    assertThat(finding.kind()).isEqualTo(TWO_CONSUMERS);
    int second = lineOf(finding);
    assertThat(finding.message())
        .contains(" at MisuseTest.java:" + second + " takes chunks of rows beside ")
        .containsPattern("beside .* at MisuseTest\\.java:" + (second - 1) + ": one takes what the other misses, ");
  }

  @ParameterizedTest
  @EnumSource
  void theSecondConsumerIsRefusedInThatMode(Pair pair) {
    Misuse.use(Misuse.Mode.THROW, false);
    var rows = rows(new AskedSource<>(scene));
    var thrown = catchThrowable(() -> scene.turn(() -> pair.attach(scene, rows)));
    assertThat(thrown)
        .isInstanceOfSatisfying(StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_MISUSE));
  }

  @Test
  void listenersAndPipesShareAStream() {
    Misuse.use(Misuse.Mode.THROW, false);
    var rows = rows(ReadableSideAnswers.of(3));
    scene.turn(
        () -> {
          rows.onData(_ -> {});
          rows.pipe(scene.writable(scene.promptSink(), OUT));
          rows.pipe(scene.writable(scene.promptSink(), OUT));
          scene.logData(rows);
        });
    assertThat(Misuse.findings()).isEmpty();
  }

  @Test
  void readersShareAStreamAndOneAfterTheOtherMayRead() {
    Misuse.use(Misuse.Mode.THROW, false);
    var rows = rows(ReadableSideAnswers.of(3));
    scene.turn(
        () -> {
          var first = rows.chunks(false);
          var second = rows.chunks(false);
          var _ = first.next();
          var _ = second.next();
          first.close();
          second.close();
        });
    scene.turn(() -> scene.logData(rows));
    assertThat(Misuse.findings()).isEmpty();
  }

  /// A source that counts to a number when asked.
  private static final class ReadableSideAnswers {
    static Source<Integer> of(int count) {
      var next = new int[1];
      return feed -> {
        if (next[0] < count) feed.push(next[0]++);
        else feed.end();
      };
    }
  }

  // ---------------------------------------------------------------- nobody reads

  @Test
  void aReadableThatNobodyReadsIsToldWhenItsStrandHasNoWorkLeft() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var lines = TransformStream.<Integer>passThrough(ROWS);
                      var _ = lines.write(1);
                      lines.end();
                    }))
        .isInstanceOf(UnfinishedException.class);
    assertThat(only().message())
        .isEqualTo(
            "nobody ever read rows, and its strand has no work left: it holds 1 object, its mark is 4; listen for its"
                + " data, pipe it on, or destroy() it");
    assertThat(only().kind()).isEqualTo(NOBODY_READS);
  }

  @Test
  void aTrackedOneIsToldWithThePlaceWhereItWasMade() {
    Misuse.use(Misuse.Mode.THROW, true);
    assertThatThrownBy(() -> Strand.run(() -> ReadableStream.from(_ -> {}, ROWS)))
        .isInstanceOf(UnfinishedException.class);
    var finding = only();
    assertThat(finding.message()).startsWith("nobody ever read rows, made at " + finding.place() + ", and its strand");
    assertThat(lineOf(finding)).isPositive();
  }

  @Test
  void aReadableThatIsReadAndNotToTheEndIsNotMeant() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var rows = ReadableStream.from(ReadableSideAnswers.of(3), ROWS);
                      rows.onData(_ -> rows.pause());
                    }))
        .isInstanceOf(UnfinishedException.class);
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var _ = ReadableStream.from(ReadableSideAnswers.of(3), ROWS);
                      throw new IllegalStateException("something else");
                    }))
        .hasMessage("something else");
    assertThat(found).isEmpty();
  }

  // ---------------------------------------------------------------- acknowledgements

  @Test
  void aSecondAcknowledgementThatWouldPassForTheNextIsTold() {
    Misuse.use(Misuse.Mode.WARN, true);
    var dones = new ArrayDeque<Done>();
    var stream = scene.writable((Integer _, Done done) -> dones.add(done), OUT);
    scene.turn(() -> writeOn(stream, 3));
    scene.turn(
        () -> {
          var first = dones.remove();
          first.ok();
          assertThat(found).isEmpty();
          first.ok();
        });
    var finding = only();
    assertThat(finding.kind()).isEqualTo(ACKNOWLEDGED_TWICE);
    assertThat(finding.message())
        .matches(
            "a second acknowledgement of one write of out, made at Scene.java:\\d+, at MisuseTest.java:\\d+, while .*")
        .endsWith(
            finding.place()
                + ", while the next is under way and would pass for done: call done.ok() or done.fail() once");
    // Told, and passed on: as Node has it, the third chunk is at the sink beside the second.
    assertThat(dones).hasSize(2);
  }

  @Test
  void aSecondAcknowledgementIsRefusedInThatMode() {
    Misuse.use(Misuse.Mode.THROW, true);
    var dones = new ArrayDeque<Done>();
    var stream = scene.writable((Integer _, Done done) -> dones.add(done), OUT);
    scene.turn(() -> writeOn(stream, 3));
    assertThatThrownBy(
            () ->
                scene.turn(
                    () -> {
                      var first = dones.remove();
                      first.ok();
                      first.ok();
                    }))
        .isInstanceOfSatisfying(StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_MISUSE));
    assertThat(dones).as("the third waits for the second").hasSize(1);
  }

  @Test
  void fromAnotherThreadTheStreamFailsInstead() throws Exception {
    Misuse.use(Misuse.Mode.THROW, true);
    var dones = new ArrayDeque<Done>();
    var stream = scene.writable((Integer _, Done done) -> dones.add(done), OUT);
    scene.turn(() -> writeOn(stream, 3));
    var first = dones.remove();
    scene.turn(first::ok);
    var thread = new Thread(first::ok);
    thread.start();
    thread.join();
    assertThat(scene.runReady()).contains("turn error ERR_MISUSE");
  }

  @Test
  void whatTheStreamRefusesByItselfIsNotFoundAgain() {
    Misuse.use(Misuse.Mode.WARN, true);
    var stream =
        scene.writable(
            (Integer _, Done done) -> {
              done.ok();
              done.ok();
            },
            OUT);
    var transform =
        scene.transform(
            (Integer _, Feed<Integer> _, Done done) -> {
              done.ok();
              done.ok();
            },
            ROWS);
    assertThat(scene.turn(() -> writeOn(stream, 1))).contains("tick error ERR_MULTIPLE_CALLBACK");
    assertThat(scene.turn(() -> writeOn(transform, 1))).contains("tick error ERR_MULTIPLE_CALLBACK");
    assertThat(found).isEmpty();
  }

  @Test
  void trackingChangesNothingForASinkWithEveryHook() {
    var untracked = lifeOfAHookedStream();
    Misuse.use(Misuse.Mode.THROW, true);
    assertThat(lifeOfAHookedStream())
        .isEqualTo(untracked)
        .contains("tick construct", "tick 2 batch [0, 1, 2]", "tick 2 finish hook", "tick 3 destroy hook");
  }

  private List<String> lifeOfAHookedStream() {
    return scene.turn(
        () -> {
          var stream = scene.writable(new Hooked(scene), OUT);
          writeOn(stream, 3);
          stream.end();
        });
  }

  /// A sink with all hooks there are.
  private record Hooked(Scene scene) implements Sink<Integer>, Constructing {
    @Override
    public void construct(Done done) {
      scene.log("construct");
      done.ok();
    }

    @Override
    public void write(Integer chunk, Done done) {
      scene.log("write " + chunk);
      done.ok();
    }

    @Override
    public void writeBatch(List<Integer> chunks, Done done) {
      scene.log("batch " + chunks);
      done.ok();
    }

    @Override
    public void finish(Done done) {
      scene.log("finish hook");
      done.ok();
    }

    @Override
    public void destroy(Throwable error, Done done) {
      scene.log("destroy hook");
      done.ok();
    }
  }

  private Misuse.Finding awaitOne(Misuse.Kind kind) {
    Remains.await(
        "the finding " + kind,
        () -> {
          System.gc();
          return found.stream().anyMatch(finding -> finding.kind() == kind);
        });
    return found.stream().filter(finding -> finding.kind() == kind).findFirst().orElseThrow();
  }

  @Test
  @Timeout(90)
  void anAcknowledgementThatIsForgottenIsFoundWhenItIsCollected() {
    Misuse.use(Misuse.Mode.THROW, true);
    var stream = scene.writable((Integer _, Done _) -> {}, OUT);
    scene.turn(() -> writeOn(stream, 1));
    var finding = awaitOne(NEVER_ACKNOWLEDGED);
    assertThat(finding.message())
        .isEqualTo(
            "one write of out, made at "
                + finding.place()
                + ", will never be acknowledged, for its `done` was dropped, and the stream waits for it: call"
                + " done.ok() or done.fail() on every path");
  }

  @Test
  @Timeout(90)
  void aFlushThatIsForgottenIsFoundToo() {
    Misuse.use(Misuse.Mode.WARN, true);
    var stream = scene.transform(new Forgetful(), ROWS);
    scene.turn(
        () -> {
          writeOn(stream, 1);
          stream.end();
        });
    assertThat(awaitOne(NEVER_ACKNOWLEDGED).message()).startsWith("one flush of rows, made at ");
  }

  private static final class Forgetful implements Transformer<Integer, Integer> {
    @Override
    public void transform(Integer chunk, Feed<Integer> out, Done done) {
      done.ok();
    }

    @Override
    public void flush(Feed<Integer> out, Done done) {}
  }

  // ---------------------------------------------------------------- dropped

  /// Makes a stream on a strand that is dropped with it: nobody will ever answer it.
  private static void drop(Runnable making) throws InterruptedException {
    var made = new CountDownLatch(1);
    var _ =
        Strand.start(
            () -> {
              Strand.current().hold();
              making.run();
              made.countDown();
            });
    made.await();
  }

  @Test
  @Timeout(90)
  void aStreamThatIsDroppedIsFoundWithThePlaceWhereItWasMade() throws Exception {
    Misuse.use(Misuse.Mode.THROW, true);
    drop(() -> WritableStream.<Integer>toConsumer(_ -> {}, OUT));
    var finding = awaitOne(DROPPED);
    assertThat(lineOf(finding)).isPositive();
    assertThat(finding.message())
        .isEqualTo(
            "out, made at "
                + finding.place()
                + ", was dropped without being closed, and what it holds stays open: end it and let it finish, or"
                + " destroy() it (Streams.pipeline and Pipeline do that)");
  }

  @Test
  @Timeout(90)
  void aReadableThatIsDroppedUnreadIsFound() throws Exception {
    Misuse.use(Misuse.Mode.WARN, true);
    drop(() -> ReadableStream.from(_ -> {}, ROWS));
    assertThat(awaitOne(NOBODY_READS).message()).startsWith("nobody ever read rows, made at MisuseTest.java:");
  }

  @Test
  @Timeout(90)
  void oneThatEndedAndWasNeverDestroyedIsFound() throws Exception {
    Misuse.use(Misuse.Mode.WARN, true);
    Strand.run(
        () -> {
          var rows = ReadableStream.from(ReadableSideAnswers.of(3), ROWS.withAutoDestroy(false));
          rows.onData(_ -> {});
        });
    assertThat(awaitOne(DROPPED).stream()).isEqualTo("rows");
  }

  @Test
  @Timeout(90)
  void whatHasClosedIsNotMeant() throws Exception {
    Misuse.use(Misuse.Mode.WARN, true);
    Strand.run(
        () -> {
          for (int i = 0; i < 100; i++) {
            var lines = TransformStream.<Integer>passThrough(OUT);
            ReadableStream.from(ReadableSideAnswers.of(3), ROWS).pipe(lines);
            lines.onData(_ -> {});
            ReadableStream.from(ReadableSideAnswers.of(3), ROWS).destroy();
          }
        });
    // A stream that is dropped after them is found after them: the cleaner has seen them by then.
    drop(() -> WritableStream.<Integer>toConsumer(_ -> {}, OUT.named("last")));
    assertThat(awaitOne(DROPPED).stream()).isEqualTo("last");
    System.gc();
    assertThat(found).hasSize(1);
  }

  // ---------------------------------------------------------------- how it is told

  @Test
  void eachPlaceIsCountedByItself() {
    for (int i = 0; i < 3; i++) {
      var rows = rows(new AskedSource<>(scene));
      scene.turn(() -> Pair.DATA_AND_READABLE.attach(scene, rows));
    }
    var rows = rows(new AskedSource<>(scene));
    scene.turn(() -> Pair.READABLE_AND_DATA.attach(scene, rows));
    assertThat(found).extracting(Misuse.Finding::count).containsExactly(1L, 2L, 3L, 1L);
    assertThat(Misuse.findings()).extracting(Misuse.Finding::count).containsExactlyInAnyOrder(3L, 1L);
    Misuse.forget();
    assertThat(Misuse.findings()).isEmpty();
  }

  @Test
  void withoutAHandlerTheLogHasTheFirstAndTheTenth() {
    handler.remove();
    var lines = new ArrayList<String>();
    var logger = Logger.getLogger("highwater.misuse");
    var listening =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(record.getLevel() + " " + record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(listening);
    logger.setUseParentHandlers(false);
    try {
      for (int i = 0; i < 12; i++) {
        var rows = rows(new AskedSource<>(scene));
        scene.turn(() -> Pair.DATA_AND_READABLE.attach(scene, rows));
      }
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(listening);
    }
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).startsWith("WARNING a listener for readable at MisuseTest.java:");
    assertThat(lines.getLast()).startsWith("WARNING a listener for readable at ").endsWith(" (time 10)");
  }

  @Test
  void aHandlerThatThrowsChangesNothing() {
    handler.remove();
    var throwing =
        Misuse.handle(
            _ -> {
              throw new IllegalStateException("a bad handler");
            });
    var logger = Logger.getLogger("highwater.misuse");
    logger.setUseParentHandlers(false);
    try {
      var stream = out();
      scene.turn(() -> writeOn(stream, 30));
      scene.turn(() -> assertThat(stream.writableLength()).isEqualTo(30));
    } finally {
      logger.setUseParentHandlers(true);
      throwing.remove();
    }
    assertThat(Misuse.findings()).hasSize(1);
  }

  @Test
  void aHandlerThatWasReplacedDoesNotBringTheLogBack() {
    var later = new ArrayList<Misuse.Finding>();
    var second = Misuse.handle(later::add);
    handler.remove();
    var stream = out();
    scene.turn(() -> writeOn(stream, 30));
    second.remove();
    assertThat(later).hasSize(1);
    assertThat(found).isEmpty();
  }
}
