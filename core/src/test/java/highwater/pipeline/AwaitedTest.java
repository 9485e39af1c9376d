package highwater.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.CancelHandle;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.codec.Tee;
import highwater.memory.Budget;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever waits for a run to answer hears of it, also of one that never came to open the recipe that tells them.
@Timeout(60)
class AwaitedTest {
  private static final long BUDGET_BYTES = 1 << 20;

  private final Rig rig = new Rig(3, 10);
  private final Answer answer = new Answer();

  private Upstream<ByteBuffer> upstream(boolean asStreams) {
    var upstream = Pipeline.from(rig.origin()).through(rig.cut());
    if (!asStreams) return upstream;
    return upstream.through(Stage.of("pass", () -> TransformStream.<ByteBuffer>passThrough(StreamOptions.bytes())));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSourceThatCannotBeOpenedIsTold(boolean asStreams) {
    rig.failAt = 1;
    var failure = catchThrowable(() -> upstream(asStreams).to(answer).run());
    assertThat(failure).isInstanceOf(PipelineException.class).hasCause(rig.thrown);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(answer.log).containsExactly("open", "abort boom in numbers.open", "settled", "close");
  }

  @Test
  void nothingElseIsOpened() {
    rig.failAt = 1;
    assertThatThrownBy(() -> upstream(false).through(rig.look()).to(answer).run()).hasCause(rig.thrown);
    assertThat(rig.log).containsExactly("open numbers", "abort numbers", "close numbers");
  }

  @Test
  void aSourceWhosePartCannotBeMadeIsTold() {
    var refusing =
        new Given() {
          @Override
          public Pull<ByteBuffer> pull() {
            throw new IllegalStateException("no part");
          }
        };
    assertThatThrownBy(() -> Pipeline.from(refusing).to(answer).run()).hasMessage("given failed at byte 0: no part");
    assertThat(answer.log).containsExactly("open", "abort no part", "settled", "close");
  }

  @Test
  void aLiveSourceThatCannotBeOpenedIsTold() {
    var refusing =
        Origin.<ByteBuffer>of(
            "none",
            () -> {
              throw new IllegalStateException("no stream");
            });
    assertThatThrownBy(() -> Pipeline.from(refusing).to(answer).run()).hasMessage("none failed at byte 0: no stream");
    assertThat(answer.log).containsExactly("open", "abort no stream", "settled", "close");
  }

  @Test
  void aLiveTargetThatWasHandedOverIsDestroyedThen() {
    try (var hand = new HandTurned()) {
      var made = new ArrayList<WritableStream<ByteBuffer>>();
      hand.strand().execute(() -> made.add(WritableStream.<ByteBuffer>to((_, done) -> done.ok())));
      hand.runUntilIdle();
      var refusing =
          Origin.<ByteBuffer>of(
              "none",
              () -> {
                throw new IllegalStateException("no stream");
              });
      var run = Pipeline.from(refusing).to(Target.once(made.getFirst())).start();
      hand.runUntilIdle();
      assertThat(run.failure()).hasMessage("none failed at byte 0: no stream");
      assertThat(made.getFirst().destroyed()).isTrue();
    }
  }

  @Test
  void aTeeTellsThemToo() {
    rig.failAt = 1;
    assertThatThrownBy(() -> upstream(false).through(Tee.to(answer)).to(rig.target()).run()).hasCause(rig.thrown);
    assertThat(answer.log).containsExactly("open", "abort boom in numbers.open", "settled", "close");
  }

  @Test
  void aTeeOfAnUpstreamThatRunsBesideTellsThemToo() {
    rig.failAt = 1;
    assertThatThrownBy(() -> upstream(false).through(Tee.to(answer)).async(2).to(new Rig(3, 10).target()).run())
        .hasCause(rig.thrown);
    assertThat(answer.log).containsExactly("open", "abort boom in numbers.open", "settled", "close");
  }

  /// Its own run begins, and is cancelled at once.
  @Test
  void anUpstreamThatWouldRunBesideTellsThemWhereNothingBegins() {
    var handle = new CancelHandle();
    handle.cancel("early");
    var pipeline = upstream(false).through(Tee.to(answer)).async(2).to(new Rig(3, 10).target()).cancelledBy(handle);
    assertThatThrownBy(pipeline::run).hasMessage("early");
    assertThat(answer.log).containsExactly("open", "abort early", "settled", "close");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunThatIsCancelledBeforeItBeginsIsTold(boolean asStreams) {
    var handle = new CancelHandle();
    handle.cancel("early");
    assertThatThrownBy(() -> upstream(asStreams).to(answer).cancelledBy(handle).run()).hasMessage("early");
    assertThat(answer.log).containsExactly("open", "abort early", "settled", "close");
    assertThat(rig.log).isEmpty();
  }

  @Test
  void aRunThatIsCancelledWhileItOpensIsTold() {
    var handle = new CancelHandle();
    rig.onCall = _ -> handle.cancel("early");
    assertThatThrownBy(() -> upstream(false).to(answer).cancelledBy(handle).run()).hasMessage("early");
    assertThat(answer.log).containsExactly("open", "abort early", "settled", "close");
    assertThat(rig.log).containsExactly("open numbers", "abort numbers", "close numbers");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunThatIsCancelledWhileItWaitsForItsBudgetIsTold(boolean asStreams) {
    var budget = Budget.of(BUDGET_BYTES);
    var _ = budget.takeMinimum(BUDGET_BYTES, () -> {});
    try (var hand = new HandTurned()) {
      var run = upstream(asStreams).to(answer).withBudget(budget).startOn(hand.strand());
      hand.runUntilIdle();
      assertThat(answer.log).isEmpty();
      run.cancel("enough");
      hand.runUntilIdle();
      assertThat(run.failure()).isInstanceOf(CancelledException.class).hasMessage("enough");
      assertThat(answer.log).containsExactly("open", "abort enough", "settled", "close");
    }
    assertThat(budget.usedBytes()).as("what somebody else has charged").isEqualTo(BUDGET_BYTES);
    budget.giveBack(BUDGET_BYTES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeadlineThatIsOverBeforeTheBudgetIsFreeIsTold(boolean asStreams) {
    var budget = Budget.of(BUDGET_BYTES);
    var _ = budget.takeMinimum(BUDGET_BYTES, () -> {});
    try (var hand = new HandTurned()) {
      var run =
          upstream(asStreams).to(answer).withBudget(budget).withDeadline(Duration.ofSeconds(3)).startOn(hand.strand());
      hand.runUntilIdle();
      hand.advance(Duration.ofSeconds(4).toNanos());
      hand.runUntilIdle();
      assertThat(run.failure()).hasCauseInstanceOf(TimeoutException.class);
      assertThat(answer.log).hasSize(4).startsWith("open").endsWith("settled", "close");
    }
    assertThat(budget.usedBytes()).isEqualTo(BUDGET_BYTES);
    budget.giveBack(BUDGET_BYTES);
  }

  @Test
  void whatTheyWereToldOnceIsNotToldAgain() {
    var once =
        new Answer() {
          private boolean taken;

          @Override
          public Put<ByteBuffer> put() {
            if (taken) throw new IllegalStateException("it has had its run");
            taken = true;
            return super.put();
          }
        };
    Pipeline.from(rig.origin()).to(once).run();
    assertThat(once.log).containsExactly("open", "commit", "settled", "close");
    var again = catchThrowable(() -> Pipeline.from(rig.origin()).to(once).run());
    assertThat(again).hasMessage("answer failed at byte 0: it has had its run");
    assertThat(again.getSuppressed()).isEmpty();
    assertThat(once.log).hasSize(4);
  }

  @Test
  void whatCannotBeToldStandsBesideTheFailure() {
    rig.failAt = 1;
    var gone = new IOException("nobody is there");
    answer.openFailure = gone;
    var failure = catchThrowable(() -> upstream(false).to(answer).run());
    assertThat(failure).hasCause(rig.thrown);
    assertThat(failure.getSuppressed()).containsExactly(gone);
    assertThat(answer.log).containsExactly("open", "abort boom in numbers.open", "settled", "close");
  }

  /// A description may be asked for at any time, and the recipe has one part.
  @Test
  void aPlanMakesNoPartOfIt() {
    answer.makesParts = false;
    var read = highwater.io.FileStreams.read(Path.of("absent"));
    assertThat(Pipeline.from(read).to(answer).explain()).contains("answer");
    assertThat(Pipeline.from(read).through(Tee.to(answer)).to(rig.target()).explain()).contains("tee answer");
  }

  @Test
  void aSubscriberHearsOfARunThatOpenedNothing() {
    var heard = new ArrayList<String>();
    var subscriber =
        new Flow.Subscriber<ByteBuffer>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            heard.add("subscribed");
          }

          @Override
          public void onNext(ByteBuffer item) {
            heard.add("item");
          }

          @Override
          public void onError(Throwable thrown) {
            heard.add(requireNonNull(thrown.getMessage()));
          }

          @Override
          public void onComplete() {
            heard.add("complete");
          }
        };
    rig.failAt = 1;
    var target = Target.<ByteBuffer>toSubscriber("subscriber", subscriber);
    assertThatThrownBy(() -> Pipeline.from(rig.origin()).to(target).run()).hasCause(rig.thrown);
    assertThat(heard).containsExactly("subscribed", "boom in numbers.open");
  }

  /// A source of nothing.
  private abstract static class Given implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return "given";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("nothing", 1);
    }
  }

  /// Tells somebody, who has heard when it has been asked a few times whether it has settled.
  private static class Answer implements PullTarget<ByteBuffer> {
    final List<String> log = new ArrayList<>();
    boolean makesParts = true;
    @Nullable IOException openFailure;

    @Override
    public String name() {
      return "answer";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("tells", 0);
    }

    @Override
    public boolean isAwaited() {
      return true;
    }

    @Override
    public Put<ByteBuffer> put() {
      if (!makesParts) throw new AssertionError("described only");
      return new Telling();
    }

    private final class Telling implements Put<ByteBuffer> {
      private int asked;
      private boolean finished;
      private @Nullable PartContext context;

      @Override
      public void open(PartContext context) throws IOException {
        this.context = context;
        log.add("open");
        if (openFailure != null) throw openFailure;
      }

      @Override
      public Progress poll() {
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
      }

      @Override
      public void abort(Throwable cause) {
        log.add("abort " + cause.getMessage());
      }

      @Override
      public boolean settled() {
        if (asked++ < 3) {
          requireNonNull(context).strand().execute(requireNonNull(context)::wake);
          return false;
        }
        log.add("settled");
        return true;
      }

      @Override
      public void close() {
        assertThat(Strand.currentOrNull()).isNotNull();
        log.add("close");
      }
    }
  }
}
