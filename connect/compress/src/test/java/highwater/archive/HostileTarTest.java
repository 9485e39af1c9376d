package highwater.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.archive.Hostile.TarBytes;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Archives made to do harm: each is refused with one line, and neither the folder nor what lies around it has changed.
class HostileTarTest {
  private static final String LONG = "l".repeat(100) + "/";

  @TempDir Path temporary;
  private Path around;
  private Path target;

  /// A folder beside the target with what an archive would like to reach, and its look.
  @BeforeEach
  void makeSurroundings() throws IOException {
    around = Files.createDirectory(temporary.resolve("around"));
    Files.createDirectories(around.resolve("secret"));
    Files.writeString(around.resolve("secret/file"), "secret");
    Files.writeString(around.resolve("victim"), "as it was");
    target = around.resolve("target");
  }

  static Stream<Arguments> archives() {
    return Stream.of(
        Arguments.of("the parent", new TarBytes().file("../victim", "x"), "leads out of the folder"),
        Arguments.of("the parent within", new TarBytes().file("a/../../victim", "x"), "leads out of the folder"),
        Arguments.of("the parent as the last", new TarBytes().folder("a/.."), "leads out of the folder"),
        Arguments.of("the root", new TarBytes().file("/tmp/victim", "x"), "begins at the root"),
        Arguments.of("the root twice", new TarBytes().file("//tmp/victim", "x"), "begins at the root"),
        Arguments.of("a link to the parent", new TarBytes().link("l", "../secret"), "outside the folder"),
        Arguments.of(
            "a link to the parent from within", new TarBytes().link("a/l", "../../secret"), "outside the folder"),
        Arguments.of("a link to the root", new TarBytes().link("l", "/etc"), "from the root"),
        Arguments.of(
            "a file through a link", new TarBytes().folder("d").link("l", "d").file("l/x", "x"), "through the link l"),
        Arguments.of(
            "a folder through a link", new TarBytes().folder("d").link("l", "d").folder("l/x"), "through the link l"),
        Arguments.of(
            "a link through a link", new TarBytes().folder("d").link("l", "d").link("l/x", "y"), "through the link l"),
        Arguments.of("a link as a folder", new TarBytes().folder("d").link("l", "d").folder("l"), "through the link l"),
        Arguments.of(
            "a file onto a link", new TarBytes().link("l", "x").file("l", "x"), "something of this name came before"),
        Arguments.of(
            "a link onto a folder", new TarBytes().folder("d").link("d", "x"), "something of this name came before"),
        Arguments.of(
            "a chain of links",
            new TarBytes().folder("a/b").link("a/b/root", "../..").link("out", "a/b/root/../secret"),
            "goes up again"),
        Arguments.of("a link to nothing", new TarBytes().link("l", ""), "a path of 0 bytes"),
        Arguments.of("a long link", new TarBytes().link("l", "x/".repeat(5000)), "a path of 10,000 bytes"),
        Arguments.of("a hard link to the parent", new TarBytes().hardLink("h", "../victim"), "leads out of the folder"),
        Arguments.of("a hard link to the root", new TarBytes().hardLink("h", "/etc/passwd"), "from the root"),
        Arguments.of("a hard link to nothing", new TarBytes().hardLink("h", "victim"), "no file of this archive"),
        Arguments.of(
            "a hard link to a link", new TarBytes().link("l", "x").hardLink("h", "l"), "no file of this archive"),
        Arguments.of(
            "a hard link through a link",
            new TarBytes().folder("d").file("d/f", "x").link("l", "d").hardLink("h", "l/f"),
            "through no folder"),
        Arguments.of("a device", new TarBytes().entry('3', "null", "", new byte[0]), "it is a device"),
        Arguments.of("a block device", new TarBytes().entry('4', "sda", "", new byte[0]), "it is a device"),
        Arguments.of("a FIFO", new TarBytes().entry('6', "fifo", "", new byte[0]), "it is a FIFO"),
        Arguments.of("10,000 characters", new TarBytes().file(LONG.repeat(99) + "f", "x"), "its name has 10,000 bytes"),
        Arguments.of(
            "a path that is too long with the folder before it",
            new TarBytes().folder(("l".repeat(90) + "/").repeat(44) + "f".repeat(80)),
            "file name too long (expected: at most 255 bytes"),
        Arguments.of("a long part", new TarBytes().file("p".repeat(300), "x"), "a part of its name is too long"),
        Arguments.of("a deep path", new TarBytes().file("d/".repeat(300) + "f", "x"), "256 folders deep"),
        Arguments.of("the same name twice", new TarBytes().file("f", "1").file("f", "2"), "of this name came before"),
        Arguments.of(
            "the same name otherwise", new TarBytes().file("f", "1").file("./f", "2"), "of this name came before"),
        Arguments.of("a file as a folder", new TarBytes().file("f", "1").file("f/g", "2"), "f is no folder"),
        Arguments.of("the folder itself", new TarBytes().file("./.", "1"), "the place of the folder itself"),
        Arguments.of("a link with a body", new TarBytes().entry('2', "l", "x", new byte[9]), "has a body of 9 bytes"),
        Arguments.of("a folder with a body", new TarBytes().entry('5', "d/", "", new byte[9]), "has a body of 9 bytes"),
        Arguments.of("a type of its own", new TarBytes().entry('Z', "z", "", new byte[0]), "is of type Z"),
        Arguments.of("a name with a zero byte", pax("path", "f\0g"), "a zero byte"),
        Arguments.of("a size below zero", pax("size", "-5"), "a size of -5"),
        Arguments.of("a size that is none", pax("size", "1e3"), "a size of 1e3"),
        Arguments.of("an endless time", pax("mtime", "1e999999999"), "which is none"),
        Arguments.of("a time no calendar has", time(1L << 62), "the time 4611686018427387904, which is none"),
        Arguments.of("a time before all calendars", time(-1L << 62), "the time -4611686018427387904, which is none"),
        Arguments.of(
            "a record that is too long", new TarBytes().pax("99 path=x\n").file("f", ""), "whose length is wrong"),
        Arguments.of("a huge header", new TarBytes().header('x', "pax", "", 1L << 40), "a header of 1,099,511,627,776"),
        Arguments.of(
            "a name for all",
            new TarBytes()
                .entry('g', "g", "", Hostile.record("path", "x").getBytes(StandardCharsets.UTF_8))
                .file("f", ""),
            "a path for all entries"),
        Arguments.of("a control character", new TarBytes().file("../a\nb\u001b[2J", "x"), "../a\\x0ab\\x1b[2J"));
  }

