package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeftoversTest {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  @Test
  void aKilledProcessLeavesAFileThatIsFoundOnceItIsDeadAndCanBeRemoved() throws Exception {
    var target = Files.writeString(directory.resolve("out"), "old");
    Files.writeString(directory.resolve("other"), "");
    var child = Child.start("write", target.toString());
    assertThat(child.inputReader().readLine()).isEqualTo("written");
    assertThat(Leftovers.find(directory)).isEmpty();

    child.destroyForcibly().waitFor();
    var link = Files.createSymbolicLink(directory.resolve("link"), target);
    var found = Leftovers.find(link);
    assertThat(found).hasSize(1);
    assertThat(Leftovers.find(directory)).isEqualTo(found);
    assertThat(Leftovers.find(directory.resolve("other"))).isEmpty();
    var leftover = found.getFirst();
    assertThat(leftover.targetName()).isEqualTo("out");
    assertThat(leftover.pid()).isEqualTo(child.pid());
    assertThat(leftover.sizeBytes()).isEqualTo(100_000);
    assertThat(leftover.path()).hasFileName(".out.highwater-" + child.pid());
    assertThat(target).hasContent("old");

    assertThat(leftover.remove()).isTrue();
    assertThat(leftover.remove()).isFalse();
    assertThat(Leftovers.find(directory)).isEmpty();
  }

  @Test
  void aKillAtAnyMomentLeavesTheWholeOldFileOrTheWholeNewOne() throws Exception {
    var random = Bytes.random();
    for (int kill = 0; kill < 8; kill++) {
      var target = Files.writeString(directory.resolve("out"), "old");
      var child = Child.start("steps", target.toString());
      // Step 38 renames; the last line is said after it.
      for (int lines = random.nextInt(40); lines >= 0; lines--) child.inputReader().readLine();
      child.destroyForcibly().waitFor();
      assertThat(Files.readString(target)).isIn("old", "new".repeat(100));
      for (var leftover : Leftovers.find(target)) assertThat(leftover.remove()).isTrue();
      assertThat(Traces.names(directory)).containsExactly("out");
    }
  }

  @Test
  void whatThisProcessWritesIsNoLeftoverAndLookingDoesNotUnlockIt() throws Exception {
    var target = directory.resolve("out");
    var drive = Drive.of(Bytes.origin("abc".getBytes(UTF_8), 1, false), FileStreams.write(target));
    drive
        .hook(
            step -> {
              if (step < 3 || step > 8) return;
              assertThat(Leftovers.find(directory)).isEmpty();
              if (step != 4) return;
              var child = Child.start("find", directory.toString());
              assertThat(child.inputReader().readLine()).isEqualTo("0 found");
            })
        .run();
    assertThat(target).hasContent("abc");
  }

  @Test
  void aLeftoverWithOurOwnNumberIsNoObstacle() throws Exception {
    var target = directory.resolve("out");
    var old = Files.writeString(directory.resolve(".out.highwater-" + ProcessHandle.current().pid()), "old");
    Drive.copy(Bytes.origin("new"), FileStreams.write(target));
    assertThat(target).hasContent("new");
    assertThat(Leftovers.find(target)).extracting(Leftovers.Leftover::path).containsExactly(old);
    assertThat(Leftovers.find(target).getFirst().remove()).isTrue();
  }

  @Test
  void longNamesAndStrangeNamesAreFoundToo() throws Exception {
    var name = "n\n".repeat(127);
    var target = directory.resolve(name);
    var temporary = "." + TemporarySibling.shortened(name) + ".highwater-4711-3";
    Files.writeString(directory.resolve(temporary), "");
    var found = Leftovers.find(target);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().pid()).isEqualTo(4711);
    assertThat(found.getFirst().remove()).isTrue();
  }

  @Test
  void whatOnlyLooksLikeOneIsLeftAlone() throws Exception {
    Traces.fifo(directory.resolve(".out.fifo-4711"));
    for (var name : new String[] {"out.highwater-1", ".out.highwater-", ".out.highwater-x", ".out.highwater-1-"}) {
      Files.writeString(directory.resolve(name), "");
    }
    Files.createDirectory(directory.resolve(".out.highwater-12"));
    assertThat(Leftovers.find(directory)).isEmpty();
    assertThat(Leftovers.find(directory.resolve("none/none"))).isEmpty();
    for (var name : Traces.names(directory)) Files.delete(directory.resolve(name));
  }

  @Test
  void aProcessThatEndsNowUndoesWhatItBegan() throws Exception {
    var target = Files.writeString(directory.resolve("out"), "old");
    var log = Files.writeString(directory.resolve("log"), "old");
    for (var recipe : new FileTarget[] {FileStreams.write(target), FileStreams.write(log).append()}) {
      var drive =
          Drive.of(Bytes.origin("abc".getBytes(UTF_8), 1, false), recipe)
              .hook(
                  step -> {
                    if (step == 8) assertThat(Leftovers.undoUnfinished()).isEqualTo(1);
                  });
      assertThatThrownBy(drive::run).hasMessageContaining("the run was ended by its process");
      assertThat(Leftovers.undoUnfinished()).isZero();
    }
    assertThat(target).hasContent("old");
    assertThat(Traces.names(directory)).containsExactly("log", "out");
  }
}
