package highwater.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every origin keeps: exact bytes; a peer that breaks off is a failure; a cancel and a failure further down let the peer
/// go at once; what is held stays within the bound; nothing is left.
@Timeout(240)
public abstract class OriginContract {
  /// Enough for several chunks, and for more than pipes and sockets hold.
  private static final int BYTES = 3_000_000;

  /// How many states a run is cancelled in.
  private static final int CANCELS = 25;

  @TempDir Path folder;
  private final Budget budget = Budget.of(1L << 30);
  private @Nullable List<String> descriptors;

  /// Starts a peer that does what `giving` says.
  protected abstract GivingPeer peer(Giving giving) throws Exception;

  /// Whether the protocol can tell a peer that dies from one that ends; where it cannot, docs/ends.md says so.
  protected boolean tellsDeathFromEnd() {
    return true;
  }

  /// Whether a peer can be made that dies or stops. A file's cannot.
  protected boolean hasAPeerOfItsOwn() {
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

  /// Counts what is open once the classes are loaded and the pools are filled: what a first run leaves open, it may keep.
  private void countDescriptors() throws Exception {
    try (var peer = peer(Giving.whole(1))) {
      run(peer, Probe.of(1));
    }
    descriptors = Remains.descriptors();
  }

  private void run(GivingPeer peer, Probe probe) {
    Pipeline.from(peer.origin()).to(probe.target()).withBudget(budget).run();
  }

  private PipelineRun start(GivingPeer peer, Probe probe) {
    return Pipeline.from(peer.origin()).to(probe.target()).withBudget(budget).start();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, 65_535, 65_536, 65_537, BYTES})
  void bytesAreExact(int bytes) throws Exception {
    try (var peer = peer(Giving.whole(bytes))) {
      run(peer, Probe.of(bytes));
    }
  }

  @Test
  void aPeerThatGivesByteByByteGivesThemAll() throws Exception {
    try (var peer = peer(Giving.whole(300).pieces(1))) {
      run(peer, Probe.of(300));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BYTES / 2, BYTES - 1, BYTES})
  void aPeerThatDiesIsNeverAnEnd(int at) throws Exception {
    if (!hasAPeerOfItsOwn()) return;
    countDescriptors();
    try (var peer = peer(Giving.dying(BYTES, at))) {
      var copy = folder.resolve("copy");
      var failure =
          catchThrowable(() -> Pipeline.from(peer.origin()).to(FileStreams.write(copy)).withBudget(budget).run());
      if (!tellsDeathFromEnd()) {
        assertThat(failure).isNull();
        return;
      }
      assertThat(failure).isInstanceOf(PipelineException.class);
      var failed = (PipelineException) failure;
      assertThat(failed.stage()).isEqualTo(peer.origin().name());
      assertThat(failed.getCause()).isNotNull();
      assertThat(failed.getCause().getMessage()).doesNotContain("\n").contains("(expected: ");
      assertThat(Files.exists(copy)).as("something lies under the final name").isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, BYTES / 2, BYTES})
  void aPeerThatStopsIsLetGoByACancel(int at) throws Exception {
    if (!hasAPeerOfItsOwn()) return;
    countDescriptors();
    try (var peer = peer(Giving.stopping(BYTES + 1, at))) {
      var probe = Probe.of(BYTES + 1);
      var run = start(peer, probe);
      Remains.await("the last byte before the stop", () -> probe.movedBytes() == at && probe.isOpen());
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasMessage("enough");
      peer.awaitLetGo();
    }
  }

  @Test
  void aCancelInAnyStateEndsTheRun() throws Exception {
    countDescriptors();
    for (int i = 0; i < cancels(); i++) {
      long at = (long) BYTES * i / cancels();
      try (var peer = peer(Giving.whole(BYTES))) {
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
        peer.awaitLetGo();
      }
      assertThat(budget.usedBytes()).isZero();
    }
  }

  @Test
  void aCancelAtOnceEndsTheRun() throws Exception {
    if (!hasAPeerOfItsOwn()) return;
    countDescriptors();
    try (var peer = peer(Giving.stopping(BYTES, 0))) {
      var run = start(peer, Probe.of(BYTES));
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BYTES / 2, BYTES - 1})
  void aFailureFurtherDownLetsThePeerGo(int at) throws Exception {
    countDescriptors();
    try (var peer = peer(Giving.whole(BYTES))) {
      var failure = catchThrowable(() -> run(peer, Probe.failing(BYTES, at)));
      assertThat(failure).isInstanceOf(PipelineException.class).hasCauseInstanceOf(Probe.Boom.class);
      peer.awaitLetGo();
    }
  }

  @Test
  void whatIsHeldStaysWithinTheBound() throws Exception {
    long total = 64L << 20;
    try (var peer = peer(Giving.whole(total).pieces(64 << 10))) {
      var probe = Probe.stopping(total, 100_000);
      var pipeline = Pipeline.from(peer.origin()).to(probe.target());
      long bound = pipeline.bound().totalBytes().orElseThrow();
      var run = pipeline.withBudget(budget).start();
      Remains.await("the stop", () -> probe.movedBytes() >= 100_000);
      long given = Remains.awaitQuiet(peer::givenBytes);
      if (given >= 0) {
        assertThat(given - probe.movedBytes()).isLessThanOrEqualTo(bound + peer.outsideBytes());
      }
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    }
  }
}
