package highwater.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every target keeps: exact bytes; what was not all written is never taken for whole and does not stay; a peer that
/// dies, refuses or stops is a failure or can be cancelled; what is held stays within the bound; nothing is left.
@Timeout(240)
public abstract class TargetContract {
  /// Enough for several chunks, and for more than pipes and sockets hold.
  private static final int BYTES = 12_000_000;

  private static final int CANCELS = 25;

  private final Budget budget = Budget.of(1L << 30);
  private @Nullable List<String> descriptors;

  /// Starts a peer that does what `taking` says.
  protected abstract TakingPeer peer(Taking taking) throws Exception;

  /// Whether the peer can tell a run that failed from one that ended; where it cannot, docs/ends.md says so.
  protected boolean tellsFailureFromEnd() {
    return true;
  }

  /// Whether a peer can be made that dies, refuses, stops. A file's cannot.
  protected boolean hasAPeerOfItsOwn() {
    return true;
  }

  /// Whether the target hears what the peer makes of it when it has everything. A FIFO's does not.
  protected boolean hearsAnAnswer() {
    return true;
  }

  /// How many states a run is cancelled in; fewer where each run costs much.
  protected int cancels() {
    return CANCELS;
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(budget.usedBytes()).as("bytes charged").isZero();
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
    if (descriptors != null) Remains.awaitDescriptors(descriptors);
  }

  private void countDescriptors() throws Exception {
    try (var peer = peer(Taking.whole())) {
      run(peer, Probe.of(1));
      peer.whole();
    }
    descriptors = Remains.descriptors();
  }

  private void run(TakingPeer peer, Probe probe) {
    Pipeline.from(probe.origin()).to(peer.target()).withBudget(budget).run();
  }

  private PipelineRun start(TakingPeer peer, Probe probe) {
    return Pipeline.from(probe.origin()).to(peer.target()).withBudget(budget).start();
  }

  private void assertNothingWhole(TakingPeer peer) throws Exception {
    if (tellsFailureFromEnd()) assertThat(peer.whole()).as("what the peer takes for whole").isNull();
    assertThat(peer.leftovers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, 65_535, 65_536, 65_537, BYTES})
  void bytesAreExact(int bytes) throws Exception {
    try (var peer = peer(Taking.whole())) {
      run(peer, Probe.of(bytes));
      assertThat(peer.whole()).isEqualTo(Pattern.bytes(bytes));
      assertThat(peer.leftovers()).isEmpty();
    }
  }

  @Test
  void aSlowPeerGetsThemAll() throws Exception {
    try (var peer = peer(Taking.whole().pieces(1000))) {
      run(peer, Probe.of(300_000));
      assertThat(peer.whole()).isEqualTo(Pattern.bytes(300_000));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BYTES / 2, BYTES - 1, BYTES})
  void aFailureFurtherUpIsNeverAnEnd(int at) throws Exception {
    countDescriptors();
    try (var peer = peer(Taking.whole())) {
      var failure = catchThrowable(() -> run(peer, Probe.failing(BYTES, at)));
      assertThat(failure).isInstanceOf(PipelineException.class).hasCauseInstanceOf(Probe.Boom.class);
      assertThat(failure.getSuppressed()).isEmpty();
      assertNothingWhole(peer);
    }
  }

  /// A peer that has come by itself waits for an answer, and gets one; another never hears of the run.
  @Test
  void aSourceThatCannotBeOpenedIsNeverAnEnd() throws Exception {
    countDescriptors();
    try (var peer = peer(Taking.whole())) {
      var failure = catchThrowable(() -> run(peer, Probe.absent()));
      assertThat(failure).isInstanceOf(PipelineException.class).hasCauseInstanceOf(Probe.Boom.class);
      assertThat(failure.getSuppressed()).isEmpty();
      if (peer.target().isAwaited()) assertNothingWhole(peer);
      assertThat(peer.leftovers()).isEmpty();
    }
  }

  @Test
  void aCancelInAnyStateEndsTheRun() throws Exception {
    countDescriptors();
    for (int i = 0; i < cancels(); i++) {
      long at = (long) BYTES * i / cancels();
      try (var peer = peer(Taking.whole())) {
        var probe = Probe.of(BYTES);
        var handle = new CompletableFuture<PipelineRun>();
        probe.onBytes =
            position -> {
              if (position >= at) handle.join().cancel("enough");
            };
        handle.complete(start(peer, probe));
        assertThat(catchThrowable(() -> handle.join().join()))
            .as("cancelled at %s", at)
            .isInstanceOf(CancelledException.class);
        assertNothingWhole(peer);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BYTES / 2})
  void aPeerThatDiesIsAFailure(int at) throws Exception {
    if (!hasAPeerOfItsOwn()) return;
    countDescriptors();
    try (var peer = peer(Taking.until(at, Taking.Then.DIE))) {
      assertFailedAtTheTarget(peer, catchThrowable(() -> run(peer, Probe.of(BYTES))));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {BYTES - 1, BYTES})
  void aPeerThatDiesBeforeItsAnswerIsAFailure(int at) throws Exception {
    if (!hasAPeerOfItsOwn() || !hearsAnAnswer()) return;
    countDescriptors();
    try (var peer = peer(Taking.until(at, Taking.Then.DIE))) {
      assertFailedAtTheTarget(peer, catchThrowable(() -> run(peer, Probe.of(BYTES))));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, BYTES})
  void aPeerThatRefusesIsAFailure(int at) throws Exception {
    if (!hasAPeerOfItsOwn() || !hearsAnAnswer()) return;
    countDescriptors();
    try (var peer = peer(Taking.until(at, Taking.Then.REFUSE))) {
      assertFailedAtTheTarget(peer, catchThrowable(() -> run(peer, Probe.of(BYTES))));
    }
  }

  private static void assertFailedAtTheTarget(TakingPeer peer, Throwable failure) {
    assertThat(failure).isInstanceOf(PipelineException.class);
    var failed = (PipelineException) failure;
    assertThat(failed.stage()).isEqualTo(peer.target().name());
    assertThat(failed.getCause()).isNotNull();
    assertThat(failed.getCause().getMessage()).doesNotContain("\n").contains("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, BYTES / 2, BYTES})
  void aPeerThatStopsIsLetGoByACancel(int at) throws Exception {
    if (!hasAPeerOfItsOwn() || (at == BYTES && !hearsAnAnswer())) return;
    countDescriptors();
    try (var peer = peer(Taking.until(at, Taking.Then.STOP))) {
      var probe = Probe.of(BYTES);
      var run = start(peer, probe);
      Remains.await("the begin", probe::isOpen);
      var _ = Remains.awaitQuiet(probe::movedBytes);
      assertThat(run.completion().toCompletableFuture()).isNotDone();
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasMessage("enough");
      peer.awaitLetGo();
    }
  }

  @Test
  void whatIsHeldStaysWithinTheBound() throws Exception {
    if (!hasAPeerOfItsOwn()) return;
    long total = 256L << 20;
    try (var peer = peer(Taking.until(100_000, Taking.Then.STOP))) {
      var probe = Probe.of(total);
      var pipeline = Pipeline.from(probe.origin()).to(peer.target());
      long bound = pipeline.bound().totalBytes().orElseThrow();
      var run = pipeline.withBudget(budget).start();
      Remains.await("the begin", probe::isOpen);
      var _ = Remains.awaitQuiet(() -> probe.movedBytes() + peer.takenBytes());
      long given = probe.movedBytes();
      long taken = Math.max(0, peer.takenBytes());
      assertThat(given - taken).isLessThanOrEqualTo(bound + peer.outsideBytes());
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    }
  }
}
