package highwater.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each rule of the contracts of recipes, broken on purpose: the kit finds it, and says what it is.
class BrokenRecipesAreFoundTest {
  private static int open;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /// What is broken never comes; what is not may come late, after what an earlier test left.
  private static Duration patienceWith(boolean nothing) {
    return nothing ? VirtualTime.PATIENCE : Duration.ofMillis(20);
  }

  // ---------------------------------------------------------------- origins

  private enum OriginFault {
    NONE("", ""),
    LOSES_A_CHUNK("itGivesItsContent", "what it gave"),
    NEVER_WAKES("itGivesItsContent", "the end of the run does not come: words holds the work and waits for a wake"),
    CHANGES_WHAT_IT_LENT("itGivesTheSameToASlowTarget", "changed a chunk before it was polled again"),
    GIVES_LARGER_CHUNKS("itGivesItsContent", "gave a chunk of 5 bytes (expected: its footprint's 3)"),
    IS_HUNGRY("itGivesItsContent", "an origin is never HUNGRY"),
    SERVES_ONE_RUN("oneRecipeServesRunsOneAfterAnotherAndAtOnce", "what each run was given"),
    OPENS_TOO_EARLY("whatItMakesIsNotOpenedBeforeItsRun", "open files"),
    STAYS_OPEN_AFTER_A_FAILURE("aFailureFurtherDownLeavesNothing", "open files"),
    STAYS_OPEN_WHEN_NOT_NEEDED("aTargetThatWantsNoMoreLeavesNothing", "open files"),
    STAYS_OPEN_AFTER_A_CANCEL("aCancelInAnyStateLeavesNothing", "open files"),
    KEEPS_THE_BUDGET("itGivesItsContent", "kept 10 bytes of the budget"),
    NEVER_SETTLES("aCancelInAnyStateLeavesNothing", "was left behind"),
    THROWS_OUT_OF_ABORT("aFailureFurtherDownLeavesNothing", "cannot abort");

    final String test;
    final String words;

    OriginFault(String test, String words) {
      this.test = test;
      this.words = words;
    }
  }

  private static OriginFault originFault = OriginFault.NONE;

  @ParameterizedTest
  @EnumSource
  void aBrokenOriginIsFound(OriginFault fault) {
    originFault = fault;
    open = 0;
    if (fault == OriginFault.NONE) Broken.assertNothingFound(OriginCase.class);
    else Broken.assertFound(OriginCase.class, fault.test, fault.words);
  }

  static final class OriginCase extends PullOriginContract<ByteBuffer> {
    @Override
    protected Duration patience() {
      return patienceWith(originFault == OriginFault.NONE);
    }

    @Override
    protected PullOrigin<ByteBuffer> origin() {
      return new FaultyOrigin(originFault);
    }

    @Override
    protected List<ByteBuffer> content() {
      return List.of(bytes("one"), bytes("two"), bytes("three"));
    }

    @Override
    protected void assertReleased() {
      assertThat(open).as("open files").isZero();
    }
  }

  private static final class FaultyOrigin implements PullOrigin<ByteBuffer> {
    private final OriginFault fault;
    private int runs;

    FaultyOrigin(OriginFault fault) {
      this.fault = fault;
    }

    @Override
    public String name() {
      return "words";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("words", fault == OriginFault.GIVES_LARGER_CHUNKS ? 3 : 5);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      if (fault == OriginFault.OPENS_TOO_EARLY) open++;
      return new FaultyPull(fault, runs++ > 0);
    }
  }

  private static final class FaultyPull implements Pull<ByteBuffer> {
    private static final List<String> WORDS = List.of("one", "two", "three");
    private final OriginFault fault;
    private final boolean spent;
    private @Nullable PartContext context;
    private int place;
    private boolean aborted;
    private boolean unneeded;

    FaultyPull(OriginFault fault, boolean laterRun) {
      this.fault = fault;
      spent = laterRun && fault == OriginFault.SERVES_ONE_RUN;
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      if (fault != OriginFault.OPENS_TOO_EARLY) open++;
      if (fault == OriginFault.KEEPS_THE_BUDGET) assertThat(context.budget().trySurplus(10)).isTrue();
    }

    @Override
    public Progress poll() {
      if (fault == OriginFault.IS_HUNGRY && place == 1) return Progress.HUNGRY;
      if (fault == OriginFault.NEVER_WAKES && place == 1) return Progress.WAITING;
      if (fault == OriginFault.LOSES_A_CHUNK && place == 1) place++;
      return spent || place == WORDS.size() ? Progress.DONE : Progress.READY;
    }

    @Override
    public ByteBuffer next() {
      var chunk = bytes(WORDS.get(place++));
      if (fault == OriginFault.CHANGES_WHAT_IT_LENT) {
        Objects.requireNonNull(context).strand().post(() -> chunk.put(0, (byte) '!'));
      }
      return chunk;
    }

    @Override
    public void abort(Throwable cause) {
      aborted = true;
      unneeded = String.valueOf(cause.getMessage()).contains("nothing behind it needs more");
      if (fault == OriginFault.THROWS_OUT_OF_ABORT) throw new IllegalStateException("cannot abort");
    }

