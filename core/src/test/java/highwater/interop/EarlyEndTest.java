package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.codec.Text;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.process.Command;
import highwater.process.ProcessStreams;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A run that needs no more is over only when what it needs no more is released (docs/semantics.md, G7).
@Timeout(60)
class EarlyEndTest {
  private static final int RUNS = 50;

  /// Endless, and slow to close.
  private static final class Endless extends InputStream {
    volatile boolean closed;
    private final boolean fails;

    Endless(boolean fails) {
      this.fails = fails;
    }

    @Override
    public int read() {
      return 'x';
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return length;
    }

    @Override
    public void close() throws IOException {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      closed = true;
      if (fails) throw new IOException("cannot be closed");
    }
  }

  @Test
  void anInputIsClosed() {
    for (int i = 0; i < RUNS; i++) {
      var input = new Endless(false);
      assertThat(Pipeline.from(JavaIo.fromInputStream(input)).take(1).count().run()).isEqualTo(1);
      assertThat(input.closed).as("closed when the run is over").isTrue();
    }
  }

  @Test
  void aCloseThatFailsFailsTheRun() {
    var failure = catchThrowable(() -> Pipeline.from(JavaIo.fromInputStream(new Endless(true))).take(1).count().run());
    assertThat(failure).isInstanceOf(PipelineException.class).hasRootCauseMessage("cannot be closed");
  }

  @Test
  void aProgramHasEnded() {
    for (int i = 0; i < 5; i++) {
      var lines = Pipeline.from(ProcessStreams.read(Command.of("yes"))).through(Text.lines()).take(3).toList(5).run();
      assertThat(lines).isEqualTo(List.of("y", "y", "y"));
      assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  @Test
  void callsUnderWayAreOver() {
    var running = new AtomicInteger();
    for (int i = 0; i < RUNS; i++) {
      var first =
          Pipeline.from(Origin.values(1, 2, 3, 4))
              .mapBlocking(
                  4,
                  number -> {
                    running.incrementAndGet();
                    try {
                      if (number > 1) TimeUnit.MINUTES.sleep(1);
                      return number;
                    } finally {
                      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                      running.decrementAndGet();
                    }
                  })
              .take(1)
              .toList(1)
              .run();
      assertThat(first).containsExactly(1);
      assertThat(running).as("calls when the run is over").hasValue(0);
    }
  }

  @Test
  void aGeneratorsBodyHasEnded() {
    for (int i = 0; i < RUNS; i++) {
      var bodies = new AtomicInteger();
      var numbers =
          Generator.<Integer>of(
              out -> {
                bodies.incrementAndGet();
                try {
                  for (int n = 0; ; n++) out.put(n);
                } finally {
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                  bodies.decrementAndGet();
                }
              });
      assertThat(Pipeline.from(numbers).take(2).toList(2).run()).containsExactly(0, 1);
      assertThat(bodies).as("bodies when the run is over").hasValue(0);
    }
  }

  /// Gives words for ever; throws out of its abort where it is told to.
  private record Words(boolean throwsOutOfAbort, AtomicInteger aborts) implements PullOrigin<String> {
    @Override
    public String name() {
      return "words";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("words for ever");
    }

    @Override
    public Pull<String> pull() {
      return new Pull<>() {
        @Override
        public Progress poll() {
          return Progress.READY;
        }

        @Override
        public String next() {
          return "word";
        }

        @Override
        public void abort(Throwable cause) {
          aborts.incrementAndGet();
          if (throwsOutOfAbort) throw new IllegalStateException("cannot abort");
        }
      };
    }
  }

  /// Gives a word for each that it is given.
  private record Passing(AtomicInteger aborts) implements PullStage<String, String> {
    @Override
    public String name() {
      return "passing";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("one word");
    }

    @Override
    public Step<String, String> step() {
      return new Step<>() {
        private boolean full;

        @Override
        public Progress poll() {
          return full ? Progress.READY : Progress.HUNGRY;
        }

        @Override
        public void offer(String chunk) {
          full = true;
        }

        @Override
        public void finish() {}

        @Override
        public String next() {
          full = false;
          return "word";
        }

        @Override
        public void abort(Throwable cause) {
          aborts.incrementAndGet();
        }
      };
    }
  }

  @Test
  void oneThatCannotBeToldKeepsNoneFromBeingTold() {
    var origin = new AtomicInteger();
    var stage = new AtomicInteger();
    var words = Pipeline.from(new Words(true, origin)).through(new Passing(stage)).take(1).count();
    assertThat(catchThrowable(words::run)).isInstanceOf(PipelineException.class).hasRootCauseMessage("cannot abort");
    assertThat(origin).hasValue(1);
    assertThat(stage).hasValue(1);
  }
}
