package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Source, two transforms and sink in a pipeline whose nth call of user code fails, for each n in turn: one error comes
/// out, every stream is closed, and the strand has nothing left (docs/semantics.md, L4).
class NthCallbackTest {
  private static final int CHUNKS = 45;
  private static final int CALLS_AT_LEAST = 200;

  private final long seed = Long.getLong("seed", System.nanoTime());

  /// How a call of user code fails.
  private enum Failing {
    THROWS,
    ANSWERS,
    ANSWERS_LATER,
    /// Goes on as if nothing were wrong, then throws.
    WORKS_AND_THROWS
  }

  /// A call of user code, whose answer is an acknowledgement or the feed's.
  private interface Answer {
    void fail(Throwable error);
  }

  private interface Body {
    void run();
  }

  /// One pipeline and its counter of calls.
  private static final class Run {
    private final boolean objects;
    private final Failing failing;
    private final int failingCall;
    private final Random random;
    final IllegalStateException boom;
    final List<LiveStream> streams = new ArrayList<>();
    final List<@Nullable Throwable> outcomes = new ArrayList<>();
    final List<Throwable> uncaught = new ArrayList<>();
    boolean closedBefore;
    int calls;
    int read;
    long readSum;
    long writtenSum;
    String failed = "nothing";

    Run(boolean objects, Failing failing, int failingCall, long seed) {
      this.objects = objects;
      this.failing = failing;
      this.failingCall = failingCall;
      this.random = new Random(seed);
      this.boom = new IllegalStateException("call " + failingCall);
    }

    void onHand() {
      try (var hand = new HandTurned(uncaught::add)) {
        hand.turn(this::begin);
        hand.runUntilIdle();
        assertThat(hand.hasWork()).as("work left: %s", this).isFalse();
      }
    }

    void begin() {
      var options = objects ? StreamOptions.objects().withMark(2) : StreamOptions.bytes().withMark(16);
      streams.add(ReadableStream.from(new Numbers(), options.named("source")));
      streams.add(TransformStream.from(new Halves(), options.named("halves")));
      streams.add(TransformStream.from(new Halves(), options.named("quarters")));
      streams.add(WritableStream.to(new Sum(), options.named("sum")));
      Streams.pipeline(
          streams,
          error -> {
            outcomes.add(error);
            closedBefore = streams.stream().allMatch(LiveStream::closed);
          });
    }

    /// Counts a call, and fails it if it is the one.
    private void call(String what, Answer answer, Body body) {
      if (++calls != failingCall) {
        body.run();
        return;
      }
      failed = what;
      switch (failing) {
        case THROWS -> throw boom;
        case ANSWERS -> answer.fail(boom);
        case ANSWERS_LATER -> Strand.current().post(() -> answer.fail(boom));
        case WORKS_AND_THROWS -> {
          body.run();
          throw boom;
        }
      }
    }

    /// Now, in a tick, or in a turn.
    private void soon(Body body) {
      switch (random.nextInt(3)) {
        case 0 -> body.run();
        case 1 -> Strand.current().nextTick(body::run);
        default -> Strand.current().post(body::run);
      }
    }

    private final class Numbers implements Source<Object>, Constructing {
      @Override
      public void construct(Done done) {
        call("source.construct", done::fail, () -> soon(done::ok));
      }

      @Override
      public void read(Feed<Object> feed) {
        call("source.read", feed::fail, () -> soon(() -> next(feed)));
      }

      private void next(Feed<Object> feed) {
        if (read++ == CHUNKS) {
          feed.end();
          return;
        }
        int size = 4 * (1 + random.nextInt(5));
        readSum += size;
        feed.push(objects ? size : ByteBuffer.allocate(size));
      }

      @Override
      public void destroy(@Nullable Throwable error, Done done) {
        call("source.destroy", done::fail, () -> soon(done::ok));
      }
    }

    private final class Halves implements Transformer<Object, Object>, Constructing {
      @Override
      public void construct(Done done) {
        call("transformer.construct", done::fail, () -> soon(done::ok));
      }

      @Override
      public void transform(Object chunk, Feed<Object> out, Done done) {
        call(
            "transformer.transform",
            done::fail,
            () ->
                soon(
                    () -> {
                      pushHalves(chunk, out);
                      done.ok();
                    }));
      }