    @Override
    public boolean settled() {
      return !aborted || fault != OriginFault.NEVER_SETTLES;
    }

    @Override
    public void close() {
      if (fault == OriginFault.STAYS_OPEN_AFTER_A_FAILURE && aborted) return;
      if (fault == OriginFault.STAYS_OPEN_AFTER_A_CANCEL && aborted) return;
      if (fault == OriginFault.STAYS_OPEN_WHEN_NOT_NEEDED && unneeded) return;
      open--;
    }

    @Override
    public @Nullable String waitsFor() {
      return "a wake";
    }
  }

  // ---------------------------------------------------------------- stages

  private enum StageFault {
    NONE("", ""),
    KEEPS_WHAT_IT_IS_LENT("itMakesTheSameHoweverItsInputIsCut", "what it made"),
    TAKES_CHUNKS_FOR_WORDS("itMakesTheSameHoweverItsInputIsCut", "what it made, in"),
    CHANGES_ITS_INPUT("itMakesItsOutput", "changed the bytes of a chunk that it was lent"),
    SAYS_THAT_IT_PASSES_ON("itMakesItsOutput", "gives one that is not its input"),
    IS_HUNGRY_AFTER_THE_END("itMakesItsOutput", "HUNGRY after finish()"),
    GIVES_LARGER_CHUNKS("itMakesItsOutput", "expected: its footprint's 3"),
    NEVER_ENDS("itEndsWithoutAnInput", "the end of the run does not come: brackets holds the work"),
    STAYS_OPEN_AFTER_A_FAILURE("aFailureFurtherUpLeavesNothing", "open files"),
    STAYS_OPEN_WHEN_NOT_NEEDED("aTargetThatWantsNoMoreLeavesNothing", "open files"),
    SHARES_ITS_REST("oneRecipeServesRunsOneAfterAnotherAndAtOnce", "what each run made");

    final String test;
    final String words;

    StageFault(String test, String words) {
      this.test = test;
      this.words = words;
    }
  }

  private static StageFault stageFault = StageFault.NONE;

  @ParameterizedTest
  @EnumSource
  void aBrokenStageIsFound(StageFault fault) {
    stageFault = fault;
    open = 0;
    if (fault == StageFault.NONE) Broken.assertNothingFound(StageCase.class);
    else Broken.assertFound(StageCase.class, fault.test, fault.words);
  }

  static final class StageCase extends PullStageContract<ByteBuffer, ByteBuffer> {
    @Override
    protected Duration patience() {
      return patienceWith(stageFault == StageFault.NONE);
    }

    @Override
    protected PullStage<ByteBuffer, ByteBuffer> stage() {
      return new Brackets(stageFault, new StringBuilder());
    }

    @Override
    protected List<ByteBuffer> input() {
      return List.of(bytes("one two "), bytes("three fo"), bytes("ur"));
    }

    @Override
    protected List<ByteBuffer> output() {
      return List.of(bytes("<one><two><three><four>"));
    }

    @Override
    protected void assertReleased() {
      assertThat(open).as("open files").isZero();
    }
  }

  /// Puts words into brackets.
  private record Brackets(StageFault fault, StringBuilder shared) implements PullStage<ByteBuffer, ByteBuffer> {
    @Override
    public String name() {
      return "brackets";
    }

    @Override
    public boolean passesOn() {
      return fault == StageFault.SAYS_THAT_IT_PASSES_ON;
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("brackets", fault == StageFault.GIVES_LARGER_CHUNKS ? 3 : 64);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new FaultyStep(fault, fault == StageFault.SHARES_ITS_REST ? shared : new StringBuilder());
    }
  }

  private static final class FaultyStep implements Step<ByteBuffer, ByteBuffer> {
    private final StageFault fault;
    private final StringBuilder rest;
    private final List<ByteBuffer> kept = new ArrayList<>();
    private @Nullable ByteBuffer input;
    private @Nullable ByteBuffer output;
    private boolean finished;
    private boolean aborted;
    private boolean unneeded;

    FaultyStep(StageFault fault, StringBuilder rest) {
      this.fault = fault;
      this.rest = rest;
    }

    @Override
    public void open(PartContext context) {
      open++;
    }

    @Override
    public Progress poll() {
      if (output == null) work();
      if (output != null) return Progress.READY;
      if (!finished || fault == StageFault.IS_HUNGRY_AFTER_THE_END) return Progress.HUNGRY;
      return fault == StageFault.NEVER_ENDS ? Progress.WAITING : Progress.DONE;
    }

    private void work() {
      var in = input;
      while (in != null && in.hasRemaining() && output == null) {
        char c = (char) in.get();
        if (fault == StageFault.CHANGES_ITS_INPUT && !in.isReadOnly()) in.put(in.position() - 1, (byte) '!');
        if (c != ' ') rest.append(c);
        else give();
      }
      if (in != null && output == null && fault == StageFault.TAKES_CHUNKS_FOR_WORDS && rest.length() == 1) give();
      if (in != null && !in.hasRemaining()) input = null;
      if (finished && output == null) {
        for (var late : kept) rest.append(US_ASCII.decode(late));
        kept.clear();
        give();
      }
    }