  private static TarBytes time(long seconds) {
    var block = TarHeader.of('0', 0644, 0, 0);
    block[0] = 'f';
    org.apache.commons.compress.archivers.tar.TarUtils.formatLongOctalOrBinaryBytes(
        seconds, block, TarHeader.TIME, TarHeader.NUMBER_BYTES);
    return new TarBytes().raw(TarHeader.summed(block));
  }

  private static TarBytes pax(String key, String value) {
    return new TarBytes().pax(Hostile.record(key, value)).file("f", "");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void itIsRefusedAndNothingHasChanged(String what, TarBytes archive, String expected) {
    assertRefused(new TarBytes().file("before", "1").raw(archive.unended()).end(), expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void itIsRefusedInAFolderThatIsThere(String what, TarBytes archive, String expected) throws IOException {
    Files.createDirectories(target.resolve("kept too"));
    Files.writeString(target.resolve("kept"), "kept");
    assertRefused(new TarBytes().file("before", "1").raw(archive.unended()).end(), expected);
  }

  private void assertRefused(byte[] archive, String expected) {
    var before = Trees.look(temporary, false);
    var failure = catchThrowable(() -> Trees.unpack(archive, Tar.unpack(target)));
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(failure.getCause()).isInstanceOf(IOException.class);
    assertThat(failure.getCause().getMessage()).contains(expected, "(expected: ").doesNotContain("\n");
    assertThat(failure.getCause().getMessage().length()).isLessThan(400);
    assertThat(Trees.look(temporary, false)).isEqualTo(before);
  }

  @Test
  void aLinkThatWasThereIsNotFollowed() throws IOException {
    Files.createDirectory(target);
    Files.createSymbolicLink(target.resolve("l"), around.resolve("secret"));
    assertRefused(new TarBytes().file("l/file", "x").end(), "l is there already, and is no folder");
    assertRefused(new TarBytes().folder("l").end(), "l is there already, and is no folder");
  }

  @Test
  void aLinkThatWasThereIsReplacedAndNotFollowed() throws IOException {
    Files.createDirectory(target);
    Files.createSymbolicLink(target.resolve("l"), around.resolve("victim"));
    Trees.unpack(new TarBytes().file("l", "new").end(), Folder.write(target).replacing().unpackedBy(Tar.entries()));
    assertThat(target.resolve("l")).isRegularFile().hasContent("new");
    assertThat(around.resolve("victim")).hasContent("as it was");
  }

  @Test
  void linksWithinAreKept() throws IOException {
    var archive = new TarBytes().file("a/b/f", "x").link("a/b/up", "../b/f").link("a/l", "b").link("to/a", "../a/l");
    Trees.unpack(archive.end(), Tar.unpack(target));
    assertThat(target.resolve("a/b/up")).hasContent("x");
    assertThat(target.resolve("to/a/f")).hasContent("x");
  }

  @Test
  void bitsForOtherIdentitiesAreDropped() throws IOException {
    var block = TarHeader.of('0', 06755, 0, 0);
    block[0] = 'f';
    Trees.unpack(new TarBytes().raw(TarHeader.summed(block)).end(), Tar.unpack(target));
    assertThat((int) Files.getAttribute(target.resolve("f"), "unix:mode") & 07777).isEqualTo(0755);
  }

  @Test
  void anArchiveWithoutItsEndIsNoEnd() {
    var whole = new TarBytes().file("a", "a".repeat(700)).file("b", "b").end();
    // Cut anywhere, also between two entries, where GNU tar sees nothing wrong.
    for (int bytes = 0;
        bytes < whole.length;
        bytes += bytes % 512 == 0 ? 1 : 511 - bytes % 512 == 0 ? 1 : 511 - bytes % 512) {
      assertRefused(
          Arrays.copyOf(whole, bytes),
          bytes == 0 ? "the input is empty" : bytes < 512 ? "not in tar format" : "unexpected end of input");
    }
  }

  @Test
  void aHeaderThatIsDamagedIsFound() {
    var whole = new TarBytes().file("a", "a").file("b", "b").end();
    whole[1024] ^= 1;
    assertRefused(whole, "a header whose checksum does not match");
    assertRefused(
        "this is no tar, but text that is long enough\n".repeat(50).getBytes(StandardCharsets.UTF_8),
        "not in tar format");
  }

  @Test
  void whatFollowsTheEndIsRefused() {
    assertRefused(new TarBytes().file("a", "a").raw(new byte[1024]).file("b", "b").end(), "the input goes on");
    assertRefused(new TarBytes().file("a", "a").raw(new byte[512]).file("b", "b").end(), "one block of zeros");
  }

  @Test
  void moreEntriesThanAllowedAreRefused() {
    var archive = new TarBytes();
    for (int i = 0; i < 11; i++) archive.file("f" + i, "x");
    var before = Trees.look(temporary, false);
    var into = Folder.write(target).unpackedBy(Tar.entries().entriesAtMost(10));
    assertThat(catchThrowable(() -> Trees.unpack(archive.end(), into)))
        .hasMessageContaining("more than 10 entries, f10 is one too many");
    assertThat(Trees.look(temporary, false)).isEqualTo(before);
  }

  @Test
  void aSparseBombIsRefused() throws IOException {
    var block = TarHeader.of('S', 0644, 0, 0);
    block[0] = 'f';
    org.apache.commons.compress.archivers.tar.TarUtils.formatLongOctalOrBinaryBytes(
        1L << 50, block, TarHeader.SPARSE_SIZE, TarHeader.NUMBER_BYTES);
    var archive = new TarBytes().raw(TarHeader.summed(block)).end();
    var before = Trees.look(temporary, false);
    var into = Folder.write(target).unpackedBy(Tar.entries().outputAtMost(1 << 20));
    assertThat(catchThrowable(() -> Trees.unpack(archive, into))).hasMessageContaining("at most 1,048,576 bytes out");
    assertThat(Trees.look(temporary, false)).isEqualTo(before);
  }

  @Test
  void moreNamesOfFoldersThanAllowedAreRefused() {
    var archive = new TarBytes();
    for (int i = 0; i < 100; i++) archive.folder("folder" + i);
    var before = Trees.look(temporary, false);
    var into = Folder.write(target).namesAtMost(2000).unpackedBy(Tar.entries());
    assertThat(catchThrowable(() -> Trees.unpack(archive.end(), into))).hasMessageContaining("names=SIZE");
    assertThat(Trees.look(temporary, false)).isEqualTo(before);
  }
}
