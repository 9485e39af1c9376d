package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import highwater.codec.Tee;
import highwater.contract.Remains;
import highwater.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FileWriteTest {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static void write(String text, FileTarget target) throws Exception {
    Drive.copy(Bytes.origin(text), target);
  }

  /// Fails the run after its first chunk.
  private static void writeAndFail(String text, FileTarget target) {
    assertThatThrownBy(
            () ->
                Drive.of(Bytes.origin(text.getBytes(UTF_8), 1, false), target)
                    .hook(
                        step -> {
                          if (step == 6) throw new IOException("injected");
                        })
                    .run())
        .hasMessage("injected");
  }

  @Test
  void aFileAppearsOnlyWhenItIsComplete() throws Exception {
    var target = directory.resolve("out");
    var drive = Drive.of(Bytes.origin(new byte[300_000], 50_000, true), FileStreams.write(target));
    drive.hook(_ -> assertThat(target).doesNotExist()).run();
    assertThat(target).hasSize(300_000);
  }

  @Test
  void anExistingFileIsReplacedInOneStep() throws Exception {
    var target = file("out", "old");
    var drive = Drive.of(Bytes.origin("new"), FileStreams.write(target));
    drive.hook(_ -> assertThat(target).hasContent("old")).run();
    assertThat(target).hasContent("new");
  }

  @Test
  void everyChunkIsWrittenWhateverItsSizeAndKind() throws Exception {
    var random = Bytes.random();
    for (int round = 0; round < 50; round++) {
      var bytes = new byte[random.nextInt(200_000)];
      random.nextBytes(bytes);
      int chunk = 1 + random.nextInt(round % 2 == 0 ? 1_000 : 100_000);
      var target = FileStreams.write(directory.resolve("out" + round % 3));
      target = random.nextBoolean() ? target : target.inPlace();
      Drive.copy(Bytes.origin(bytes, chunk, random.nextBoolean()), target);
      assertThat(target.path()).hasBinaryContent(bytes);
    }
  }

  @Test
  void aFailedRunLeavesTheOldFile() throws Exception {
    var target = file("out", "old");
    writeAndFail("new", FileStreams.write(target));
    assertThat(target).hasContent("old");
    writeAndFail("new", FileStreams.write(directory.resolve("none")));
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void aRunThatFailsAtAnyStepLeavesTheWholeOldFileOrTheWholeNewOne() throws Exception {
    int succeeded = 0;
    for (int failing = 0; succeeded == 0; failing++) {
      var target = file("out", "old");
      int step = failing;
      var drive =
          Drive.of(Bytes.origin("new one".getBytes(UTF_8), 2, false), FileStreams.write(target).durable())
              .hook(
                  at -> {
                    if (at == step) throw new IOException("injected");
                  });
      try {
        drive.run();
        assertThat(target).hasContent("new one");
        succeeded++;
      } catch (IOException e) {
        assertThat(e).hasMessage("injected");
        assertThat(target).hasContent("old");
      }
      Traces.assertNone(directory);
    }
  }

  @Test
  void aNewFileHasTheRightsOfTheUmask() throws Exception {
    var target = directory.resolve("out");
    write("new", FileStreams.write(target));
    var made = Files.createFile(directory.resolve("made"));
    assertThat(Files.getPosixFilePermissions(target)).isEqualTo(Files.getPosixFilePermissions(made));
  }

  @Test
  void anExistingFileKeepsItsRightsAndNobodyElseSeesTheNewOneEarlier() throws Exception {
    for (var rights : List.of("rw-------", "rw-r-----", "rwxr-xr-x", "rw-rw-rw-")) {
      var target = file("out", "old");
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(rights));
      var drive = Drive.of(Bytes.origin("new".getBytes(UTF_8), 1, false), FileStreams.write(target));
      drive
          .hook(
              step -> {
                if (step != 6) return;
                var temporary = directory.resolve(Traces.names(directory).getFirst());
                assertThat(temporary.getFileName().toString()).startsWith(".out.highwater-");
                assertThat(Files.getPosixFilePermissions(temporary))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
              })
          .run();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target))).isEqualTo(rights);
      Files.delete(target);
    }
  }

  @Test
  void anExistingFileKeepsItsOwnerAndSetIdBits() throws Exception {
    assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root gives files away");
    var target = file("out", "old");
    Files.setAttribute(target, "unix:uid", 1234);
    Files.setAttribute(target, "unix:gid", 5678);
    Files.setAttribute(target, "unix:mode", 0_4751);
    write("new", FileStreams.write(target));
    assertThat(Files.readAttributes(target, "unix:uid,gid")).isEqualTo(Map.of("uid", 1234, "gid", 5678));
    assertThat((int) Files.getAttribute(target, "unix:mode") & 0_7777).isEqualTo(0_4751);
  }

  @Test
  void theFileBehindALinkIsReplacedAndTheLinkStays() throws Exception {
    Files.createDirectory(directory.resolve("sub"));
    var target = file("sub/real", "old");
    var second = Files.createSymbolicLink(directory.resolve("sub/second"), Path.of("real"));
    var first = Files.createSymbolicLink(directory.resolve("first"), Path.of("sub/second"));
    write("new", FileStreams.write(first));
    assertThat(target).hasContent("new").isRegularFile();
    assertThat(first).isSymbolicLink();
    assertThat(second).isSymbolicLink();
    assertThat(Traces.names(target.getParent())).containsExactly("real", "second");
  }

  @Test
  void aDanglingLinkCreatesItsTarget() throws Exception {
    var link = Files.createSymbolicLink(directory.resolve("link"), Path.of("target"));
    write("new", FileStreams.write(link));
    assertThat(directory.resolve("target")).hasContent("new");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void otherNamesOfAHardLinkKeepTheOldContentUnlessWrittenInPlace() throws Exception {
    var target = file("out", "old content");
    var other = Files.createLink(directory.resolve("other"), target);
    write("in", FileStreams.write(target).inPlace());
    assertThat(other).hasContent("in");
    write("new", FileStreams.write(target));
    assertThat(other).hasContent("in");
    assertThat(target).hasContent("new");
  }

  @Test
  void namesOfEveryLengthWork() throws Exception {
    for (var name : List.of("x", "a".repeat(200), "b".repeat(255), "ü".repeat(127), "\uD83D\uDE00".repeat(63))) {
      write(name, FileStreams.write(directory.resolve(name)));
      assertThat(directory.resolve(name)).hasContent(name);
    }
    assertThatThrownBy(() -> write("x", FileStreams.write(directory.resolve("c".repeat(256)))))
        .hasMessageContaining("file name too long (expected: at most 255 bytes");
  }

  @Test
  void twoRunsToOneTargetDoNotMeet() throws Exception {
    var target = directory.resolve("out");
    var outer = Drive.of(Bytes.origin("outer".getBytes(UTF_8), 1, false), FileStreams.write(target));
    var done = new boolean[1];
    outer
        .hook(
            step -> {
              if (step != 6) return;
              var inner = Thread.ofPlatform().unstarted(() -> innerRun(target, done));
              inner.start();
              inner.join();
            })
        .run();
    assertThat(done[0]).isTrue();
    assertThat(target).hasContent("outer");
  }

  private void innerRun(Path target, boolean[] done) {
    try {
      write("inner", FileStreams.write(target));
      assertThat(target).hasContent("inner");
      assertThat(Traces.names(directory)).hasSize(2);
      done[0] = true;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sourceAndTargetMayBeTheSameFile() throws Exception {
    var file = file("same", "content");
    Drive.copy(FileStreams.read(file).chunk(2), FileStreams.write(file));
    assertThat(file).hasContent("content");
  }

  @ParameterizedTest
  @EnumSource
  void aRunMayNotWriteAFileTwice(FileTarget.Mode mode) throws Exception {
    var file = directory.resolve("same");
    if (mode != FileTarget.Mode.CREATE_NEW) Files.writeString(file, "content");
    var link = Files.createSymbolicLink(directory.resolve("link"), Path.of("same"));
    for (var second : new FileTarget.Mode[] {mode, FileTarget.Mode.REPLACE}) {
      var tee = Tee.to(new FileTarget(file, mode, false));
      var run = Pipeline.from(Bytes.origin("new")).through(tee).to(new FileTarget(link, second, false));
      assertThatThrownBy(run::run)
          .hasStackTraceContaining("the same pipeline writes this file twice (expected: two different files");
    }
    if (mode == FileTarget.Mode.CREATE_NEW) assertThat(file).doesNotExist();
    else assertThat(file).hasContent("content");
  }

  @Test
  void whereTwoPathsLeadIsKnownEvenWhereNoFileIsThereYet() throws Exception {
    var file = file("file", "content");
    var folder = Files.createDirectory(directory.resolve("folder"));
    var linkedFolder = Files.createSymbolicLink(directory.resolve("linked"), Path.of("folder"));
    var dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("folder/new"));
    assertThat(FileStreams.isSameFile(file, Files.createLink(directory.resolve("hard"), file))).isTrue();
    assertThat(FileStreams.isSameFile(linkedFolder.resolve("new"), folder.resolve("new"))).isTrue();
    assertThat(FileStreams.isSameFile(dangling, linkedFolder.resolve("../folder/new"))).isTrue();
    assertThat(FileStreams.isSameFile(dangling, folder.resolve("other"))).isFalse();
    assertThat(FileStreams.isSameFile(file, folder.resolve("file"))).isFalse();
    assertThatThrownBy(() -> FileStreams.isSameFile(file, directory.resolve("missing/new")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"APPEND", "IN_PLACE"})
  void aRunMayNotChangeWhatItReads(FileTarget.Mode mode) throws Exception {
    var file = file("same", "content");
    var link = Files.createLink(directory.resolve("link"), file);
    var target = new FileTarget(link, mode, false);
    assertThatThrownBy(() -> Drive.copy(FileStreams.read(file), target))
        .hasMessageContaining(": the same pipeline ")
        .hasMessageContaining("expected: two different files");
    var other = file("other", "other");
    var all = Concat.of(List.of(FileStreams.read(other), FileStreams.read(file)));
    assertThatThrownBy(() -> Drive.copy(all, target)).hasMessageContaining(": the same pipeline ");
    assertThat(file).hasContent("content");
  }

  @Test
  void createNewRefusesAFileThatExists() throws Exception {
    var target = file("out", "old");
    assertThatThrownBy(() -> write("new", FileStreams.write(target).createNew()))
        .hasMessage(
            "cannot write "
                + target
                + ": a file of this name exists (expected: no file of this name; choose another, or replace it)")
        .hasCauseInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> FileStreams.write(target).replace(false).check()).hasMessageContaining("exists");
    FileStreams.write(target).check();
    assertThat(target).hasContent("old");
    write("new", FileStreams.write(directory.resolve("other")).createNew());
    assertThat(directory.resolve("other")).hasContent("new");
    write("new", FileStreams.write(Path.of("/dev/null")).createNew());
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE_NEW", "APPEND", "IN_PLACE"})
  void aFileThatAppearsMeanwhileIsNotReplaced(FileTarget.Mode mode) throws Exception {
    var target = directory.resolve("out");
    var drive =
        Drive.of(Bytes.origin("new"), new FileTarget(target, mode, false))
            .hook(
                step -> {
                  if (step == 5) Files.writeString(target, "theirs");
                });
    assertThatThrownBy(drive::run).hasMessageContaining("a file of this name exists");
    assertThat(target).hasContent("theirs");
  }

  @Test
  void appendKeepsWhatIsThereAndAFailureCutsItBack() throws Exception {
    var target = file("log", "one ");
    write("two", FileStreams.write(target).append().durable());
    assertThat(target).hasContent("one two");
    writeAndFail("three", FileStreams.write(target).append());
    assertThat(target).hasContent("one two");
    write("new", FileStreams.write(directory.resolve("none")).append());
    assertThat(directory.resolve("none")).hasContent("new");
  }

  @Test
  void anInterruptDoesNotKeepAppendFromBeingCutBack() throws Exception {
    var target = file("log", "old");
    var drive =
        Drive.of(Bytes.origin("new".getBytes(UTF_8), 1, false), FileStreams.write(target).append())
            .hook(
                step -> {
                  if (step == 8) Thread.currentThread().interrupt();
                });
    assertThatThrownBy(drive::run);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(target).hasContent("old");
  }

  @Test
  void onlyOneRunAppendsAtATime() throws Exception {
    var target = file("log", "one ");
    var drive =
        Drive.of(Bytes.origin("two"), FileStreams.write(target).append())
            .hook(
                step -> {
                  if (step != 5) return;
                  var second =
                      new FutureTask<>(
                          () -> {
                            write("three", FileStreams.write(target).append());
                            return true;
                          });
                  Thread.ofPlatform().start(second);
                  assertThatThrownBy(second::get)
                      .hasMessageContaining("somebody else writes this file and has locked it");
                });
    drive.run();
    assertThat(target).hasContent("one two");
  }

  @Test
  void inPlaceEmptiesTheFileOnlyWhenItHasSomethingToWrite() throws Exception {
    var target = file("out", "old content");
    writeAndFail("", FileStreams.write(target).inPlace(), 3);
    assertThat(target).hasContent("old content");
    write("new", FileStreams.write(target).inPlace());
    assertThat(target).hasContent("new");
    write("", FileStreams.write(target).inPlace());
    assertThat(target).isEmptyFile();
  }

  private static void writeAndFail(String text, FileTarget target, int at) {
    assertThatThrownBy(
            () ->
                Drive.of(Bytes.origin(text), target)
                    .hook(
                        step -> {
                          if (step == at) throw new IOException("injected");
                        })
                    .run())
        .hasMessage("injected");
  }

  @Test
  void aTargetThatBecomesALinkOrDeviceMeanwhileIsNotRenamedOnto() throws Exception {
    var target = directory.resolve("out");
    var drive =
        Drive.of(Bytes.origin("new"), FileStreams.write(target))
            .hook(
                step -> {
                  if (step == 5) Traces.fifo(target);
                });
    assertThatThrownBy(drive::run).hasMessageContaining("no regular file has taken its name meanwhile");
    assertThat(Files.readAttributes(target, BasicFileAttributes.class).isOther()).isTrue();
  }

  @Test
  void aTemporaryFileThatSomebodyDeletesFailsTheRun() throws Exception {
    var target = file("out", "old");
    var drive =
        Drive.of(Bytes.origin("new"), FileStreams.write(target))
            .hook(
                step -> {
                  if (step == 5) Files.delete(directory.resolve(Traces.names(directory).getFirst()));
                });
    assertThatThrownBy(drive::run).hasMessageContaining("was deleted meanwhile (expected: a directory that nobody");
    assertThat(target).hasContent("old");
  }

  @Test
  void manyRunsLeaveNothingOpen() throws Exception {
    var source = file("in", "content");
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var before = Remains.descriptors();
    for (int run = 0; run < 100; run++) {
      Drive.copy(FileStreams.read(source), FileStreams.write(directory.resolve("out")));
      Drive.copy(FileStreams.read(source), FileStreams.write(Path.of("/dev/null")));
      writeAndFail("new", FileStreams.write(source));
      int at = run % 8;
      var stuck = Drive.of(FileStreams.read(fifo), FileStreams.write(fifo));
      stuck.hook(
          step -> {
            if (step == at) stuck.cancel(new IOException("enough"));
          });
      if (at < 4) assertThatThrownBy(stuck::run).hasMessage("enough");
    }
    Traces.awaitThreads();
    Remains.awaitDescriptors(before);
  }

  @Test
  void whatCannotBeWrittenSaysWhy() throws Exception {
    assertThatThrownBy(() -> write("x", FileStreams.write(directory)))
        .hasMessage("cannot write " + directory + ": it is a directory (expected: a file; name a file in it)");
    assertThatThrownBy(() -> write("x", FileStreams.write(directory.resolve("no/out"))))
        .hasMessageEndingWith(
            "there is no directory " + directory.resolve("no") + " (expected: an existing directory; create it first)");
    var file = file("file", "");
    assertThatThrownBy(() -> write("x", FileStreams.write(file.resolve("out"))))
        .hasMessageContaining(file + " is not a directory");
    assertThatThrownBy(() -> write("x", FileStreams.write(Path.of("/proc/out"))))
        .hasMessageStartingWith("cannot write /proc/out: ");
    assertThatThrownBy(() -> write("x", FileStreams.write(Path.of("/proc/self/status"))))
        .hasMessageStartingWith("cannot write /proc/self/status");
  }

  @Test
  void smallChunksAreGatheredWhereNobodySeesThemAndWrittenAtOnceWhereOthersDo() throws Exception {
    var target = file("log", "");
    Drive.of(Bytes.origin("abc".getBytes(UTF_8), 1, false), FileStreams.write(target).append())
        .hook(
            step -> {
              if (step == 6) assertThat(target).hasContent("a");
            })
        .run();
    Drive.of(Bytes.origin("abc".getBytes(UTF_8), 1, false), FileStreams.write(target))
        .hook(
            step -> {
              if (step == 6) assertThat(directory.resolve(Traces.names(directory).getFirst())).isEmptyFile();
            })
        .run();
  }

  @Test
  void aShortWriteLosesNothingAndAnErrorNamesTheByte() throws Exception {
    var bytes = Bytes.random(300_000);
    for (int failing = 1; ; failing += 7) {
      var hurt = new HurtChannel(failing);
      var put = new FilePut("out", _ -> hurt.landing(), true);
      try {
        Drive.of(Bytes.origin(bytes, 30_000, failing % 2 == 0).pull(), put).run();
        assertThat(hurt.bytes.toByteArray()).isEqualTo(bytes);
        assertThat(hurt.isOpen()).isFalse();
        assertThat(hurt.forced).isTrue();
        return;
      } catch (IOException e) {
        assertThat(e)
            .hasMessage(
                "cannot write out at byte "
                    + hurt.bytes.size()
                    + ": no space left on device (expected: room for the rest; free some space, then run again;"
                    + " out is as it was)");
        assertThat(hurt.isOpen()).isFalse();
      }
    }
  }

  @Test
  void theFootprintCountsEveryBuffer() throws Exception {
    var regular = FileStreams.write(directory.resolve("out")).footprint(1 << 20);
    assertThat(regular.terms().getFirst().maxBytes()).isEqualTo(64 << 10);
    assertThat(regular.how()).contains("temporary sibling");
    assertThat(FileStreams.write(Path.of("/dev/null")).footprint(0).terms().getFirst().maxBytes())
        .isEqualTo(3 * (64 << 10));
    assertThat(FileStreams.write(file("log", "")).append().footprint(0).how()).contains("at the end");
  }

  @Test
  void theKernelMayCopyFromFileToFile() throws Exception {
    var bytes = Bytes.random(1_000_000);
    var source = Files.write(directory.resolve("in"), bytes);
    var target = directory.resolve("out");
    var pull = (ChosenPull) FileStreams.read(source).start(5).end(899_999).chunk(20_000).pull();
    var put = (ChosenPut) FileStreams.write(target).put();
    Drive.of(pull, put)
        .hook(
            step -> {
              if (step != 2 && step != 8) return;
              long moved = pull.transferTo(put.transferTarget(), 400_000);
              assertThat(moved).isPositive();
              put.transferred(moved);
            })
        .run();
    assertThat(target).hasBinaryContent(Arrays.copyOfRange(bytes, 5, 900_000));
  }
}