    private void give() {
      if (rest.isEmpty()) return;
      output = bytes("<" + rest + ">");
      rest.setLength(0);
    }

    @Override
    public ByteBuffer next() {
      var made = Objects.requireNonNull(output);
      output = null;
      return made;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      // What was cut off a word is kept as a view of what was lent.
      if (fault == StageFault.KEEPS_WHAT_IT_IS_LENT && rest.isEmpty() && chunk.remaining() == 2) kept.add(chunk);
      else input = chunk;
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void abort(Throwable cause) {
      aborted = true;
      unneeded = String.valueOf(cause.getMessage()).contains("nothing behind it needs more");
    }

    @Override
    public void close() {
      if (fault == StageFault.STAYS_OPEN_AFTER_A_FAILURE && aborted) return;
      if (fault == StageFault.STAYS_OPEN_WHEN_NOT_NEEDED && unneeded) return;
      open--;
    }
  }

  // ---------------------------------------------------------------- targets

  private enum TargetFault {
    NONE("", ""),
    KEEPS_WHAT_IT_IS_LENT("itTakesEveryChunkInOrder", "what arrived, at full speed"),
    LOSES_THE_LAST("itTakesEveryChunkInOrder", "what arrived, at full speed"),
    IS_FINAL_TOO_EARLY("aFailureFurtherUpIsNeverAnEnd", "looks whole"),
    IS_NOT_UNDONE_BY_A_CANCEL("aCancelInAnyStateUndoesIt", "looks whole"),
    IS_READY("itTakesEveryChunkInOrder", "a target is never READY"),
    CHANGES_WHAT_IT_IS_GIVEN("itTakesEveryChunkInOrder", "changed the bytes of a chunk that it was lent"),
    NEVER_IS_DONE("itFinishesWithoutAChunk", "the end of the run does not come: table holds the work"),
    OPENS_TOO_EARLY("whatItMakesIsNotOpenedBeforeItsRun", "open files");

    final String test;
    final String words;

    TargetFault(String test, String words) {
      this.test = test;
      this.words = words;
    }
  }

  private static TargetFault targetFault = TargetFault.NONE;

  @ParameterizedTest
  @EnumSource
  void aBrokenTargetIsFound(TargetFault fault) {
    targetFault = fault;
    open = 0;
    if (fault == TargetFault.NONE) Broken.assertNothingFound(TargetCase.class);
    else Broken.assertFound(TargetCase.class, fault.test, fault.words);
  }

  static final class TargetCase extends PullTargetContract<ByteBuffer> {
    private List<ByteBuffer> table = new ArrayList<>();

    @Override
    protected Duration patience() {
      return patienceWith(targetFault == TargetFault.NONE);
    }

    @Override
    protected PullTarget<ByteBuffer> target() {
      table = new ArrayList<>();
      return new FaultyTarget(targetFault, table);
    }

    @Override
    protected List<ByteBuffer> chunks() {
      return List.of(bytes("one"), bytes("two"), bytes("three"));
    }

    @Override
    protected List<ByteBuffer> received() {
      return table;
    }

    @Override
    protected void assertNotWhole() {
      assertThat(table).as("looks whole").isEmpty();
    }

    @Override
    protected void assertReleased() {
      assertThat(open).as("open files").isZero();
    }
  }

  private record FaultyTarget(TargetFault fault, List<ByteBuffer> table) implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "table";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("rows", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      if (fault == TargetFault.OPENS_TOO_EARLY) open++;
      return new FaultyPut(fault, table);
    }
  }

  private static final class FaultyPut implements Put<ByteBuffer> {
    private final TargetFault fault;
    private final List<ByteBuffer> table;
    private final List<ByteBuffer> transaction = new ArrayList<>();
    private boolean finished;

    FaultyPut(TargetFault fault, List<ByteBuffer> table) {
      this.fault = fault;
      this.table = table;
    }

    @Override
    public void open(PartContext context) {
      if (fault != TargetFault.OPENS_TOO_EARLY) open++;
    }

    @Override
    public Progress poll() {
      if (fault == TargetFault.IS_READY) return Progress.READY;
      if (!finished) return Progress.HUNGRY;
      return fault == TargetFault.NEVER_IS_DONE ? Progress.WAITING : Progress.DONE;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      transaction.add(
          fault == TargetFault.KEEPS_WHAT_IT_IS_LENT ? chunk.duplicate() : ByteBuffer.wrap(Content.bytesOf(chunk)));
      if (fault == TargetFault.CHANGES_WHAT_IT_IS_GIVEN && !chunk.isReadOnly()) chunk.put(0, (byte) '!');
      if (fault == TargetFault.IS_FINAL_TOO_EARLY) table.add(transaction.removeLast());
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void commit() {
      if (fault == TargetFault.LOSES_THE_LAST) transaction.removeLast();
      table.addAll(transaction);
    }

    @Override
    public void abort(Throwable cause) {
      if (fault == TargetFault.IS_NOT_UNDONE_BY_A_CANCEL) table.addAll(transaction);
    }

    @Override
    public void close() {
      open--;
    }
  }
}
