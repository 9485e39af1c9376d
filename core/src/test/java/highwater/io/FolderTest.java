package highwater.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import highwater.testkit.VirtualTime;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A folder as a stream of paths: which come, in which order, what is open meanwhile, and what happens to what cannot be listed.
@Timeout(120)
class FolderTest {
  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(openHere()).isEmpty();
  }

  private List<String> openHere() throws IOException {
    return Traces.descriptors().stream().filter(name -> name.startsWith(folder.toString())).toList();
  }

  private void file(String name) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
  }

  /// The paths below the folder, in the order in which they came.
  private List<String> paths(FolderOrigin origin) {
    return Pipeline.from(origin).toList(1000).run().stream().map(path -> folder.relativize(path).toString()).toList();
  }

  private void tree() throws IOException {
    for (var name : List.of("b.log", "a.txt", "sub/c.log", "sub/deep/d.log", "sub/deep/deeper/e.log", "z/f.txt"))
      file(name);
  }

  @Test
  void aListHasTheEntriesAndNothingBelowThem() throws Exception {
    tree();
    assertThat(paths(FileStreams.list(folder))).containsExactlyInAnyOrder("b.log", "a.txt", "sub", "z");
    assertThat(paths(FileStreams.list(Files.createDirectory(folder.resolve("empty"))))).isEmpty();
  }

  @Test
  void aWalkGoesSoDeepAndGivesAFolderBeforeWhatIsInIt() throws Exception {
    tree();
    assertThat(paths(FileStreams.walk(folder, 100).sorted(10)))
        .containsExactly(
            "a.txt",
            "b.log",
            "sub",
            "sub/c.log",
            "sub/deep",
            "sub/deep/d.log",
            "sub/deep/deeper",
            "sub/deep/deeper/e.log",
            "z",
            "z/f.txt");
    assertThat(paths(FileStreams.walk(folder, 2).sorted(10)))
        .containsExactly("a.txt", "b.log", "sub", "sub/c.log", "sub/deep", "z", "z/f.txt");
    assertThat(paths(FileStreams.walk(folder, 100)))
        .containsExactlyInAnyOrderElementsOf(paths(FileStreams.walk(folder, 100).sorted(10)));
  }

  @Test
  void aFilterLeavesOutWhatDoesNotFitButGoesInAllTheSame() throws Exception {
    tree();
    var all = FileStreams.walk(folder, 100).sorted(10);
    assertThat(paths(all.filesOnly()))
        .containsExactly("a.txt", "b.log", "sub/c.log", "sub/deep/d.log", "sub/deep/deeper/e.log", "z/f.txt");
    assertThat(paths(all.glob("*.log")))
        .containsExactly("b.log", "sub/c.log", "sub/deep/d.log", "sub/deep/deeper/e.log");
    assertThat(paths(all.glob("sub/*/*.log"))).containsExactly("sub/deep/d.log");
    assertThat(paths(all.glob("d*"))).containsExactly("sub/deep", "sub/deep/d.log", "sub/deep/deeper");
    assertThat(paths(FileStreams.list(folder).filesOnly())).containsExactlyInAnyOrder("a.txt", "b.log");
    assertThatThrownBy(() -> all.glob("[")).isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  void manyEntriesComeOneByOne() throws Exception {
    int count = 100_000;
    for (int i = 0; i < count; i++) Files.createFile(folder.resolve("entry-" + i));
    var names = new HashSet<String>();
    Pipeline.from(FileStreams.list(folder)).to(Target.forEach(path -> names.add(path.getFileName().toString()))).run();
    assertThat(names).hasSize(count);
    // A pattern that nothing fits keeps nobody waiting for the end of all.
    try (var time = new VirtualTime()) {
      var turns = new AtomicInteger();
      var run = Pipeline.from(FileStreams.list(folder).glob("none")).to(Target.forEach(_ -> {})).startOn(time.strand());
      time.turn(() -> time.strand().watch(turns::incrementAndGet));
      time.settle();
      assertThat(run.completion().toCompletableFuture()).isDone();
      assertThat(turns.get()).isGreaterThan(100);
    }
  }

  @Test
  void aCancelOrAnEarlyEndClosesEveryFolder() throws Exception {
    tree();
    var origin = FileStreams.walk(folder, 100).sorted(10);
    var first = Pipeline.from(origin).take(6).toList(1000).run();
    assertThat(first).hasSize(6);
    assertThat(openHere()).isEmpty();
    var there = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var run =
        Pipeline.from(origin)
            .to(
                Target.forEach(
                    path -> {
                      if (!path.endsWith("d.log")) return;
                      there.countDown();
                      goOn.await();
                    }))
            .start();
    there.await();
    // Two descriptors for each of the folder, sub, and deep.
    assertThat(openHere()).hasSizeBetween(3, 6);
    run.cancel("enough");
    goOn.countDown();
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(openHere()).isEmpty();
  }

  @Test
  void whatVanishesUnderWayIsNoFailure() throws Exception {
    tree();
    for (String gone : List.of("sub/deep", "sub")) {
      var origin = FileStreams.walk(folder, 100).sorted(10);
      var came = new ArrayList<String>();
      Pipeline.from(origin)
          .to(
              Target.forEach(
                  path -> {
                    came.add(folder.relativize(path).toString());
                    if (path.equals(folder.resolve(gone))) Traces.command("rm", "-r", path.toString());
                  }))
          .run();
      // What was given before it went, and all beside it.
      assertThat(came).contains("a.txt", gone, "z/f.txt").doesNotContain(gone + "/deeper", "sub/deep/d.log");
    }
  }

  @Test
  void anEntryThatWentBeforeItWasLookedAtDoesNotCome() throws Exception {
    tree();
    var came = new ArrayList<String>();
    Pipeline.from(FileStreams.walk(folder, 2).sorted(10))
        .to(
            Target.forEach(
                path -> {
                  came.add(folder.relativize(path).toString());
                  if (path.endsWith("a.txt")) Files.delete(folder.resolve("b.log"));
                }))
        .run();
    assertThat(came).containsExactly("a.txt", "sub", "sub/c.log", "sub/deep", "z", "z/f.txt");
  }

  @Test
  void linksAreEntriesAndNotFollowed() throws Exception {
    tree();
    Files.createSymbolicLink(folder.resolve("sub/link"), folder.resolve("z"));
    Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("none"));
    var all = FileStreams.walk(folder, 100).sorted(10);
    assertThat(paths(all)).contains("sub/link", "nowhere").doesNotContain("sub/link/f.txt");
    assertThat(paths(all.followLinks())).contains("sub/link", "nowhere", "sub/link/f.txt", "z/f.txt");
    // The folder that is named may be a link itself.
    var link = Files.createSymbolicLink(folder.resolve("alias"), folder.resolve("z"));
    assertThat(paths(FileStreams.list(link))).containsExactly("alias/f.txt");
  }

  @Test
  void aLinkPutInThePlaceOfAFolderLeadsNowhere() throws Exception {
    tree();
    var came = new ArrayList<String>();
    var reports = new ArrayList<IOException>();
    Pipeline.from(FileStreams.walk(folder, 100).sorted(10).onUnreadable(reports::add))
        .to(
            Target.forEach(
                path -> {
                  came.add(folder.relativize(path).toString());
                  if (!path.equals(folder.resolve("sub"))) return;
                  Files.move(path, folder.resolve("zz"));
                  Files.createSymbolicLink(path, folder.resolve("z"));
                }))
        .run();
    assertThat(came).containsExactly("a.txt", "b.log", "sub", "z", "z/f.txt");
    assertThat(reports).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aCircleOfLinksCannotBeListed() throws Exception {
    tree();
    Files.createSymbolicLink(folder.resolve("sub/deep/up"), folder.resolve("sub"));
    var origin = FileStreams.walk(folder, 100).sorted(10).followLinks();
    assertThatThrownBy(() -> paths(origin))
        .isInstanceOf(PipelineException.class)
        .cause()
        .hasMessage(
            "cannot list "
                + folder
                + "/sub/deep/up: it leads back to "
                + folder
                + "/sub (expected: links that go in no circle; do not follow them)");
    var reports = new ArrayList<IOException>();
    assertThat(paths(origin.onUnreadable(reports::add))).contains("sub/deep/up", "z/f.txt");
    assertThat(reports).singleElement().satisfies(report -> assertThat(report).hasMessageContaining("leads back to"));
  }

  @Test
  void aFolderTooLargeToSortIsRefusedOrTold() throws Exception {
    tree();
    for (int i = 0; i < 10; i++) file("sub/many-" + i);
    var origin = FileStreams.walk(folder, 100).sorted(5);
    assertThatThrownBy(() -> paths(origin))
        .cause()
        .hasMessage(
            "cannot list "
                + folder
                + "/sub: it has more than 5 entries (expected: at most so many to be sorted; allow more, or take them"
                + " unsorted)");
    var reports = new ArrayList<IOException>();
    assertThat(paths(origin.onUnreadable(reports::add))).containsExactly("a.txt", "b.log", "sub", "z", "z/f.txt");
    assertThat(reports).hasSize(1);
  }

  @Test
  void aFolderThatMayNotBeListedIsRefusedOrTold() throws Throwable {
    tree();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(folder.resolve("sub"), Set.of());
    try {
      asNobody(
          () -> {
            var origin = FileStreams.walk(folder, 100).sorted(10);
            assertThatThrownBy(() -> paths(origin))
                .cause()
                .hasMessage(
                    "cannot list "
                        + folder
                        + "/sub: permission denied (expected: a directory this user may list; check its permissions)");
            var reports = new ArrayList<IOException>();
            assertThat(paths(origin.onUnreadable(reports::add)))
                .containsExactly("a.txt", "b.log", "sub", "z", "z/f.txt");
            assertThat(reports).hasSize(1);
          });
    } finally {
      Files.setPosixFilePermissions(folder.resolve("sub"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /// Has this thread's files opened as by the user nobody, for root may list everything; another user's as by himself.
  @SuppressWarnings("restricted") // The JDK has no call for it.
  private static void asNobody(Runnable body) throws Throwable {
    var linker = Linker.nativeLinker();
    var setfsuid =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setfsuid"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    int before = (int) setfsuid.invokeExact(65_534);
    try {
      body.run();
    } finally {
      int _ = (int) setfsuid.invokeExact(before);
    }
  }

  @Test
  void theFolderItselfMustBeOne() throws Exception {
    file("file");
    assertThatThrownBy(() -> paths(FileStreams.list(folder.resolve("none"))))
        .cause()
        .hasMessage("cannot list " + folder + "/none: no such file (expected: an existing directory; check the name)");
    assertThatThrownBy(() -> paths(FileStreams.list(folder.resolve("file")).onUnreadable(_ -> {})))
        .cause()
        .hasMessage("cannot list " + folder + "/file: it is no directory (expected: a directory; read a file instead)");
  }

  @Test
  void aNameOfAnyBytesComesAsItIs() throws Exception {
    file("two\nlines");
    file(" ");
    assertThat(paths(FileStreams.list(folder).sorted(10))).containsExactly(" ", "two\nlines");
  }

  @Test
  void aFileSystemInAnArchiveIsListedToo() throws Exception {
    var archive = folder.resolve("archive.zip");
    try (var zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Files.createDirectories(zip.getPath("/one/two"));
      Files.writeString(zip.getPath("/one/two/three"), "3");
      var found = Pipeline.from(FileStreams.walk(zip.getPath("/one"), 5)).toList(1000).run();
      assertThat(found).hasToString("[/one/two, /one/two/three]");
    }
  }

  @Test
  void itsBoundIsWhatTheSystemHoldsForEachLevel() {
    var pipeline = Pipeline.from(FileStreams.walk(folder, 4)).to(Target.forEach(_ -> {}));
    assertThat(pipeline.bound().totalBytes()).hasValue(4 * (32 << 10));
    pipeline.withBudget(Budget.of(32 << 10)).run();
    var sorted = FileStreams.walk(folder, 4).sorted(10).footprint(0);
    assertThat(sorted.bounded()).isFalse();
  }

  @Test
  void figuresAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileStreams.walk(folder, 0))
        .withMessage("depth: 0 (expected: 1 to 2048 levels)");
    assertThatIllegalArgumentException().isThrownBy(() -> FileStreams.walk(folder, FolderOrigin.DEPTH_MAX + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> FileStreams.list(folder).sorted(0));
  }
}
