package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The command in a process of its own: what arrives where, what it answers, and what is left behind.
class PipeTest {
  private static final long SEED = Long.getLong("seed", 20_26);

  @TempDir Path folder;

  private byte[] log = {};

  /// `in.log`: 300,000 bytes of text that is like a log, more than one chunk and one block.
  @BeforeEach
  void writeLog() throws IOException {
    var random = new Random(SEED);
    var text = new StringBuilder();
    while (text.length() < 300_000) {
      text.append("2026-01-01 INFO request ").append(random.nextInt(1_000_000)).append(" done\n");
    }
    log = text.substring(0, 300_000).getBytes(StandardCharsets.US_ASCII);
    Files.write(folder.resolve("in.log"), log);
  }

  private Child.Ended run(String line) {
    return Child.run(folder, line.split(" "));
  }

  private byte[] read(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  // What arrives.

  @Test
  void aFileGoesThroughGzipAndGzipItselfAgrees() throws Exception {
    run("pipe in.log gzip out.gz").quietly();
    var gunzipped = Child.runBash(folder, "gzip -t out.gz && gzip -dc out.gz").quietly();
    assertThat(gunzipped.out()).isEqualTo(log);
    assertThat(names()).containsExactly("in.log", "out.gz");
  }

  @Test
  void whatGzipMadeComesBack() throws Exception {
    Child.runBash(folder, "gzip -c in.log > a.gz; cat a.gz a.gz > two.gz").quietly();
    assertThat(run("pipe two.gz gunzip -").quietly().out()).isEqualTo(twice(log));
  }

  @Test
  void stdinGoesToStdout() {
    assertThat(Child.runWith(log, folder, "pipe", "-", "-").quietly().out()).isEqualTo(log);
    assertThat(Child.runWith(log, folder, "pipe", "deflate:1", "inflate").quietly().out()).isEqualTo(log);
  }

  @Test
  void itStandsInAShellPipe() {
    var ended = Child.runBash(folder, "cat in.log | highwater pipe gzip:1,workers=1 | gzip -dc").quietly();
    assertThat(ended.out()).isEqualTo(log);
  }

  @Test
  void sourcesAreConcatenatedInOrder() throws Exception {
    write("head", "first\n");
    run("pipe head in.log gzip out.gz").quietly();
    byte[] first = "first\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(run("pipe out.gz gunzip").out())
        .startsWith(first)
        .hasSize(first.length + log.length)
        .endsWith(tail(log));
    assertThat(
            Child.runWith("mid".getBytes(StandardCharsets.US_ASCII), folder, "pipe", "head", "-", "head", "count")
                .outText())
        .isEqualTo("first\nmidfirst\n");
  }

  @Test
  void nothingIsPipedToo() throws Exception {
    write("empty", "");
    run("pipe ./empty gzip out.gz").quietly();
    Child.runBash(folder, "gzip -t out.gz && [ -z \"$(gzip -dc out.gz)\" ]").quietly();
  }

  @Test
  void aSinkThatEndsInASlashTakesTheName() throws Exception {
    Files.createDirectory(folder.resolve("d"));
    run("pipe in.log gzip d/").quietly();
    run("pipe d/in.log.gz gunzip d/").quietly();
    assertThat(read("d/in.log")).isEqualTo(log);
    assertThat(run("pipe d/in.log.gz gunzip d/").failedWith(ExitCode.REFUSED)).startsWith("d/in.log exists ");
  }

  @Test
  void namesInUtf8Work() throws Exception {
    run("pipe in.log grün–日本.log").quietly();
    assertThat(names()).contains("grün–日本.log");
    assertThat(run("pipe fehlt-ü.log gzip out.gz").failedWith(ExitCode.FAILED)).startsWith("cannot read fehlt-ü.log: ");
  }

  @Test
  void aStageNameWinsOverAFileAndThePathNamesTheFile() throws Exception {
    write("gzip", "a file\n");
    assertThat(run("pipe ./gzip count -").outText()).isEqualTo("a file\n");
    assertThat(Child.runWith(log, folder, "pipe", "gzip", "gunzip").out()).isEqualTo(log);
  }

  // What stages say.

  @Test
  void hashAndCountPrintOnStderrInTheOrderOfTheCommandLine() throws Exception {
    var ended = run("pipe in.log hash:sha256 count gzip hash:crc32 out.gz");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines())
        .hasSize(3)
        .startsWith("hash:sha256  " + sha256(log), "count  300000")
        .last()
        .asString()
        .matches("hash:crc32  [0-9a-f]{8}");
  }

