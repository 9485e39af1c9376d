package highwater.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.memory.Budget;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A commit and an undo that take time: the run waits for them, and reports only then.
@Timeout(60)
class SettlingTest {
  private final Rig rig = new Rig(3, 10);

  private static Pipeline joined(Rig rig, Target<ByteBuffer> target, boolean asStreams) {
    var upstream = Pipeline.from(rig.origin());
    if (asStreams) {
      upstream =
          upstream.through(Stage.of("pass", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())));
    }
    return upstream.to(target);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunIsOverWhenItsCommitHasSettled(boolean asStreams) {
    var slow = new Slow(5);
    joined(rig, slow, asStreams).run();
    assertThat(slow.log).containsExactly("open", "commit", "settled", "close");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatACommitFailsWithLaterFailsTheRunAndIsUndone(boolean asStreams) {
    var slow = new Slow(5);
    slow.commitFailure = new IOException("no such upload");
    assertThatThrownBy(() -> joined(rig, slow, asStreams).run())
        .isInstanceOf(PipelineException.class)
        .hasCause(slow.commitFailure);
    assertThat(slow.log).containsExactly("open", "commit", "settled", "abort", "settled", "close");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCancelWhileACommitWaitsUndoesIt(boolean asStreams) {
    var slow = new Slow(Integer.MAX_VALUE);
    var run = new CompletableFuture<PipelineRun>();
    slow.onCommit = () -> run.join().cancel("enough");
    run.complete(joined(rig, slow, asStreams).start());
    assertThatThrownBy(() -> run.join().join()).isInstanceOf(CancelledException.class).hasMessage("enough");
    assertThat(slow.log).containsExactly("open", "commit", "abort", "settled", "close");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunThatFailedIsOverWhenItsUndoingHasSettled(boolean asStreams) {
    var slow = new Slow(5);
    rig.failAt = 4;
    var failure = catchThrowable(() -> joined(rig, slow, asStreams).run());
    assertThat(failure).isInstanceOf(PipelineException.class).hasCause(rig.thrown);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(slow.log).containsExactly("open", "abort", "settled", "close");
  }

  @Test
  void whatAnUndoingFailsWithStandsBesideTheFailure() {
    var slow = new Slow(5);
    slow.undoFailure = new IOException("the upload stays");
    rig.failAt = 4;
    var failure = catchThrowable(() -> joined(rig, slow, false).run());
    assertThat(failure).hasCause(rig.thrown);
    assertThat(failure.getSuppressed()).containsExactly(slow.undoFailure);
  }

  @Test
  void anUndoingThatNeverSettlesIsLeftBehindAndNamed() {
    var slow = new Slow(Integer.MAX_VALUE);
    slow.deaf = true;
    rig.failAt = 4;
    var ends = new ArrayList<String>();
    var loop = new FusedLoop(joined(rig, slow, false), Budget.unlimited(), 0, () -> ends.add("over"));
    try (var hand = new HandTurned()) {
      hand.turn(loop::begin);
      hand.advance(Part.UNDO_NANOS - 1);
      assertThat(ends).isEmpty();
      hand.advance(1);
      assertThat(ends).containsExactly("over");
    }
    var failed = (Execution.Outcome.Failed) requireNonNull(loop.outcome());
    assertThat(failed.error()).hasCause(rig.thrown);
    assertThat(failed.error().getSuppressed())
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo("slow was left behind: it still undoes what the run began, after 10 s");
    assertThat(slow.log).containsExactly("open", "abort", "close");
  }

  /// A target that needs so many wakes for a commit and for an undo.
  private static final class Slow implements PullTarget<ByteBuffer>, Put<ByteBuffer> {
    final List<String> log = new ArrayList<>();
    @Nullable IOException commitFailure;
    @Nullable IOException undoFailure;
    Runnable onCommit = () -> {};

    /// Whether it never settles after an abort.
    boolean deaf;

    private final int wakes;
    private int left;
    private boolean aborted;
    private boolean finished;
    private @Nullable PartContext context;

    Slow(int wakes) {
      this.wakes = wakes;
    }

    @Override
    public String name() {
      return "slow";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("a test's", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return this;
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      log.add("open");
    }

    @Override
    public Progress poll() {
      assertThat(left).as("polled after commit or abort").isZero();
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      chunk.position(chunk.limit());
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void commit() {
      log.add("commit");
      left = wakes;
      onCommit.run();
      requireNonNull(context).wake();
    }

    @Override
    public void abort(Throwable cause) {
      log.add("abort");
      aborted = true;
      left = deaf ? wakes : 3;
      requireNonNull(context).wake();
    }

    @Override
    public boolean settled() throws IOException {
      if (left == Integer.MAX_VALUE) return false;
      if (left-- > 0) {
        requireNonNull(context).wake();
        return false;
      }
      left = 0;
      log.add("settled");
      if (aborted && undoFailure != null) throw undoFailure;
      if (!aborted && commitFailure != null) throw commitFailure;
      return true;
    }

    @Override
    public void close() {
      log.add("close");
    }
  }
}