      private static void pushHalves(Object chunk, Feed<Object> out) {
        if (chunk instanceof ByteBuffer bytes) {
          int half = bytes.remaining() / 2;
          out.push(bytes.slice(bytes.position(), half));
          out.push(bytes.slice(bytes.position() + half, bytes.remaining() - half));
        } else {
          out.push((Integer) chunk / 2);
          out.push((Integer) chunk / 2);
        }
      }

      @Override
      public void flush(Feed<Object> out, Done done) {
        call("transformer.flush", done::fail, () -> soon(done::ok));
      }

      @Override
      public void destroy(@Nullable Throwable error, Done done) {
        call("transformer.destroy", done::fail, () -> soon(done::ok));
      }
    }

    private final class Sum implements Sink<Object>, Constructing {
      @Override
      public void construct(Done done) {
        call("sink.construct", done::fail, () -> soon(done::ok));
      }

      @Override
      public void write(Object chunk, Done done) {
        add(chunk);
        call("sink.write", done::fail, () -> soon(done::ok));
      }

      @Override
      public void writeBatch(List<Object> chunks, Done done) {
        chunks.forEach(this::add);
        call("sink.writeBatch", done::fail, () -> soon(done::ok));
      }

      private void add(Object chunk) {
        writtenSum += chunk instanceof ByteBuffer bytes ? bytes.remaining() : (Integer) chunk;
      }

      @Override
      public void finish(Done done) {
        call("sink.finish", done::fail, () -> soon(done::ok));
      }

      @Override
      public void destroy(@Nullable Throwable error, Done done) {
        call("sink.destroy", done::fail, () -> soon(done::ok));
      }
    }

    @Override
    public String toString() {
      return failed + " " + failing + " in call " + failingCall + (objects ? " of objects" : " of bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, THROWS",
    "true, ANSWERS",
    "true, ANSWERS_LATER",
    "false, THROWS",
    "false, ANSWERS",
    "false, ANSWERS_LATER"
  })
  void oneErrorComesOutAndNothingIsLeft(boolean objects, Failing failing) {
    System.out.println("NthCallbackTest -Dseed=" + seed);
    var clean = new Run(objects, failing, 0, seed);
    clean.onHand();
    assertThat(clean.outcomes).containsExactly((Throwable) null);
    assertThat(clean.writtenSum).isEqualTo(clean.readSum).isPositive();
    assertThat(clean.calls).isGreaterThan(CALLS_AT_LEAST);
    int threads = ourThreads();
    for (int n = 1; n <= clean.calls; n++) {
      var run = new Run(objects, failing, n, seed);
      run.onHand();
      assertThat(run.failed).as("call %d", n).isNotEqualTo("nothing");
      assertThat(run.outcomes).as("outcomes: %s", run).containsExactly(run.boom);
      assertThat(run.closedBefore).as("closed before the outcome: %s", run).isTrue();
      assertThat(run.uncaught).as("uncaught: %s", run).isEmpty();
    }
    assertThat(ourThreads()).isLessThanOrEqualTo(threads);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThrowAfterTheAnswerIsNeverLost(boolean objects) {
    System.out.println("NthCallbackTest -Dseed=" + seed);
    var clean = new Run(objects, Failing.WORKS_AND_THROWS, 0, seed);
    clean.onHand();
    for (int n = 1; n <= clean.calls; n++) {
      var run = new Run(objects, Failing.WORKS_AND_THROWS, n, seed);
      run.onHand();
      assertThat(run.outcomes).as("outcomes: %s", run).hasSize(1);
      assertThat(run.outcomes.contains(run.boom) || run.uncaught.contains(run.boom)).as("lost: %s", run).isTrue();
      assertThat(run.streams).as("streams: %s", run).allMatch(LiveStream::closed);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, THROWS", "false, ANSWERS_LATER"})
  void aRunEndsAfterEachOfThem(boolean objects, Failing failing) {
    System.out.println("NthCallbackTest -Dseed=" + seed);
    int threads = ourThreads();
    for (int n = 1; n <= CALLS_AT_LEAST; n++) {
      var run = new Run(objects, failing, n, seed);
      Strand.run(run::begin);
      assertThat(run.outcomes).as("outcomes: %s", run).containsExactly(run.boom);
      assertThat(run.closedBefore).as("closed before the outcome: %s", run).isTrue();
    }
    assertThat(ourThreads()).isLessThanOrEqualTo(threads);
  }

  private static int ourThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("highwater")).count();
  }
}
