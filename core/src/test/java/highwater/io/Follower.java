package highwater.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import highwater.Diagnosis;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.strand.HandTurned;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A run that follows a file in virtual time, into a target that takes bytes while its gate is open.
final class Follower implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMillis(100);
  static final Duration REST = Duration.ofSeconds(1);

  final List<FileChange> changes = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final HandTurned hand = new HandTurned();
  private final PipelineRun run;
  private @Nullable PartContext target;
  private boolean open = true;

  /// Begins to follow what `origin` says, looking every [#INTERVAL].
  Follower(FollowOrigin origin) {
    run = Pipeline.from(origin.interval(INTERVAL).onChange(changes::add)).to(new Gated()).startOn(hand.strand());
    hand.runReady();
  }

  /// Everything that came so far.
  String text() {
    return bytes.toString(ISO_8859_1);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  /// Lets `time` pass.
  Follower pass(Duration time) {
    hand.advance(time.toNanos());
    return this;
  }

  /// Lets the next look come.
  Follower look() {
    return pass(INTERVAL);
  }

  /// Takes no more bytes, or takes them again.
  void gate(boolean open) {
    this.open = open;
    if (target != null) target.wake();
    hand.runReady();
  }

  boolean isOver() {
    return run.completion().toCompletableFuture().isDone();
  }

  PipelineRun run() {
    return run;
  }

  /// What the run failed with; null where it ended well.
  @Nullable Throwable failure() {
    if (!isOver()) throw new AssertionError("the run goes on: " + run.report().waitsFor());
    try {
      run.completion().toCompletableFuture().join();
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  List<FileChange.Kind> kinds() {
    return changes.stream().map(FileChange::kind).toList();
  }

  /// Who waits for whom, as the stall doctor would find it.
  Diagnosis diagnose() {
    var found = new ArrayList<Diagnosis>();
    hand.turn(() -> found.add(run.diagnose()));
    return found.getFirst();
  }

  void cancel() {
    run.cancel("enough");
    hand.runReady();
  }

  /// Cancels what goes on; throws where a timer, a turn or a hold is left.
  @Override
  public void close() {
    if (!isOver()) cancel();
    hand.close();
  }

  private final class Gated implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "gated";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("in memory", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return new Put<>() {
        private boolean finished;

        @Override
        public void open(PartContext context) {
          target = context;
        }

        @Override
        public Progress poll() {
          if (finished) return Progress.DONE;
          return open ? Progress.HUNGRY : Progress.WAITING;
        }

        @Override
        public void offer(ByteBuffer chunk) {
          var copy = new byte[chunk.remaining()];
          chunk.get(copy);
          bytes.writeBytes(copy);
        }

        @Override
        public void finish() {
          finished = true;
        }
      };
    }
  }
}
