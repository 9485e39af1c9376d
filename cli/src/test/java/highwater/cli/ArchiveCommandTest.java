package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.contract.Remains;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `tar`, `untar`, `zip` and `unzip` as users run them.
@Timeout(120)
class ArchiveCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    var in = folder.resolve("in");
    Files.createDirectories(in.resolve("a/empty"));
    var noise = new byte[300_000];
    new Random(3).nextBytes(noise);
    Files.write(in.resolve("a/noise"), noise);
    Files.writeString(in.resolve("grün.txt"), "text\n".repeat(10_000));
    Files.createSymbolicLink(in.resolve("link"), Path.of("a/noise"));
    Files.setPosixFilePermissions(in.resolve("a/noise"), PosixFilePermissions.fromString("rwxr-x---"));
  }

  private String look(String name) throws IOException {
    var found = new TreeMap<String, String>();
    var root = folder.resolve(name);
    try (var walk = Files.walk(root)) {
      for (var path : walk.toList()) {
        var what =
            Files.isSymbolicLink(path)
                ? Files.readSymbolicLink(path).toString()
                : PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                    + (Files.isRegularFile(path) ? digest(path) : "");
        found.put(root.relativize(path).toString(), what);
      }
    }
    return found.toString();
  }

  private static String digest(Path path) throws IOException {
    var sum = new java.util.zip.CRC32();
    sum.update(Files.readAllBytes(path));
    return " " + Files.size(path) + " " + sum.getValue();
  }

  private List<String> names() throws IOException {
    try (var list = Files.list(folder)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private void tool(String script) throws Exception {
    var process = new ProcessBuilder("sh", "-ec", script).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(script).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "tar,             untar,        ./out.tar",
    "tar gzip,        gunzip untar, ./out.tgz",
    "tar zstd count,  unzstd untar, ./out.tar.zst",
    "zip,             unzip,        ./out.zip",
    "zip:0 gzip,      decompress unzip, ./out.zip.gz"
  })
  void aFolderComesBack(String pack, String unpack, String archive) throws Exception {
    var packed = Child.run(folder, ("pipe in " + pack + " " + archive).split(" "));
    assertThat(packed.code()).as(packed.err()).isZero();
    Child.run(folder, ("pipe " + archive + " " + unpack + " out").split(" ")).quietly();
    assertThat(look("out")).isEqualTo(look("in"));
  }

  @Test
  void theToolsReadIt() throws Exception {
    Child.run(folder, "pipe", "in", "tar", "gzip", "./out.tgz").quietly();
    Child.run(folder, "pipe", "in/", "zip", "./out.zip").quietly();
    tool("mkdir t z; tar -C t -xpzf out.tgz; unzip -q out.zip -d z");
    assertThat(look("t")).isEqualTo(look("in"));
    assertThat(look("z")).isEqualTo(look("in"));
  }

  @Test
  void itReadsThoseOfTheTools() throws Exception {
    tool("tar -C in -czf tools.tgz .; cd in; zip -qry ../tools.zip .");
    Child.run(folder, "pipe", "tools.tgz", "decompress", "untar", "t").quietly();
    Child.run(folder, "pipe", "tools.zip", "unzip", "z/").quietly();
    assertThat(look("t")).isEqualTo(look("in"));
    assertThat(look("z")).isEqualTo(look("in"));
  }

  @Test
  void itPacksIntoAPipeAndUnpacksFromOne() throws Exception {
    var ended = Child.runBash(folder, "highwater pipe in tar - | tar t && tar -C in -c . | highwater pipe untar out");
    assertThat(ended.code()).isZero();
    assertThat(ended.outText().lines()).containsExactly("a/", "a/empty/", "a/noise", "grün.txt", "link");
    assertThat(look("out")).isEqualTo(look("in"));
  }

  @Test
  void aSinkThatIsAFolderGetsTheSourcesName() throws Exception {
    Files.createDirectory(folder.resolve("backups"));
    Child.run(folder, "pipe", "in", "tar", "gzip", "backups/").quietly();
    assertThat(folder.resolve("backups/in.tar.gz")).exists();
    Child.run(folder.resolve("in"), "pipe", ".", "zip", "../backups/").quietly();
    assertThat(folder.resolve("backups/in.zip")).exists();
  }

  @Test
  void whatIsThereIsRefusedOrReplaced() throws Exception {
    Child.run(folder, "pipe", "in", "tar", "./out.tar").quietly();
    Files.createDirectory(folder.resolve("out"));
    Files.writeString(folder.resolve("out/grün.txt"), "mine");
    Files.writeString(folder.resolve("out/other"), "mine too");
    var before = look("out");
    assertThat(Child.run(folder, "pipe", "out.tar", "untar", "out").failedWith(ExitCode.REFUSED))
        .contains("grün.txt: a file of this name exists", "out is as it was", "--force replaces it");
    assertThat(look("out")).isEqualTo(before);
    Child.run(folder, "pipe", "out.tar", "untar", "out", "--force").quietly();
    assertThat(folder.resolve("out/other")).hasContent("mine too");
    Files.delete(folder.resolve("out/other"));
    assertThat(look("out")).isEqualTo(look("in"));
  }

  @ParameterizedTest
  @CsvSource({"false, there is no out", "true, out is as it was"})
  void aSignalLeavesNothing(boolean isThere, String said) throws Exception {
    if (isThere) {
      Files.createDirectory(folder.resolve("out"));
      Files.writeString(folder.resolve("out/other"), "mine");
    }
    tool("tar -C in -cf in.tar .");
    var whole = Files.readAllBytes(folder.resolve("in.tar"));
    Files.delete(folder.resolve("in.tar"));
    try (var child = Child.start(folder, "pipe", "untar", "out")) {
      child.write(Arrays.copyOf(whole, 200_000));
      child.signal("INT");
      var ended = child.ended();
      assertThat(ended.err()).matches("highwater: interrupted after [0-9.]+ [KM]?i?B; " + said + "\n");
      assertThat(ended.code()).isEqualTo(130);
    }
    if (isThere) assertThat(look("out")).isEqualTo(lookOf("other"));
    else assertThat(names()).containsExactly("in");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAKilledRunLeavesIsNamedByTheNext(boolean isThere) throws Exception {
    if (isThere) Files.createDirectory(folder.resolve("out"));
    var place = isThere ? folder.resolve("out") : folder;
    tool("tar -C in -cf in.tar .");
    Path left;
    try (var child = Child.start(folder, "pipe", "untar", "out")) {
      child.write(Arrays.copyOf(Files.readAllBytes(folder.resolve("in.tar")), 200_000));
      var made = place.resolve(".out.highwater-" + child.pid());
      Remains.await("the folder", () -> Files.exists(made));
      left = made;
      // Another run meanwhile: what is being written is no leftover.
      if (isThere) Child.run(folder, "pipe", "in.tar", "untar", "out").quietly();
      child.signal("KILL");
      assertThat(child.ended().code()).isEqualTo(137);
    }
    assertThat(left).isDirectory();
    var next = Child.run(folder, "pipe", "in.tar", "untar", "out", "--force");
    assertThat(next.code()).as(next.err()).isZero();
    assertThat(next.err()).isEqualTo("highwater: a killed run left " + shown(left) + ": rm -r removes it\n");
    assertThat(left).isDirectory();
    Child.run(folder, "pipe", "in.tar", "untar", "out", "--force", "--quiet").quietly();
    tool("rm -r " + shown(left));
    Child.run(folder, "pipe", "in.tar", "untar", "out", "--force").quietly();
    assertThat(look("out")).isEqualTo(look("in"));
  }

  private String shown(Path path) {
    return folder.relativize(path).toString();
  }

  private String lookOf(String name) throws IOException {
    var alone = Files.createDirectory(folder.resolve("alone"));
    Files.copy(folder.resolve("out").resolve(name), alone.resolve(name));
    return look("alone");
  }

  @Test
  void aFailureLeavesNothing() throws Exception {
    Child.run(folder, "pipe", "in", "tar", "gzip", "./out.tgz").quietly();
    tool("head -c 100000 out.tgz > cut.tgz; rm out.tgz");
    assertThat(Child.run(folder, "pipe", "cut.tgz", "gunzip", "untar", "out").failedWith(ExitCode.FAILED))
        .contains("unexpected end of input");
    assertThat(names()).containsExactly("cut.tgz", "in");
  }

  @Test
  void anArchiveThatLeadsOutIsRefusedInOneLine() throws Exception {
    tool("mkdir x; echo harm > victim; cd x; tar -Pcf ../evil.tar ../victim; rm ../victim");
    assertThat(Child.run(folder, "pipe", "evil.tar", "untar", "out").failedWith(ExitCode.FAILED))
        .isEqualTo(
            "cannot unpack into out: ../victim: its name leads out of the folder, by .. (expected: names without ..;"
                + " there is no out)");
    assertThat(names()).containsExactly("evil.tar", "in", "x");
  }

  @Test
  void aFolderIsNotPackedIntoItself() throws Exception {
    assertThat(Child.run(folder, "pipe", "in", "tar", "in/out.tar").failedWith(ExitCode.REFUSED))
        .isEqualTo("in/out.tar lies in in, which is packed (expected: a sink outside it)");
    assertThat(folder.resolve("in/out.tar")).doesNotExist();
  }

  @Test
  void whatIsNoFolderIsRefused() throws Exception {
    assertThat(Child.run(folder, "pipe", "in/grün.txt", "tar", "./o.tar").failedWith(ExitCode.FAILED))
        .contains("cannot read in/grün.txt: it is no folder");
    assertThat(Child.run(folder, "pipe", "nowhere", "tar", "./o.tar").failedWith(ExitCode.FAILED))
        .isEqualTo("cannot read nowhere: no such file (expected: a folder to pack; check its name)");
    Child.run(folder, "pipe", "in", "tar", "./o.tar").quietly();
    assertThat(Child.run(folder, "pipe", "o.tar", "untar", "in/grün.txt").failedWith(ExitCode.REFUSED))
        .contains("in/grün.txt is no folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in tar out.tar --mark 1MiB | --mark says nothing here",
        "in gzip tar out.tar | tar packs a folder",
        "in in tar out.tar | tar packs a folder",
        "tar out.tar | tar packs a folder",
        "in.tar untar | untar unpacks into a folder",
        "in.tar untar gzip ./out | untar unpacks into a folder",
        "in.tar untar - | untar unpacks into a folder",
        "in.tar untar out --append | --append says nothing here",
        "in.tar untar out --sync | --sync says nothing here",
        "in tar out.tar --follow | --follow says nothing here",
        "in in zip out.zip | as in highwater pipe FOLDER zip ./OUT.zip)",
        "in.zip unzip - | as in highwater pipe IN.zip unzip FOLDER)",
        "in tar:9 out.tar | tar has no value",
        "in zip:x out.zip | level 'x'",
        "in zip:11 out.zip | level: 11 (expected: 0 to 9)",
        "in tar,entries=2 out.tar | entries (expected: names=…",
        "in.tar untar,entries=0 out | entries: 0 (expected: 1 or more)"
      })
  void wordsThatMakeNoSense(String words, String expected) {
    assertThat(Child.run(folder, ("pipe " + words).split(" ")).failedWith(ExitCode.USAGE)).contains(expected);
  }

  @Test
  void thePlanSaysWhatItHolds() {
    var packed = Child.run(folder, "pipe", "in", "zip", "./o.zip", "--explain").quietly().outText();
    assertThat(packed).contains("names 16 MiB", "zip directory").doesNotContain("unknown");
    var unpacked = Child.run(folder, "pipe", "o.zip", "unzip", "out", "--explain").quietly().outText();
    assertThat(unpacked).contains("zip index 262,144 × 24", "names 16 MiB").doesNotContain("unknown");
  }

  @Test
  void whatIsLeftOutIsSaid() throws Exception {
    tool("mkfifo in/fifo");
    var ended = Child.run(folder, "pipe", "in", "tar", "./o.tar");
    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEqualTo("highwater: in/fifo is left out: it is no file, folder or link\n");
    assertThat(Files.exists(folder.resolve("o.tar"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void aSignalLeavesNothing() throws Exception {
    tool("tar -C in -c . > in.tar");
    try (var child = Child.start(folder, "pipe", "untar", "out")) {
      // More than a pipe holds, so it has begun.
      child.write(Arrays.copyOf(Files.readAllBytes(folder.resolve("in.tar")), 200_000));
      child.signal("TERM");
      assertThat(child.ended().code()).isEqualTo(ExitCode.TERMINATED.number);
    }
    assertThat(names()).containsExactly("in", "in.tar");
  }
}
