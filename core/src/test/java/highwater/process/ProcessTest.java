package highwater.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Remains;
import highwater.io.FileStreams;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A process as an origin and as a target: what its exit code, its stderr, its descendants and its environment come to.
@Timeout(60)
class ProcessTest {
  private static final int FLOOD = 1 << 20;

  @TempDir Path folder;

  @AfterEach
  void noThreadIsLeft() {
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  private String output(Command command) throws IOException {
    return output(ProcessStreams.read(command));
  }

  private String output(ProcessOrigin origin) throws IOException {
    var file = folder.resolve("output");
    Pipeline.from(origin).to(FileStreams.write(file)).run();
    return Files.readString(file);
  }

  private Throwable failure(ProcessOrigin origin) {
    var file = folder.resolve("nothing");
    var failure = catchThrowable(() -> Pipeline.from(origin).to(FileStreams.write(file)).run());
    assertThat(file).doesNotExist();
    return cause(failure);
  }

  private Throwable failure(ProcessTarget target, Path from) {
    return cause(catchThrowable(() -> Pipeline.from(FileStreams.read(from)).to(target).run()));
  }

  private static Throwable cause(Throwable failure) {
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(failure.getCause()).isInstanceOf(ProcessException.class);
    assertThat(failure.getCause().getMessage()).doesNotContain("\n").contains("(expected: ");
    return failure.getCause();
  }

  private long await(Path pidFile) {
    Remains.await("a process number", () -> Peers.pid(pidFile) > 0);
    return Peers.pid(pidFile);
  }

  // ---------------------------------------------------------------- the end

  @Test
  void aFailureHasTheByteTheExitCodeAndTheLastWords() {
    var dump = Command.shell("printf 12345; echo begin >&2; printf 'disk\\ton\\033fire\\n' >&2; exit 1");
    assertThat(failure(ProcessStreams.read(dump)))
        .hasMessage(
            "cannot read "
                + dump.name()
                + " at byte 5: it ended with exit code 1: begin | disk\\x09on\\x1bfire (expected: exit code 0)");
  }

  @ParameterizedTest
  @CsvSource({"KILL,137 (SIGKILL)", "TERM,143 (SIGTERM)", "SEGV,139 (SIGSEGV)", "USR1,138 (signal 10)"})
  void aSignalHasItsName(String signal, String words) {
    var failure = failure(ProcessStreams.read(Command.shell("echo data; kill -" + signal + " $$")));
    assertThat(failure).hasMessageContaining(" at byte 5: it ended with exit code " + words + " (expected: ");
    assertThat(((ProcessException) failure).exitCode()).hasValue(Integer.parseInt(words.substring(0, 3)));
  }

  @Test
  void anOutputThatEndsBeforeTheProcessWaitsForTheExitCode() throws IOException {
    var fifo = folder.resolve("fifo");
    var script = "mkfifo " + fifo + "; echo data; exec >&-; read x <" + fifo + "; exit 4";
    var run =
        Pipeline.from(ProcessStreams.read(Command.shell(script))).to(FileStreams.write(folder.resolve("x"))).start();
    Remains.await("the fifo", () -> Files.exists(fifo));
    Files.writeString(fifo, "\n");
    assertThat(cause(catchThrowable(run::join))).hasMessageContaining("exit code 4");
  }

  @Test
  void whatABackgroundProcessWritesAfterTheExitIsNotLost() throws IOException {
    var file = Peers.pattern(folder, 3_000_000);
    // Slower than the exit: it waits for the death of its parent before each piece.
    var script =
        "(while kill -0 $$ 2>/dev/null && [ \"$(cut -d' ' -f3 /proc/$$/stat 2>/dev/null)\" != Z ]; do :; done; cat "
            + file
            + "; echo late >&2) & exit 0";
    var said = new ConcurrentLinkedQueue<Said>();
    var copy = folder.resolve("copy");
    Pipeline.from(ProcessStreams.read(Command.shell(script)).onStderr(said::add)).to(FileStreams.write(copy)).run();
    assertThat(Files.mismatch(file, copy)).isEqualTo(-1);
    assertThat(said).singleElement().satisfies(it -> assertThat(it.lines()).containsExactly("late"));
  }

  @Test
  void aProcessLeftBehindWithStderrDoesNotHoldTheRun() throws IOException {
    var pid = folder.resolve("pid");
    assertThat(output(Command.shell("sleep 600 >/dev/null & echo $! >" + pid + "; echo data"))).isEqualTo("data\n");
    end(await(pid));
  }

  private static void end(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    Peers.awaitGone(pid);
  }

  // ---------------------------------------------------------------- stderr

  @Test
  void whatASuccessSaidIsToldWithWhatWasLeftOut() throws IOException {
    var said = new ConcurrentLinkedQueue<Said>();
    var loud = Command.shell("i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done; echo data");
    assertThat(output(ProcessStreams.read(loud).onStderr(said::add))).isEqualTo("data\n");
    assertThat(said).hasSize(1);
    var words = said.element();
    assertThat(words.lines()).endsWith("line 1998", "line 1999").allMatch(line -> line.matches("line \\d+"));
    long all = 0;
    for (int i = 0; i < 2000; i++) all += ("line " + i + "\n").length();
    long kept = words.lines().stream().mapToLong(line -> line.length() + 1).sum();
    assertThat(kept).isLessThanOrEqualTo(4096).isGreaterThan(4096 - 20);
    assertThat(words.omittedBytes()).isEqualTo(all - kept);
  }

  @Test
  void aSuccessThatSaidNothingTellsNothing() throws IOException {
    var said = new ConcurrentLinkedQueue<Said>();
    assertThat(output(ProcessStreams.read(Command.of("echo", "data")).onStderr(said::add))).isEqualTo("data\n");
    assertThat(said).isEmpty();
  }

  @Test
  void aFloodOnStderrBlocksNothingAndOneLineOfItIsShown() throws IOException {
    var file = Peers.pattern(folder, FLOOD);
    var failure =
        failure(ProcessStreams.read(Command.shell("cat " + file + " >&2; echo; echo data; echo at last >&2; exit 5")));
    assertThat(failure).hasMessageContaining("at last (expected: ").hasMessageContaining(" at byte 6: ");
    assertThat(failure.getMessage().length()).isLessThan(1500);
  }

  @Test
  void progressThatIsWrittenOverIsShownAsATerminalDoes() {
    var failure = failure(ProcessStreams.read(Command.shell("printf '10 %%\\r20 %%\\rfailed\\r\\n' >&2; exit 1")));
    assertThat(failure).hasMessageContaining("exit code 1: failed (expected: ");
  }

  @Test
  void secretsOnStderrAreNotRepeated() {
    var failure = failure(ProcessStreams.read(Command.shell("echo to s3://me:hush@host/x >&2; exit 1")));
    assertThat(failure).hasMessageNotContaining("hush").hasMessageContaining("s3://***@host/x");
  }

  // ---------------------------------------------------------------- what it gets

  @Test
  void theStdinOfAnOriginIsEmpty() throws IOException {
    assertThat(output(Command.shell("cat; readlink /proc/self/fd/0"))).isEqualTo("/dev/null\n");
  }

  @Test
  void itHasNoDescriptorButItsThree() throws IOException {
    assertThat(output(Command.shell("ls /proc/$$/fd; true")).split("\n"))
        .contains("0", "1", "2")
        // The shell's own, if any, are above.
        .allMatch(number -> Integer.parseInt(number) < 3 || Integer.parseInt(number) >= 10);
  }

  @Test
  void theEnvironmentIsThisProcesss() throws Exception {
    var own = Files.readAllBytes(Path.of("/proc/self/environ"));
    var file = folder.resolve("environ");
    Pipeline.from(ProcessStreams.read(Command.of("cat", "/proc/self/environ"))).to(FileStreams.write(file)).run();
    assertThat(sorted(Files.readAllBytes(file))).isEqualTo(sorted(own));
  }

  private static List<String> sorted(byte[] block) {
    return Arrays.stream(new String(block, ISO_8859_1).split("\0")).sorted().toList();
  }

  @Test
  void aVariableCanBeSetAndRemoved() throws IOException {
    var command =
        Command.shell("echo \"$HW_TEST\" ${PATH-none}").environment("HW_TEST", "a b").withoutEnvironment("PATH");
    assertThat(output(command)).startsWith("a b ").doesNotContain(System.getenv("PATH"));
    assertThat(command.toString()).doesNotContain("a b ");
  }

  @Test
  void itRunsInItsDirectory() throws IOException {
    assertThat(output(Command.of("pwd").directory(folder))).isEqualTo(folder.toRealPath() + "\n");
  }

  @Test
  void noShellLooksAtItsWords() throws IOException {
    assertThat(output(Command.of("printf", "%s|", "$HOME", "a  b", "*", ";", ""))).isEqualTo("$HOME|a  b|*|;||");
  }

  @Test
  void itsNameIsOneShortLineWithoutSecrets() {
    assertThat(Command.of("pg_dump", "shop").name()).isEqualTo("exec:pg_dump shop");
    assertThat(Command.shell("a |\n b").name()).isEqualTo("sh:a |\\x0a b");
    assertThat(Command.of("x", "y".repeat(200)).name()).hasSize(80).endsWith("y…");
    assertThat(Command.of("psql", "postgres://me:hush@h/db", "--password=hush", "PGPASSWORD=hush").name())
        .isEqualTo("exec:psql postgres://***@h/db --password=*** PGPASSWORD=***");
  }

  @Test
  void whatCannotBeACommandIsRefused() {
    assertThatThrownBy(() -> Command.of("")).hasMessageContaining("(expected: a program");
    assertThatThrownBy(() -> Command.of("a", "hush\0")).hasMessageContaining("word 2 ").hasMessageNotContaining("hush");
    assertThatThrownBy(() -> Command.of("a").environment("A=B", "hush")).hasMessageNotContaining("hush");
    assertThatThrownBy(() -> ProcessStreams.read(Command.of("a")).timeout(Duration.ZERO))
        .hasMessageContaining("(expected: ");
    assertThatThrownBy(() -> ProcessStreams.read(Command.of("a")).chunk(0)).hasMessageContaining("(expected: ");
  }

  // ---------------------------------------------------------------- what cannot be started

  @Test
  void aMissingProgramIsNamed() {
    assertThat(failure(ProcessStreams.read(Command.of("no-such-program"))))
        .hasMessageStartingWith("cannot run exec:no-such-program: no such program on the PATH (expected: ");
    assertThat(failure(ProcessStreams.read(Command.of("/no/such"))))
        .hasMessageContaining("no such program (expected: ");
  }

  @Test
  void whatIsNoProgramIsNamed() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "#!/no/such/interpreter\n");
    assertThat(failure(ProcessStreams.read(Command.of(file.toString()))))
        .hasMessageContaining("permission denied (expected: ");
    assertThat(failure(ProcessStreams.read(Command.of("./file").directory(folder))))
        .hasMessageContaining("permission denied (expected: ");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    assertThat(failure(ProcessStreams.read(Command.of(file.toString()))))
        .hasMessageContaining("the interpreter in its first line");
    assertThat(failure(ProcessStreams.read(Command.of(folder.toString())))).hasMessageContaining("it is a directory");
    assertThat(failure(ProcessStreams.read(Command.of("cat", "x".repeat(1 << 20)))))
        .hasMessageContaining("rgument list too long");
  }

  @Test
  void aMissingDirectoryIsNamed() {
    var missing = folder.resolve("missing");
    assertThat(failure(ProcessStreams.read(Command.of("cat").directory(missing))))
        .hasMessageContaining("its directory " + missing + " does not exist (expected: ");
  }

  @Test
  void aTargetThatCannotBeStartedFailsTheRun() throws IOException {
    assertThat(failure(ProcessStreams.write(Command.of("no-such-program")), Peers.pattern(folder, FLOOD)))
        .hasMessageStartingWith("cannot run exec:no-such-program: ");
  }

  // ---------------------------------------------------------------- a target

  @ParameterizedTest
  @ValueSource(ints = {0, 10_000, 200_000})
  void aTargetThatEndsEarlySaysHowMuchItTook(int taken) throws IOException {
    // `dd` reads no byte that it does not take.
    var script = "dd iflag=fullblock status=none bs=1000 count=" + taken / 1000 + " of=/dev/null; exit 0";
    if (taken == 0) script = "exit 0";
    var target = ProcessStreams.write(Command.shell(script));
    assertThat(failure(target, Peers.pattern(folder, FLOOD)))
        .hasMessageStartingWith(
            "cannot write " + target.name() + " at byte " + taken + ": it ended with exit code 0 before ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10_000})
  void aTargetThatLeavesTheLastBytesInThePipeSaysSo(int left) throws IOException {
    var file = Peers.pattern(folder, 50_000);
    int taken = 50_000 - left;
    // The pipe has room for everything, so no write fails.
    var script = "dd iflag=fullblock status=none bs=1 count=" + taken + " of=/dev/null; exit 0";
    assertThat(failure(ProcessStreams.write(Command.shell(script)), file))
        .hasMessageContaining(" at byte " + taken + ": it ended with exit code 0 before it had taken all of its input");
  }

  @Test
  void theExitCodeWinsOverTheBrokenPipe() throws IOException {
    var target = ProcessStreams.write(Command.shell("exec <&-; echo no room >&2; exit 28"));
    var failure = failure(target, Peers.pattern(folder, FLOOD));
    assertThat(failure)
        .hasMessageContaining("it ended with exit code 28: no room (expected: exit code 0; what it has done");
    assertThat(((ProcessException) failure).exitCode()).hasValue(28);
  }

  @Test
  void aTargetThatReadsNoMoreAndRunsOnIsAFailure() throws IOException {
    var pid = folder.resolve("pid");
    var target = ProcessStreams.write(Command.shell("exec <&-; echo $$ >" + pid + "; exec sleep 600"));
    assertThat(failure(target, Peers.pattern(folder, FLOOD))).hasMessageContaining("it closed its stdin and runs on");
    assertThat(Peers.runs(await(pid))).isFalse();
  }

  @Test
  void aStrangerThatHoldsTheInputDoesNotHoldTheRun() throws IOException {
    var pid = folder.resolve("pid");
    var script = "exec 3<&0; sleep 600 <&3 & echo $! >" + pid + "; exit 3";
    assertThat(failure(ProcessStreams.write(Command.shell(script)), Peers.pattern(folder, FLOOD)))
        .hasMessageContaining("it ended with exit code 3 (expected: ");
    end(await(pid));
  }

  @Test
  void theStdoutOfATargetIsDiscarded() throws IOException {
    var file = Peers.pattern(folder, FLOOD);
    var said = new ConcurrentLinkedQueue<Said>();
    var command = Command.shell("cat; to=$(readlink /proc/$$/fd/1); echo $to >&2");
    Pipeline.from(FileStreams.read(file)).to(ProcessStreams.write(command).onStderr(said::add)).run();
    assertThat(said.element().lines()).containsExactly("/dev/null");
  }

  @Test
  void aTargetThatTurnsATermIntoAnEndSeesNone() throws IOException {
    var whole = folder.resolve("whole");
    var begun = folder.resolve("begun");
    // It ignores SIGTERM and would keep what it has at the end of its input.
    var script = "trap '' TERM; echo >" + begun + "; cat >/dev/null; echo >" + whole;
    var run =
        Pipeline.from(ProcessStreams.read(Command.of("sleep", "600")))
            .to(ProcessStreams.write(Command.shell(script)))
            .start();
    Remains.await("the begin", () -> Files.exists(begun));
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    assertThat(whole).doesNotExist();
  }

  // ---------------------------------------------------------------- being ended

  @Test
  void allDescendantsEndWithTheRun() {
    var pids = new ArrayList<Path>();
    for (int i = 0; i < 4; i++) pids.add(folder.resolve("pid" + i));
    // A child, a child's child, one that ignores SIGTERM, and the root, which waits.
    var script =
        ("sleep 601 & echo $! >PID0; sh -c 'sleep 602 & echo $! >PID1; wait' & "
                + "sh -c 'trap \"\" TERM; echo $$ >PID2; while :; do sleep 603; done' & echo $$ >PID3; wait")
            .replaceAll("PID", Matcher.quoteReplacement(folder.resolve("pid").toString()));
    var run =
        Pipeline.from(ProcessStreams.read(Command.shell(script))).to(FileStreams.write(folder.resolve("x"))).start();
    for (var pid : pids) await(pid);
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasNoSuppressedExceptions();
    for (var pid : pids) assertThat(Peers.runs(Peers.pid(pid))).as("%s runs", pid).isFalse();
  }

  @Test
  void aStrangerThatHoldsThePipesDoesNotHoldACancelledRun() {
    var pid = folder.resolve("pid");
    // Its parent has ended, so it is nobody's descendant, and it never writes.
    var script = "sleep 600 & echo $! >" + pid + "; exit 0";
    var run =
        Pipeline.from(ProcessStreams.read(Command.shell(script))).to(FileStreams.write(folder.resolve("x"))).start();
    long stranger = await(pid);
    Remains.await("the exit", () -> ProcessHandle.current().children().noneMatch(child -> Peers.runs(child.pid())));
    long begin = System.nanoTime();
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class).hasNoSuppressedExceptions();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
    assertThat(Peers.runs(stranger)).isTrue();
    end(stranger);
  }

  @Test
  void aProcessEndsAtItsTimeout() {
    var failure =
        failure(ProcessStreams.read(Command.shell("echo data; exec sleep 600")).timeout(Duration.ofSeconds(2)));
    assertThat(failure)
        .hasMessageContaining(" at byte 5: it ran for longer than 2 s, its timeout, and was ended (expected: ");
  }

  @Test
  void aTargetEndsAtItsTimeout() throws IOException {
    var target = ProcessStreams.write(Command.of("sleep", "600")).timeout(Duration.ofSeconds(2));
    assertThat(failure(target, Peers.pattern(folder, FLOOD))).hasMessageContaining("its timeout");
  }

  @Test
  void anEarlyEndBehindItEndsTheProcess() throws IOException {
    var pid = folder.resolve("pid");
    var origin = ProcessStreams.read(Command.shell("echo $$ >" + pid + "; exec yes"));
    var file = folder.resolve("three");
    Pipeline.from(origin)
        .through(ProcessStreams.through(Command.of("head", "-n", "3")))
        .to(FileStreams.write(file))
        .run();
    assertThat(file).hasContent("y\ny\ny\n");
    Peers.awaitGone(await(pid));
  }

  @Test
  void pipesOfOthersAreNotTakenForItsOwn() throws Exception {
    var over = new AtomicBoolean();
    var other =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  var pipe = Pipe.open();
                  pipe.sink().close();
                  pipe.source().close();
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    other.start();
    try {
      for (int i = 0; i < 10; i++) assertThat(output(Command.of("echo", "data"))).isEqualTo("data\n");
    } finally {
      over.set(true);
      other.join();
    }
  }

  @Test
  void fiftyAtOnceDoNotDisturbOneAnother() throws Exception {
    var file = Peers.pattern(folder, 300_000);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var runs = new ArrayList<Future<Void>>();
      for (int i = 0; i < 50; i++) {
        var copy = folder.resolve("copy" + i);
        Callable<Void> run =
            () -> {
              Pipeline.from(ProcessStreams.read(Command.of("cat", file.toString())))
                  .through(ProcessStreams.through(Command.of("cat")))
                  .to(ProcessStreams.write(Command.shell("cat >" + copy)))
                  .run();
              return null;
            };
        runs.add(threads.submit(run));
      }
      for (var run : runs) run.get();
    }
    for (int i = 0; i < 50; i++) assertThat(Files.mismatch(file, folder.resolve("copy" + i))).isEqualTo(-1);
  }
}