  @Test
  void aFailedRunPrintsNoDigest() throws Exception {
    assertThat(run("pipe in.log hash:sha256 gunzip ./out").failedWith(ExitCode.FAILED)).contains("not in gzip format");
  }

  @Test
  void teeWritesASecondFileOrStdout() throws Exception {
    run("pipe in.log tee:copy.log gzip out.gz").quietly();
    assertThat(read("copy.log")).isEqualTo(log);
    assertThat(run("pipe in.log tee:- gzip other.gz").quietly().out()).isEqualTo(log);
    assertThat(run("pipe in.log tee:copy.log new.log").failedWith(ExitCode.REFUSED)).startsWith("copy.log exists ");
    assertThat(run("pipe in.log tee:./x x --force").failedWith(ExitCode.USAGE)).startsWith("x is not a stage");
    assertThat(run("pipe in.log tee:./x x/../x --force").failedWith(ExitCode.REFUSED))
        .contains(" is written twice, as ./x and as x/../x ");
    assertThat(names()).containsExactly("copy.log", "in.log", "other.gz", "out.gz");
  }

  @Test
  void throttleTakesItsTime() throws Exception {
    long before = System.nanoTime();
    run("pipe in.log throttle:300KB/s out.log").quietly();
    assertThat(System.nanoTime() - before).isGreaterThan(800_000_000);
    assertThat(read("out.log")).isEqualTo(log);
  }

  @Test
  void gunzipDropsTrailingGarbageWithARemark() throws Exception {
    Child.runBash(folder, "gzip -c in.log > a.gz; echo garbage >> a.gz").quietly();
    var ended = run("pipe a.gz gunzip -");
    assertThat(ended.out()).isEqualTo(log);
    assertThat(ended.code()).isZero();
    assertThat(ended.err()).startsWith("highwater: ").contains("garbage").hasLineCount(1);
    run("pipe a.gz gunzip - --quiet").quietly();
  }

  // The target in every case.

  @Test
  void anExistingTargetIsRefusedWithoutForce() throws Exception {
    write("out.gz", "old");
    assertThat(run("pipe in.log gzip out.gz").failedWith(ExitCode.REFUSED))
        .isEqualTo("out.gz exists (expected: a new name; --force replaces it, --append adds to it)");
    assertThat(read("out.gz")).isEqualTo("old".getBytes(StandardCharsets.US_ASCII));
    run("pipe in.log gzip out.gz --force").quietly();
    assertThat(run("pipe out.gz gunzip").out()).isEqualTo(log);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pipe missing gzip out.gz      | cannot read missing: no such file (expected: an existing file; check the"
            + " name)",
        "pipe in.log missing gzip out.gz | cannot read missing: no such file (expected: an existing file; check the"
            + " name)",
        "pipe gnuzip gzip out.gz       | cannot read gnuzip: no such file (expected: an existing file; check the name);"
            + " did you mean the stage gunzip?",
        "pipe folder gzip out.gz       | cannot read folder: it is a directory (expected: a file; name a file in it);"
            + " tar or zip behind it packs a folder",
        "pipe in.log gzip nowhere/out  | 'cannot write nowhere/out: there is no directory nowhere (expected: an"
            + " existing directory; create it first)'"
      })
  void aSourceOrSinkThatCannotBeUsedFailsInOneLine(String line, String message) throws Exception {
    Files.createDirectory(folder.resolve("folder"));
    assertThat(run(line).failedWith(ExitCode.FAILED)).isEqualTo(message);
    assertThat(names()).containsExactly("folder", "in.log");
  }

