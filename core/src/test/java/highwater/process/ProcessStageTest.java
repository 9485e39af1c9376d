package highwater.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A process as a stage: exact bytes whenever it takes and gives, its end and its exit code, and how it is ended.
@Timeout(60)
class ProcessStageTest {
  private static final int BYTES = 3_000_000;
  private static final int CANCELS = 25;

  @TempDir Path folder;
  private final Budget budget = Budget.of(1L << 30);

  @AfterEach
  void nothingIsLeft() {
    assertThat(budget.usedBytes()).isZero();
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  private Path through(Path from, ProcessStage stage) {
    var to = folder.resolve("to");
    Pipeline.from(FileStreams.read(from)).through(stage).to(FileStreams.write(to)).withBudget(budget).run();
    return to;
  }

  private Path through(Path from, String script) {
    return through(from, ProcessStreams.through(Command.shell(script)));
  }

  private Throwable failure(Path from, String script) {
    var failure = catchThrowable(() -> through(from, script));
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(((PipelineException) failure).stage()).isEqualTo(Command.shell(script).name());
    assertThat(failure.getCause()).isInstanceOf(ProcessException.class);
    assertThat(failure.getCause().getMessage()).doesNotContain("\n").contains("(expected: ");
    assertThat(folder.resolve("to")).doesNotExist();
    return failure.getCause();
  }

  private static void assertSame(Path one, Path other) throws IOException {
    assertThat(Files.mismatch(one, other)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, 65_537, BYTES})
  void bytesAreExact(int bytes) throws IOException {
    var file = Peers.pattern(folder, bytes);
    assertSame(file, through(file, ProcessStreams.through(Command.of("cat"))));
  }

  @Test
  void smallChunksAreExactToo() throws IOException {
    var file = Peers.pattern(folder, 10_000);
    assertSame(file, through(file, ProcessStreams.through(Command.of("cat")).chunk(1)));
  }

  @Test
  void gzipMakesWhatJavaReadsAndReadsWhatJavaMakes() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    try (var in = new GZIPInputStream(Files.newInputStream(through(file, "gzip -c")))) {
      assertThat(in.readAllBytes()).isEqualTo(Pattern.bytes(BYTES));
    }
    var made = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(made)) {
      out.write(Pattern.bytes(BYTES));
    }
    var gz = Files.write(folder.resolve("made.gz"), made.toByteArray());
    assertSame(file, through(gz, "gzip -dc"));
  }

  @Test
  void truncatedInputIsAFailureOfTheDecoder() throws IOException {
    var made = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(made)) {
      out.write(Pattern.bytes(BYTES));
    }
    var gz = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(made.toByteArray(), made.size() - 1));
    assertThat(failure(gz, "gzip -dc")).hasMessageContaining("exit code 1: ").hasMessageContaining("unexpected end");
  }

  // ---------------------------------------------------------------- full pipes

  @Test
  void aFloodOnStderrBeforeTheFirstReadBlocksNothing() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    assertSame(file, through(file, "cat " + file + " >&2; cat"));
  }

  @Test
  void outputOnlyAfterAllInputBlocksNothing() throws IOException {
    var file = Peers.pattern(folder, 10_000_000);
    assertSame(file, through(file, "cat >" + folder + "/kept; cat " + folder + "/kept"));
  }

  @Test
  void outputBeforeAnyInputBlocksNothing() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    assertThat(Files.size(through(file, "cat " + file + "; cat"))).isEqualTo(2L * BYTES);
  }

  @Test
  void floodsOnBothBlockNothing() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    assertThat(Files.size(through(file, "cat " + file + " >&2 & cat " + file + "; cat; wait"))).isEqualTo(2L * BYTES);
  }

  private static Optional<ProcessHandle> childCalled(String name) {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/" + name))
        .findAny();
  }

  @Test
  void whatIsHeldStaysWithinTheBound() throws IOException {
    var file = Peers.pattern(folder, 64 << 20);
    var pid = folder.resolve("pid");
    // It takes nothing at all.
    var stage = ProcessStreams.through(Command.shell("echo $$ >" + pid + "; exec sleep 600"));
    var pipeline =
        Pipeline.from(ProcessStreams.read(Command.of("dd", "status=none", "bs=65536", "if=" + file)))
            .through(stage)
            .to(FileStreams.write(folder.resolve("to")));
    long bound = pipeline.bound().totalBytes().orElseThrow();
    var run = pipeline.withBudget(budget).start();
    Remains.await("the begin", () -> Peers.pid(pid) > 0);
    // A moment after the fork it still has the name of what starts it.
    Remains.await("the start of dd", () -> childCalled("dd").isPresent());
    long dd = childCalled("dd").orElseThrow().pid();
    Remains.await("the first bytes", () -> Peers.positionOf(dd, 0) > 0);
    long given = Remains.awaitQuiet(() -> Peers.positionOf(dd, 0));
    // Two pipes, and the block that dd has read.
    assertThat(given).isLessThanOrEqualTo(bound + 3 * 65_536).isGreaterThan(65_536);
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    Peers.awaitGone(Peers.pid(pid));
  }

  // ---------------------------------------------------------------- its end

  @Test
  void anExitWithZeroBeforeTheEndOfInputIsAnEnd() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    assertThat(Files.readAllBytes(through(file, "head -c 100"))).isEqualTo(Pattern.bytes(100));
    assertThat(Files.readAllBytes(through(file, "head -c 1 > /dev/null; exit 0"))).isEmpty();
  }

  @Test
  void anExitWithZeroThatReadNothingIsAFailure() throws IOException {
    assertThat(failure(Peers.pattern(folder, BYTES), "exit 0"))
        .hasMessageContaining("it ended with exit code 0 and read nothing of its input (expected: ");
  }

  @Test
  void anEndOfOutputAloneIsNone() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    assertThat(failure(file, "exec >&-; cat >/dev/null 2>&1 <&0; cat >" + folder + "/rest; exit 6"))
        .hasMessageContaining("exit code 6");
  }

  @Test
  void theExitCodeWinsOverTheBrokenPipe() throws IOException {
    var failure = failure(Peers.pattern(folder, BYTES), "head -c 100; exec <&-; echo no more >&2; exit 9");
    assertThat(failure).hasMessageContaining("byte 100 of its output: it ended with exit code 9: no more (expected: ");
  }

  @Test
  void outputThatGoesOnWithoutInputIsWhole() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    assertSame(file, through(file, "head -c 1 > /dev/null; exec <&-; cat " + file));
  }

  @Test
  void aMissingProgramIsNamed() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    var failure = catchThrowable(() -> through(file, ProcessStreams.through(Command.of("no-such-program"))));
    assertThat(failure.getCause())
        .hasMessageStartingWith("cannot run exec:no-such-program: no such program on the PATH (expected: ");
  }

  // ---------------------------------------------------------------- being ended

  @Test
  void aCancelInAnyStateEndsTheRun() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    for (int i = 0; i < CANCELS; i++) {
      var pid = folder.resolve("pid" + i);
      int bytes = BYTES / CANCELS * i;
      // It passes so much, and then neither reads nor writes.
      var stage = ProcessStreams.through(Command.shell("echo $$ >" + pid + "; head -c " + bytes + "; exec sleep 600"));
      var run =
          Pipeline.from(FileStreams.read(file))
              .through(stage)
              .to(FileStreams.write(folder.resolve("to")))
              .withBudget(budget)
              .start();
      if (i % 2 == 0) Remains.await("the begin", () -> Peers.pid(pid) > 0);
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasNoSuppressedExceptions();
      assertThat(Peers.runs(Peers.pid(pid))).isFalse();
    }
    assertThat(folder.resolve("to")).doesNotExist();
  }

  @Test
  void aFailureBeforeItIsNoEndForIt() throws IOException {
    var whole = folder.resolve("whole");
    var failing = ProcessStreams.read(Command.shell("head -c 200000 /dev/zero; exit 3"));
    var stage = ProcessStreams.through(Command.shell("trap '' TERM; cat; echo >" + whole));
    var failure =
        catchThrowable(() -> Pipeline.from(failing).through(stage).to(FileStreams.write(folder.resolve("to"))).run());
    assertThat(failure).isInstanceOf(PipelineException.class).hasNoSuppressedExceptions();
    assertThat(((PipelineException) failure).stage()).isEqualTo(failing.name());
    assertThat(whole).doesNotExist();
  }

  @Test
  void aFailureBehindItEndsIt() throws IOException {
    var file = Peers.pattern(folder, BYTES);
    var pid = folder.resolve("pid");
    var stage = ProcessStreams.through(Command.shell("echo $$ >" + pid + "; exec cat"));
    var target = ProcessStreams.write(Command.shell("head -c 1000 >/dev/null; exit 2"));
    var failure = catchThrowable(() -> Pipeline.from(FileStreams.read(file)).through(stage).to(target).run());
    assertThat(((PipelineException) failure).stage()).isEqualTo(target.name());
    Peers.awaitGone(Peers.pid(pid));
  }

  @Test
  void whatItSaidIsToldOnce() throws IOException {
    var file = Files.write(folder.resolve("in"), "data".getBytes(UTF_8));
    var said = new ConcurrentLinkedQueue<Said>();
    var stage = ProcessStreams.through(Command.shell("cat; echo done >&2")).onStderr(said::add);
    assertThat(through(file, stage)).hasContent("data");
    assertThat(said).singleElement().satisfies(it -> assertThat(it.lines()).containsExactly("done"));
  }
}
