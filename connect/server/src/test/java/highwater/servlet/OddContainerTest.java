package highwater.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.contract.Probe;
import highwater.contract.Remains;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What was reported of containers and their `WriteListener`, one after another.
@Timeout(60)
class OddContainerTest {
  private static final int BYTES = 1_000_000;

  private static PipelineRun start(Probe probe, OddContainer container) {
    return Pipeline.from(probe.origin())
        .to(new ResponseTarget(container.side).idleTimeout(Duration.ofSeconds(1)))
        .start();
  }

  @Test
  void theBodyIsWholeInOneThatBehaves() throws Exception {
    var container = OddContainer.ready();
    var run = start(Probe.of(BYTES), container);
    container.side.onWritePossible();
    run.join();
    assertThat(container.body()).isEqualTo(Pattern.bytes(BYTES));
    assertThat(container.isCompleted()).isTrue();
  }

  /// Nobody touches the response before the servlet has returned.
  @Test
  void nothingIsAskedBeforeTheFirstCallback() throws Exception {
    var container = OddContainer.ready();
    var probe = Probe.of(BYTES);
    var run = start(probe, container);
    Remains.await("the begin", () -> probe.movedBytes() > 0);
    var _ = Remains.awaitQuiet(probe::movedBytes);
    assertThat(container.asked()).isZero();
    container.side.onWritePossible();
    run.join();
  }

  /// Ready for ever, also after the close, and each write throws.
  @Test
  void readinessThatStaysTrueAfterTheCloseIsNoLoop() throws Exception {
    var container = OddContainer.ready();
    container.failWrites();
    var run = start(Probe.of(BYTES), container);
    container.side.onWritePossible();
    assertThatThrownBy(run::join).hasMessageContaining("the client of GET /odd at 127.0.0.1 has gone (expected: ");
    assertThat(container.asked()).isLessThan(5);
  }

  @Test
  void aCallbackThatNeverComesIsGivenUp() throws Exception {
    var container = new OddContainer(_ -> false, true);
    var run = start(Probe.of(BYTES), container);
    container.side.onWritePossible();
    assertThatThrownBy(run::join).hasMessageContaining("the client did not take").hasMessageContaining("within 1 s");
    assertThat(container.asked()).isEqualTo(1);
  }

  /// Out of the very call of `isReady()` that is then false: a wake that must not be lost.
  @Test
  void aCallbackOutOfIsReadyCounts() throws Exception {
    var now = new AtomicBoolean();
    var container =
        new OddContainer(
            odd -> {
              if (now.getAndSet(!now.get())) return true;
              odd.side.onWritePossible();
              return false;
            },
            true);
    var run = start(Probe.of(BYTES), container);
    container.side.onWritePossible();
    run.join();
    assertThat(container.body()).isEqualTo(Pattern.bytes(BYTES));
  }

  @Test
  void callbacksThatNobodyAskedForDoNoHarm() throws Exception {
    var container = OddContainer.ready();
    var probe = Probe.of(BYTES);
    var run = start(probe, container);
    for (int i = 0; i < 10; i++) container.side.onWritePossible();
    run.join();
    container.side.onWritePossible();
    container.side.onError(new IOException("late"));
    container.side.onComplete(container.event(null));
    assertThat(container.body()).isEqualTo(Pattern.bytes(BYTES));
  }

  /// Who is told of a failure, and in which order. After an `AsyncListener` was told, the container completes by itself.
  private interface Telling {
    void tell(OddContainer container, IOException failure);
  }

  static Stream<Telling> tellings() {
    return Stream.of(
        (container, failure) -> container.side.onError(failure),
        (container, failure) -> {
          container.side.onError(failure);
          container.side.onError(container.event(failure));
          container.side.onComplete(container.event(failure));
        },
        (container, failure) -> {
          container.side.onError(container.event(failure));
          container.side.onComplete(container.event(failure));
        });
  }

  @ParameterizedTest
  @MethodSource("tellings")
  void aFailureIsOneWhoeverIsToldOfIt(Telling telling) throws Exception {
    var container = new OddContainer(_ -> false, true);
    var probe = Probe.of(BYTES);
    var run = start(probe, container);
    container.side.onWritePossible();
    Remains.await("the question", () -> container.asked() > 0);
    telling.tell(container, new IOException("Connection reset by peer"));
    var failure = catchThrowable(run::join);
    assertThat(failure).isInstanceOf(PipelineException.class).hasMessageContaining("at 127.0.0.1 has gone");
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(probe.isClosed()).isTrue();
    assertThat(container.body()).isEmpty();
  }

  /// Nothing else than the end of the request is said, though the run has not ended it.
  @Test
  void anEndThatTheContainerMakesIsAFailure() throws Exception {
    var container = new OddContainer(_ -> false, true);
    var run = start(Probe.of(BYTES), container);
    container.side.onWritePossible();
    container.side.onComplete(container.event(null));
    assertThatThrownBy(run::join).hasMessageContaining("the container has completed the request (expected: ");
  }

  @Test
  void anErrorWithoutAnExceptionIsOneToo() throws Exception {
    var container = new OddContainer(_ -> false, true);
    var run = start(Probe.of(BYTES), container);
    container.side.onWritePossible();
    container.side.onError(container.event(null));
    container.side.onComplete(container.event(null));
    assertThatThrownBy(run::join).hasMessageContaining("the container says that it failed (expected: ");
  }

  @Test
  void aContainerThatBreaksOffIsMadeTo() throws Exception {
    var container = OddContainer.ready();
    var run = start(Probe.failing(BYTES, BYTES / 2), container);
    container.side.onWritePossible();
    assertThatThrownBy(run::join).rootCause().isInstanceOf(Probe.Boom.class);
    assertThat(container.isAborted()).isTrue();
    assertThat(container.isCompleted()).isFalse();
  }

  /// A container that cannot break off is not told to complete, for that would end the body as if it were whole.
  @Test
  void aContainerThatCannotBreakOffIsNamed() throws Exception {
    var container = new OddContainer(_ -> true, false);
    var run = start(Probe.failing(BYTES, BYTES / 2), container);
    container.side.onWritePossible();
    var failure = catchThrowable(run::join);
    assertThat(failure).rootCause().isInstanceOf(Probe.Boom.class);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0])
        .hasMessageContaining("cannot break off the response to GET /odd: Cannot call sendError()")
        .hasMessageContaining("(expected: a container that does");
    assertThat(container.isCompleted()).isFalse();
  }

  @Test
  void aFailureBeforeTheFirstByteIsAnswered() throws Exception {
    var container = OddContainer.ready();
    var run = start(Probe.failing(BYTES, 0), container);
    container.side.onWritePossible();
    assertThatThrownBy(run::join).rootCause().isInstanceOf(Probe.Boom.class);
    assertThat(container.status()).isEqualTo(500);
    assertThat(container.isCompleted()).isTrue();
    assertThat(container.body()).isEmpty();
  }
}