  @Test
  void aDirectoryAsSinkIsRefusedWithAHint() throws Exception {
    Files.createDirectory(folder.resolve("d"));
    assertThat(run("pipe in.log gzip ./d").failedWith(ExitCode.USAGE))
        .isEqualTo("./d is a directory (expected: a file; to write into it under the source's name, ./d/)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gunzip ./out", "gunzip out.log --force"})
  void corruptAndTruncatedGzipLeavesNothingOrTheOld(String rest) throws Exception {
    write("out.log", "old");
    Child.runBash(folder, "gzip -c in.log > a.gz").quietly();
    byte[] gzip = read("a.gz");
    Files.write(folder.resolve("cut.gz"), Arrays.copyOf(gzip, gzip.length - 5000));
    gzip[gzip.length / 2] ^= 0x55;
    Files.write(folder.resolve("bad.gz"), gzip);
    assertThat(run("pipe cut.gz " + rest).failedWith(ExitCode.FAILED)).startsWith("gunzip: ").contains("cut short");
    assertThat(run("pipe bad.gz " + rest).failedWith(ExitCode.FAILED)).startsWith("gunzip: ").contains("damaged");
    assertThat(names()).containsExactly("a.gz", "bad.gz", "cut.gz", "in.log", "out.log");
    assertThat(read("out.log")).isEqualTo("old".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aWrongExpectationLeavesNothing() throws Exception {
    String right = sha256(log);
    String wrong = (right.charAt(0) == '0' ? "1" : "0") + right.substring(1);
    assertThat(run("pipe in.log gzip out.gz --expect-sha256 " + wrong).failedWith(ExitCode.FAILED)).contains(right);
    assertThat(run("pipe in.log gzip out.gz --expect-bytes 299999").failedWith(ExitCode.FAILED))
        .contains("299999 were expected");
    assertThat(run("pipe in.log gzip out.gz --expect-bytes 300001").failedWith(ExitCode.FAILED))
        .contains("300001 were expected");
    assertThat(names()).containsExactly("in.log");
    run("pipe in.log gzip out.gz --expect-bytes 300KB --expect-sha256 " + right).quietly();
  }

  @Test
  void appendAddsAndInPlaceKeepsTheHardLinks() throws Exception {
    write("a.txt", "old\n");
    Files.createLink(folder.resolve("b.txt"), folder.resolve("a.txt"));
    Child.runWith(new byte[] {'x'}, folder, "pipe", "-", "a.txt", "--append").quietly();
    assertThat(Files.readString(folder.resolve("b.txt"))).isEqualTo("old\nx");
    Child.runWith(new byte[] {'y'}, folder, "pipe", "-", "a.txt", "--in-place").quietly();
    assertThat(Files.readString(folder.resolve("b.txt"))).isEqualTo("y");
    Child.runWith(new byte[] {'z'}, folder, "pipe", "-", "a.txt", "--force").quietly();
    assertThat(Files.readString(folder.resolve("b.txt"))).isEqualTo("y");
    assertThat(Files.readString(folder.resolve("a.txt"))).isEqualTo("z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--append", "--in-place"})
  void aSourceIsNotWrittenInto(String option) throws Exception {
    assertThat(run("pipe in.log ./../" + folder.getFileName() + "/in.log " + option).failedWith(ExitCode.REFUSED))
        .contains(" is a source too ");
    assertThat(read("in.log")).isEqualTo(log);
  }

  @Test
  void aSourceMayBeReplacedByItsOwnResult() throws Exception {
    assertThat(run("pipe in.log gzip in.log").failedWith(ExitCode.REFUSED)).startsWith("in.log is a source too ");
    run("pipe in.log gzip in.log --force --sync").quietly();
    assertThat(run("pipe in.log gunzip").quietly().out()).isEqualTo(log);
  }

  @Test
  void aSymbolicLinkStaysAndItsFileIsReplaced() throws Exception {
    write("real.log", "old");
    Files.createSymbolicLink(folder.resolve("link.log"), Path.of("real.log"));
    run("pipe in.log link.log --force").quietly();
    assertThat(Files.isSymbolicLink(folder.resolve("link.log"))).isTrue();
    assertThat(read("real.log")).isEqualTo(log);
  }

  @Test
  void aFifoIsWrittenAsItIs() throws Exception {
    var ended =
        Child.runBash(folder, "mkfifo f; cat f & highwater pipe in.log gzip ./f || exit; wait; [ -p f ]").quietly();
    Files.write(folder.resolve("got.gz"), ended.out());
    assertThat(run("pipe got.gz gunzip").out()).isEqualTo(log);
  }

  @Test
  void aProcessSubstitutionIsWrittenAsItIs() {
    var ended = Child.runBash(folder, "mkfifo done; highwater pipe in.log >(wc -c > done) & cat done; wait").quietly();
    assertThat(ended.outText().strip()).isEqualTo("300000");
  }

  @Test
  void aDeviceIsWrittenAsItIs() throws Exception {
    run("pipe in.log /dev/null").quietly();
    assertThat(run("pipe in.log /dev/full").failedWith(ExitCode.FAILED))
        .contains("/dev/full")
        .contains("no space left on device");
    assertThat(Child.runBash(folder, "highwater pipe in.log gzip > /dev/full").failedWith(ExitCode.FAILED))
        .startsWith("cannot write stdout")
        .contains("no space left on device");
  }

  @Test
  void aLeftoverIsReportedAndRemovedWithForce() throws Exception {
    write(".out.gz.highwater-4242", "half");
    var reported = run("pipe in.log gzip out.gz");
    assertThat(reported.code()).isZero();
    assertThat(reported.err())
        .matches(
            "highwater: a killed run left \\S*\\.out\\.gz\\.highwater-4242 \\(4 B\\): --force removes it, so does"
                + " rm\n");
    assertThat(names()).contains(".out.gz.highwater-4242");
    var removed = run("pipe in.log gzip out.gz --force");
    assertThat(removed.err())
        .matches("highwater: removed \\S*\\.out\\.gz\\.highwater-4242 \\(4 B\\), left by a killed run\n");
    assertThat(names()).containsExactly("in.log", "out.gz");
  }

  // stdout.

  @Test
  void aBrokenPipeOnStdoutEndsQuietly() {
    var ended = Child.runBash(folder, "highwater pipe /dev/zero count | head -c 10 | wc -c; echo ${PIPESTATUS[0]}");
    assertThat(ended.outText().split("\\s+")).containsExactly("10", "141");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void aBrokenPipeElsewhereIsAFailure() {
    var ended = Child.runBash(folder, "highwater pipe /dev/zero >(head -c 10 > /dev/null)");
    assertThat(ended.failedWith(ExitCode.FAILED)).contains("broken pipe");
  }

  // Words.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pipe in.log gzip:10 o.gz       | gzip:10: level: 10 (expected: 0 to 9)",
        "pipe in.log gzip:x o.gz        | gzip:x: level 'x' (expected: a whole number, as in gzip:9)",
        "pipe in.log gzip:block=64MiB o.gz | gzip:block=64MiB: level 'block=64MiB' (expected: a whole number, as in"
            + " gzip:9, or gzip,block=64MiB)",
        "pipe in.log gzip,speed=2 o.gz  | gzip,speed=2: speed (expected: workers=… or block=…; a file is"
            + " ./gzip,speed=2)",
        "pipe in.log gzip,workers=0 o.gz | gzip,workers=0: workers: 0 (expected: 1 to 256)",
        "pipe in.log gunzip:3 o.x       | gunzip:3: gunzip has no value (expected: gunzip; a file is ./gunzip:3)",
        "pipe in.log hash o.x           | hash: a value is missing (expected: hash:ALGORITHM)",
        "pipe in.log hash:foo o.x       | 'hash:foo: hash: foo (expected: SHA-256 or another digest of this Java,"
            + " CRC-32, CRC-32C, ADLER-32)'",
        "pipe in.log throttle:fast o.x  | 'throttle:fast: fast is no size (expected: a whole number and a unit: 512,"
            + " 64K or 64KiB = 65536, 64KB = 64000; also M, G, T, P, E)'",
        "pipe in.log tee: o.x           | tee:: a value is missing (expected: tee:PATH)",
        "pipe nothere.log gzip q.gz --report=nowhere/r | '--report: cannot write nowhere/r: there is no directory"
            + " nowhere (expected: an existing directory; create it first)'",
        "pipe in.log gzip q.gz --report=. | '--report: cannot write .: it is a directory (expected: a file; name a file"
            + " in it)'",
        "pipe in.log md5 -              | md5 is not a stage (did you mean hash:md5? For a file of that name write"
            + " ./md5)",
        "help gzip                      | 'gzip is a stage, not a command (expected: highwater pipe [SOURCE…] gzip"
            + " [SINK]; all stages: highwater help pipe)'",
        "gzip:9 in.log o.gz             | 'gzip:9 is a stage, not a command (expected: highwater pipe [SOURCE…] gzip:9"
            + " [SINK]; all stages: highwater help pipe)'",
        "pope                           | unknown command pope (did you mean pipe?)",
        "in.log gzip out.gz             | 'unknown command in.log (expected: pipe, ends, lab, help, completion, man, as"
            + " in highwater pipe in.log …)'",
        "help me                        | unknown command me (expected: pipe, ends, lab, help, completion, man, as in"
            + " highwater pipe me …)",
        "completion fish                | completion: fish (expected: bash or zsh)",
        "completion                     | 'completion: 0 words after it (expected: highwater completion bash|zsh)'",
        "man --force                    | --force says nothing to man (it is an option of pipe)"
      })
  void misuseIsOneLineAndOpensNothing(String line, String message) throws Exception {
    assertThat(run(line).failedWith(ExitCode.USAGE)).isEqualTo(message);
    assertThat(names()).containsExactly("in.log");
  }

  @Test
  void aRunThatCannotBeginWithTheMemoryThereIsIsRefused() throws Exception {
    assertThat(run("pipe in.log gzip,block=64M out.gz").failedWith(ExitCode.USAGE))
        .contains(" needs at least ")
        .contains("HIGHWATER_OPTS=-Xmx");
    assertThat(names()).containsExactly("in.log");
    run("pipe in.log gzip,block=4M,workers=100 out.gz").quietly();
  }

  @Test
  void debugAddsTheStackTrace() {
    var ended = run("pipe missing.log gzip out.gz --debug");
    assertThat(ended.code()).isEqualTo(ExitCode.FAILED.number);
    assertThat(ended.err()).startsWith("highwater: cannot read missing.log").contains("\tat highwater.");
  }

  @Test
  void versionHelpManAndCompletionGoToStdout() {
    assertThat(run("--version").quietly().outText()).isEqualTo(Version.lines());
    assertThat(run("pipe --version").quietly().outText()).isEqualTo(Version.lines());
    assertThat(run("--help").quietly().outText()).contains("Commands\n  pipe ");
    String help = run("help pipe").quietly().outText();
    assertThat(help).contains("\nStages\n").isEqualTo(run("pipe --help").outText());
    assertThat(run("man").quietly().outText()).isEqualTo(ManPage.render());
    assertThat(run("completion bash").quietly().outText()).isEqualTo(Completion.script("bash"));
  }

  @Test
  void explainPrintsThePlanAndRunsNothing() throws Exception {
    write("out.gz", "old");
    String plan = run("pipe in.log gzip out.gz --explain").quietly().outText();
    assertThat(plan).startsWith("in.log ─▶ gzip level 6 ─▶ out.gz\n").contains("data in flight at most ");
    assertThat(read("out.gz")).isEqualTo("old".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void markIsTheChunkOfTheSource() {
    assertThat(run("pipe in.log gzip --mark 10KB --explain").quietly().outText()).contains("read 10,000 + ");
    assertThat(run("pipe in.log - --mark 7").quietly().out()).isEqualTo(log);
  }

  @Test
  void theReportGoesToStderrOrIntoAFile() throws Exception {
    var ended = run("pipe in.log gzip out.gz --report");
    assertThat(ended.code()).isZero();
    assertThat(ended.err()).startsWith("done in ").contains("300,000 bytes").contains("\ngzip level 6 ");
    run("pipe in.log gzip b.gz --report=r.txt").quietly();
    assertThat(Files.readString(folder.resolve("r.txt"))).startsWith("done in ");
    var json = run("pipe in.log hash:sha256 gzip c.gz --json");
    assertThat(json.err()).startsWith("{\"highwater\":").hasLineCount(1).contains("\"value\":\"" + sha256(log) + "\"");
    var failed = run("pipe in.log gunzip c.gz --force --json --report=f.json").failedWith(ExitCode.FAILED);
    assertThat(Files.readString(folder.resolve("f.json")))
        .contains("\"outcome\":\"failed\",\"error\":\"" + failed + "\"");
  }

  @Test
  void aReportThatCannotBeWrittenLeavesTheRunsSuccessClear() throws Exception {
    assertThat(run("pipe in.log gzip ok.gz --report=/dev/full").failedWith(ExitCode.FAILED))
        .startsWith("the run succeeded: ok.gz is complete; its report could not be written: cannot write /dev/full")
        .contains("no space left on device (expected: room for the rest");
    assertThat(run("pipe ok.gz gunzip").quietly().out()).isEqualTo(log);
  }

  @Test
  void aReportThatCannotBeWrittenDoesNotHideTheRunsFailure() throws Exception {
    String failure = "highwater: cannot read nothere.log: no such file";
    var ended = run("pipe nothere.log gzip q.gz --report=/dev/full");
    assertThat(ended.code()).isEqualTo(ExitCode.FAILED.number);
    assertThat(ended.err().lines().toList().getFirst())
        .startsWith("highwater: the run failed, and its report could not be written: cannot write /dev/full");
    assertThat(ended.err().lines().toList().getLast()).startsWith(failure);
    assertThat(run("pipe nothere.log gzip q.gz --report=/dev/full --quiet").err()).startsWith(failure).hasLineCount(1);
    assertThat(names()).containsExactly("in.log");
  }

  @Test
  void aReportIntoStdoutComesBehindTheDataInItsFile() throws Exception {
    Child.runBash(folder, "highwater pipe in.log - --report=/dev/stdout > all").quietly();
    assertThat(read("all")).startsWith(log);
    assertThat(Files.readString(folder.resolve("all")).substring(log.length)).startsWith("done in ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut.gz gunzip", "bad.gz gunzip", "in.log gunzip", "in.log inflate"})
  void theByteOfAFailureIsSaidOnce(String words) throws Exception {
    Child.runBash(folder, "gzip -c in.log > bad.gz; head -c 20000 bad.gz > cut.gz").quietly();
    byte[] gzip = read("bad.gz");
    gzip[gzip.length / 2] ^= 0x55;
    Files.write(folder.resolve("bad.gz"), gzip);
    assertThat(run("pipe " + words + " ./out").failedWith(ExitCode.FAILED).split("\\bbyte [0-9]", -1)).hasSize(2);
  }

  @Test
  void progressIsALineForEachSecondWhereStderrIsNoTerminal() {
    var ended = run("pipe in.log /dev/null --progress always");
    assertThat(ended.code()).isZero();
    assertThat(ended.err().lines().toList().getLast()).startsWith("293 KiB  ").contains("  100 %").contains("  heap ");
    run("pipe in.log /dev/null").quietly();
  }

  @Test
  void onATerminalTheProgressLineIsErasedAtTheEnd() {
    var ended = onTerminal("stty cols 200 < /dev/tty; highwater pipe in.log throttle:300KB/s out.log");
    assertThat(ended.outText())
        .contains("\r\u001b[K")
        .contains(" %  ETA ")
        .contains(" waits for throttle")
        .endsWith("\r\u001b[K");
  }

  @Test
  void onEightyColumnsTheProgressLineSaysWhoWaitsForWhom() {
    var ended = onTerminal("stty cols 80 < /dev/tty; highwater pipe in.log throttle:300KB/s out.log");
    assertThat(ended.outText()).contains(" %  ETA ").contains(" waits for throttle");
  }

  @Test
  void compressedBytesGoToATerminalOnlyWhereTheSinkIsNamed() {
    assertThat(onTerminal("highwater pipe in.log gzip count; echo =$?").outText())
        .isEqualTo(
            "highwater: stdout is a terminal, and what gzip makes is no text (expected: a sink such as ./in.log.gz,"
                + " or - to insist)\r\n=2\r\n");
    assertThat(onTerminal("highwater pipe deflate").outText()).contains("(expected: a sink such as ./out.zz, or - ");
    assertThat(onTerminal("highwater pipe in.log gzip -; echo =$?").out())
        .startsWith(0x1f, 0x8b)
        .endsWith('0', '\r', '\n');
    assertThat(onTerminal("highwater pipe in.log gzip | wc -c").outText()).matches("[0-9]+\r\n");
    assertThat(onTerminal("highwater pipe gzip gunzip; echo =$?").outText()).isEqualTo("=0\r\n");
  }

  /// Runs `script` with stdout and stderr on a terminal of its own, and nothing on stdin.
  private Child.Ended onTerminal(String script) {
    // `script` reads the terminal's input from its stdin, whose end it hands on as Ctrl-D. It starts $SHELL, which may
    // be
    // unset or a shell that knows no exported functions.
    return Child.runBash(
        folder, "export -f highwater; SHELL=$BASH script -qec '{ " + script + "; } < /dev/null' /dev/null < /dev/null");
  }

  @Test
  void sizeGivesTheShareOfStdin() {
    var ended = Child.runWith(log, folder, "pipe", "count", "/dev/null", "--size", "600KB", "--progress", "always");
    assertThat(ended.err()).contains("  50 %").endsWith("count  300000\n");
  }

  private static byte[] twice(byte[] bytes) {
    byte[] two = Arrays.copyOf(bytes, 2 * bytes.length);
    System.arraycopy(bytes, 0, two, bytes.length, bytes.length);
    return two;
  }

  private static byte[] tail(byte[] bytes) {
    return Arrays.copyOfRange(bytes, bytes.length - 1000, bytes.length);
  }
}
