package highwater.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.Diagnosis.Finding;
import highwater.ReadableStream;
import highwater.codec.Text;
import highwater.contract.Remains;
import highwater.io.FileChange.Kind;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import highwater.testkit.VirtualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file that is followed: growth, rotation, truncation, where it begins and how it ends. Time is virtual, the files are real.
@Timeout(60)
class FollowTest {
  @TempDir Path directory;
  private Path log = Path.of("");

  @BeforeEach
  void name() {
    log = directory.resolve("app.log");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, ISO_8859_1, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void rotate() throws IOException {
    int number = 1;
    while (Files.exists(directory.resolve("app.log." + number))) number++;
    Files.move(log, directory.resolve("app.log." + number));
  }

  private Follower follow() {
    return new Follower(FileStreams.follow(log));
  }

  // ---------------------------------------------------------------- growth

  @Test
  void whatIsThereComesAtOnceAndWhatIsAddedAtTheNextLook() throws Exception {
    append(log, "one\n");
    try (var follower = follow()) {
      assertThat(follower.text()).isEqualTo("one\n");
      append(log, "two\n");
      assertThat(follower.text()).isEqualTo("one\n");
      assertThat(follower.look().text()).isEqualTo("one\ntwo\n");
      append(log, "th");
      append(log, "ree\n");
      assertThat(follower.look().text()).isEqualTo("one\ntwo\nthree\n");
      assertThat(follower.changes).isEmpty();
    }
  }

  @Test
  void anIdleOneWaitsByATimerAndHasNoThread() throws Exception {
    append(log, "one\n");
    try (var follower = follow()) {
      follower.pass(Duration.ofHours(1));
      assertThat(Remains.threads()).isEmpty();
      assertThat(follower.run().report().waitsFor()).isEqualTo("more in " + log);
      // No stall to tell of: nobody knows whether more is to come.
      assertThat(follower.diagnose().finding()).isNotEqualTo(Finding.WAITS);
      assertThat(follower.isOver()).isFalse();
      append(log, "two\n");
      assertThat(follower.look().text()).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void aCancelWhileIdleClosesEverything() throws Exception {
    append(log, "one\n");
    try (var follower = follow()) {
      follower.look();
      follower.cancel();
      assertThat(follower.failure()).isInstanceOf(CancelledException.class).hasMessage("enough");
      Traces.assertNone(directory);
    }
  }

  @Test
  void linesComeWhenTheyAreComplete() throws Exception {
    append(log, "one\ntw");
    try (var time = new VirtualTime()) {
      var lines = new ArrayList<String>();
      var run =
          Pipeline.from(FileStreams.follow(log).interval(Follower.INTERVAL))
              .through(Text.lines())
              .to(Target.forEach(lines::add))
              .startOn(time.strand());
      time.settle();
      assertThat(lines).containsExactly("one");
      append(log, "o\nthree");
      time.pass(Follower.INTERVAL);
      assertThat(lines).containsExactly("one", "two");
      run.cancel("enough");
      time.settle();
      assertThat(lines).containsExactly("one", "two");
    }
  }

  @Test
  void asALiveStreamItHeedsAPause() throws Exception {
    append(log, "one ");
    try (var time = new VirtualTime()) {
      var text = new StringBuilder();
      ReadableStream<ByteBuffer> stream =
          time.make(() -> FileStreams.follow(log).interval(Follower.INTERVAL).chunk(4).open());
      time.turn(() -> stream.onData(chunk -> text.append(ISO_8859_1.decode(chunk))));
      time.pass(Follower.INTERVAL);
      assertThat(text).hasToString("one ");
      time.turn(stream::pause);
      append(log, "two three ");
      time.pass(Follower.INTERVAL.multipliedBy(10));
      assertThat(text).hasToString("one ");
      time.turn(stream::resume);
      time.pass(Follower.INTERVAL);
      assertThat(text).hasToString("one two three ");
    }
  }

  // ---------------------------------------------------------------- rotation

  @Test
  void theOldFileIsReadToItsEndBeforeTheNewOne() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      rotate();
      append(directory.resolve("app.log.1"), "b");
      append(log, "c");
      follower.look();
      assertThat(follower.text()).isEqualTo("ab");
      assertThat(follower.kinds()).containsExactly(Kind.REPLACED);
      assertThat(follower.changes.getFirst().message())
          .isEqualTo(log + " is another file now; the old one is read to its end first");
      assertThat(follower.pass(Follower.REST).text()).isEqualTo("abc");
      append(log, "d");
      assertThat(follower.look().text()).isEqualTo("abcd");
    }
  }

  @Test
  void aWriterThatGoesOnInTheOldFileLosesNothingWhileTheNewOneIsEmpty() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      rotate();
      Files.createFile(log);
      follower.pass(Duration.ofMinutes(10));
      append(directory.resolve("app.log.1"), "b");
      follower.pass(Duration.ofMinutes(10));
      append(directory.resolve("app.log.1"), "c");
      append(log, "d");
      assertThat(follower.pass(Follower.REST).look().text()).isEqualTo("abcd");
    }
  }

  @Test
  void oneOfSeveralWritersThatIsLateIsReadWithinTheRest() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      rotate();
      append(log, "d");
      for (String late : List.of("b", "c")) {
        follower.pass(Follower.REST.minus(Follower.INTERVAL.multipliedBy(2)));
        append(directory.resolve("app.log.1"), late);
      }
      assertThat(follower.look().text()).isEqualTo("abc");
      assertThat(follower.pass(Follower.REST).text()).isEqualTo("abcd");
    }
  }

  @Test
  void withoutARestTheNewFileFollowsAtTheLookThatFindsIt() throws Exception {
    append(log, "a");
    try (var follower = new Follower(FileStreams.follow(log).rest(Duration.ZERO))) {
      rotate();
      append(log, "b");
      assertThat(follower.look().text()).isEqualTo("ab");
    }
  }

  @Test
  void aDeletedFileIsReadOnUntilAnotherComes() throws Exception {
    append(log, "a");
    try (var follower = follow();
        var writer = FileChannel.open(log, StandardOpenOption.APPEND)) {
      Files.delete(log);
      follower.look();
      write(writer, "b");
      assertThat(follower.look().text()).isEqualTo("ab");
      assertThat(follower.changes).isEmpty();
      follower.pass(Follower.REST);
      assertThat(follower.changes.getFirst().message())
          .isEqualTo(log + " is not there any more; another of its name is waited for");
      append(log, "c");
      assertThat(follower.pass(Follower.REST).look().text()).isEqualTo("abc");
      assertThat(follower.kinds()).containsExactly(Kind.ABSENT, Kind.REPLACED);
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
  }

  @Test
  void aReaderThatIsBehindMissesNoFile() throws Exception {
    append(log, "start ");
    try (var follower = follow()) {
      follower.gate(false);
      var expected = new StringBuilder("start ");
      for (int i = 0; i < 20; i++) {
        append(log, i + " ");
        expected.append(i).append(' ');
        follower.look();
        rotate();
      }
      assertThat(follower.text()).isEqualTo("start ");
      follower.gate(true);
      // The old ones have been quiet for long: no rest for each.
      follower.pass(Follower.REST);
      assertThat(follower.text()).isEqualTo(expected.toString());
      assertThat(Traces.descriptors()).filteredOn(name -> name.startsWith(directory.toString())).hasSize(1);
    }
  }

  @Test
  void moreFilesThanItHoldsFailTheRun() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      follower.gate(false);
      append(log, "b");
      for (int i = 0; i < FollowOrigin.FILES_MAX && !follower.isOver(); i++) {
        rotate();
        append(log, "c");
        follower.look();
      }
      follower.gate(true);
      assertThat(follower.failure())
          .isInstanceOf(PipelineException.class)
          .cause()
          .hasMessage(
              "cannot read "
                  + log
                  + " at byte 1: 64 files that had its name wait to be read (expected: a reader that is at most 64"
                  + " rotations behind; make what reads it faster)");
    }
  }

  @Test
  void aLinkThatIsTurnedElsewhereIsARotation() throws Exception {
    append(directory.resolve("one"), "1");
    append(directory.resolve("two"), "2");
    Files.createSymbolicLink(log, Path.of("one"));
    try (var follower = follow()) {
      Files.delete(log);
      Files.createSymbolicLink(log, Path.of("two"));
      assertThat(follower.look().pass(Follower.REST).text()).isEqualTo("12");
      assertThat(follower.kinds()).containsExactly(Kind.REPLACED);
    }
  }

  @Test
  void aNameThatComesBackToItsFileChangesNothing() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      rotate();
      follower.look();
      Files.move(directory.resolve("app.log.1"), log);
      append(log, "b");
      assertThat(follower.look().text()).isEqualTo("ab");
      assertThat(follower.changes).isEmpty();
    }
  }

  // ---------------------------------------------------------------- truncation

  @Test
  void aFileThatIsCutIsReadFromItsBeginning() throws Exception {
    append(log, "0123456789");
    try (var follower = follow()) {
      Files.writeString(log, "");
      follower.look();
      append(log, "ab");
      assertThat(follower.look().text()).isEqualTo("0123456789ab");
      assertThat(follower.changes)
          .containsExactly(
              new FileChange(
                  Kind.CUT, log, 0, log + " was cut to 0 bytes after 10 were read; it is read from its first byte"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 1000})
  void aCutIsFoundWhateverHasBeenWrittenSince(int bytes) throws Exception {
    append(log, "0123456789");
    try (var follower = follow()) {
      Files.writeString(log, "x".repeat(bytes));
      assertThat(follower.look().text()).isEqualTo("0123456789" + "x".repeat(bytes));
      assertThat(follower.kinds()).containsExactly(Kind.CUT);
    }
  }

  @Test
  void whatWasCutOffUnreadIsTold() throws Exception {
    append(log, "0123");
    try (var follower = new Follower(FileStreams.follow(log).chunk(4))) {
      follower.gate(false);
      append(log, "456789abcdef");
      follower.look();
      Files.writeString(log, "new");
      follower.look();
      follower.gate(true);
      follower.look();
      var cut = follower.changes.getFirst();
      assertThat(cut.kind()).isEqualTo(Kind.CUT);
      // One chunk was ahead of the gate, or none.
      assertThat(follower.text()).isEqualTo("0123" + "456789abcdef".substring(0, 12 - (int) cut.lostBytes()) + "new");
      assertThat(cut.lostBytes()).isBetween(8L, 12L);
      assertThat(cut.message()).contains(" more are lost; it is read from its first byte");
    }
  }

  @Test
  void aCutFailsTheRunWhereThatIsSaid() throws Exception {
    append(log, "0123456789");
    try (var follower = new Follower(FileStreams.follow(log).failWhenCut())) {
      Files.writeString(log, "");
      follower.look();
      assertThat(follower.failure())
          .cause()
          .hasMessage(
              "cannot read "
                  + log
                  + " at byte 0: it was cut to 0 bytes after 10 were read (expected: a file that only grows; rotate it"
                  + " by renaming it)");
    }
  }

  // ---------------------------------------------------------------- the beginning

  @Test
  void aFileThatIsNotThereFailsTheRun() {
    try (var follower = follow()) {
      assertThat(follower.failure())
          .cause()
          .hasMessage("cannot read " + log + ": no such file (expected: an existing file; check the name)");
    }
  }

  @Test
  void aFileThatIsNotThereIsWaitedForWhereThatIsSaid() throws Exception {
    try (var follower = new Follower(FileStreams.follow(log).awaitFile().fromEnd())) {
      assertThat(follower.changes)
          .containsExactly(new FileChange(Kind.ABSENT, log, 0, log + " is not there yet; it is waited for"));
      follower.pass(Duration.ofHours(1));
      assertThat(follower.run().report().waitsFor()).isEqualTo(log + " to be there");
      append(log, "all of it");
      assertThat(follower.look().text()).isEqualTo("all of it");
      assertThat(follower.changes).hasSize(1);
    }
  }

  @Test
  void whatIsNoFileIsRefused() throws Exception {
    assertThatThrownBy(() -> Drive.copy(FileStreams.follow(directory), new Bytes.Sink()))
        .hasMessage("cannot read " + directory + ": it is a directory (expected: a file; name a file in it)");
    var fifo = Traces.fifo(directory.resolve("fifo"));
    for (var path : List.of(fifo, Path.of("/dev/null"), Path.of("/proc/self/status"))) {
      assertThatThrownBy(() -> Drive.copy(FileStreams.follow(path), new Bytes.Sink()))
          .hasMessage(
              "cannot read "
                  + path
                  + ": it is no file that grows (expected: a regular file; read what is none without following it)");
    }
  }

  @Test
  void aNameThatComesToLeadToNoFileFailsTheRun() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      rotate();
      Files.createDirectory(log);
      follower.look();
      assertThat(follower.failure())
          .cause()
          .hasMessage(
              "cannot read "
                  + log
                  + " at byte 1: its name now leads to what is no regular file (expected: a regular file; read what is"
                  + " none without following it)");
    }
  }

  @Test
  void aNameThatCannotBeLookedAtIsToldOnceAndTriedAgain() throws Exception {
    append(log, "a");
    try (var follower = follow()) {
      rotate();
      Files.createSymbolicLink(log, log);
      follower.pass(Follower.INTERVAL.multipliedBy(5));
      assertThat(follower.kinds()).containsExactly(Kind.UNREADABLE);
      assertThat(follower.changes.getFirst().message())
          .startsWith(log + " cannot be opened: too many levels of symbolic links")
          .endsWith("; it is tried again");
      Files.delete(log);
      append(log, "b");
      assertThat(follower.pass(Follower.REST).look().text()).isEqualTo("ab");
    }
  }

  @Test
  void itBeginsAtTheEndOrSoManyBytesBefore() throws Exception {
    append(log, "0123456789");
    try (var end = new Follower(FileStreams.follow(log).fromEnd());
        var three = new Follower(FileStreams.follow(log).lastBytes(3));
        var all = new Follower(FileStreams.follow(log).lastBytes(100))) {
      append(log, "new");
      assertThat(end.look().text()).isEqualTo("new");
      assertThat(three.look().text()).isEqualTo("789new");
      assertThat(all.look().text()).isEqualTo("0123456789new");
    }
  }

  @Test
  void theLastLinesAreFoundAtAnyLengthOfChunk() throws Exception {
    var random = new Random(Bytes.SEED);
    for (int round = 0; round < 200; round++) {
      var lines =
          IntStream.range(0, random.nextInt(12)).mapToObj(i -> "" + i + "x".repeat(random.nextInt(20))).toList();
      boolean ended = random.nextBoolean();
      String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
      if (!ended && !text.isEmpty()) text = text.substring(0, text.length() - 1);
      Files.writeString(log, text);
      int last = random.nextInt(14);
      String expected = text;
      if (last < lines.size()) {
        var kept = lines.subList(lines.size() - last, lines.size());
        expected = String.join("\n", kept) + (ended && last > 0 ? "\n" : "");
      }
      try (var follower = new Follower(FileStreams.follow(log).lastLines(last).chunk(1 + random.nextInt(30)))) {
        assertThat(follower.text())
            .as("the last %s lines of %s, -Dseed=%s", last, text, Bytes.SEED)
            .isEqualTo(expected);
        append(log, "\nmore");
        assertThat(follower.look().text()).isEqualTo(expected + "\nmore");
      }
    }
  }

  // ---------------------------------------------------------------- the end

  @Test
  void itEndsWhenNothingHasComeForAWhile() throws Exception {
    append(log, "a");
    try (var follower = new Follower(FileStreams.follow(log).endWhenIdle(Duration.ofSeconds(5)))) {
      follower.pass(Duration.ofSeconds(4));
      append(log, "b");
      follower.pass(Duration.ofSeconds(4));
      assertThat(follower.isOver()).isFalse();
      follower.pass(Duration.ofSeconds(2));
      assertThat(follower.failure()).isNull();
      assertThat(follower.text()).isEqualTo("ab");
    }
  }

  @Test
  void aNewFileThatRestsIsReadBeforeItEndsForIdleness() throws Exception {
    append(log, "a");
    var origin = FileStreams.follow(log).endWhenIdle(Duration.ofMillis(300)).rest(Duration.ofSeconds(5));
    try (var follower = new Follower(origin)) {
      rotate();
      append(log, "b");
      follower.pass(Duration.ofSeconds(7));
      assertThat(follower.failure()).isNull();
      assertThat(follower.text()).isEqualTo("ab");
    }
  }

  @Test
  void oneThatWaitsForItsFileEndsForIdlenessToo() {
    var origin = FileStreams.follow(log).awaitFile().endWhenIdle(Duration.ofSeconds(5));
    try (var follower = new Follower(origin)) {
      follower.pass(Duration.ofSeconds(6));
      assertThat(follower.failure()).isNull();
    }
  }

  @Test
  void itEndsAfterSoManyBytes() throws Exception {
    append(log, "0123");
    try (var follower = new Follower(FileStreams.follow(log).endAfter(10).chunk(3))) {
      append(log, "456789abc");
      follower.look();
      assertThat(follower.failure()).isNull();
      assertThat(follower.text()).isEqualTo("0123456789");
    }
    try (var none = new Follower(FileStreams.follow(log).endAfter(0))) {
      assertThat(none.failure()).isNull();
    }
  }

  @Test
  void itEndsWhenAConditionHoldsAndAllIsRead() throws Exception {
    append(log, "a");
    var gone = new AtomicBoolean();
    try (var follower = new Follower(FileStreams.follow(log).endWhen(gone::get))) {
      follower.pass(Duration.ofHours(1));
      assertThat(follower.isOver()).isFalse();
      rotate();
      append(directory.resolve("app.log.1"), "b");
      append(log, "c");
      gone.set(true);
      // The last look comes when all is read.
      follower.look().look();
      assertThat(follower.failure()).isNull();
      assertThat(follower.text()).isEqualTo("abc");
    }
  }

  @Test
  void whatTheUsersCodeThrowsFailsTheRun() throws Exception {
    append(log, "a");
    var boom = new IllegalStateException("boom");
    var condition =
        FileStreams.follow(log)
            .endWhen(
                () -> {
                  throw boom;
                });
    try (var follower = new Follower(condition)) {
      follower.look();
      assertThat(follower.failure()).cause().isSameAs(boom);
    }
  }

  @Test
  void aRunDoesNotFeedOnItsOwnOutput() throws Exception {
    append(log, "a");
    assertThatThrownBy(() -> Drive.copy(FileStreams.follow(log), FileStreams.write(log).append()))
        .hasMessageContaining("the same pipeline");
  }

  @Test
  void figuresAreChecked() {
    var origin = FileStreams.follow(log);
    assertThatIllegalArgumentException().isThrownBy(() -> origin.lastLines(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> origin.interval(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> origin.rest(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> origin.endWhenIdle(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> origin.endAfter(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> origin.chunk(0));
  }
}
