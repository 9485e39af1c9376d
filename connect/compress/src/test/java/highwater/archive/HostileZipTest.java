package highwater.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.archive.Hostile.ZipBytes;
import highwater.archive.Hostile.ZipEntryBytes;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Zips made to do harm: each is refused with one line, and neither the folder nor what lies around it has changed.
class HostileZipTest {
  @TempDir Path temporary;
  private Path around;
  private Path target;

  @BeforeEach
  void makeSurroundings() throws IOException {
    around = Files.createDirectory(temporary.resolve("around"));
    Files.writeString(around.resolve("victim"), "as it was");
    target = around.resolve("target");
  }

  private static Arguments zip(String what, String expected, Consumer<ZipBytes> making) {
    var zip = new ZipBytes();
    zip.add("first", "the first of all");
    making.accept(zip);
    return Arguments.of(what, zip.bytes(), expected);
  }

  private static Arguments entry(String what, String expected, Consumer<ZipEntryBytes> making) {
    return zip(what, expected, zip -> making.accept(zip.add("name", "some content, some content")));
  }

  static Stream<Arguments> zips() {
    return Stream.of(
        entry("another name in the directory", "the directory lies: it has other", e -> e.nameInDirectory = "other"),
        entry("another size", "the directory lies: it has name", e -> e.sizeShift = 1),
        entry("another compressed size", "the directory lies: it has name", e -> e.compressedShift = 1),
        entry("another CRC", "the directory lies: it has name", e -> e.crcShift = 1),
        entry("another place", "the directory lies: it has name at byte", e -> e.offsetShift = 1),
        entry("the place of another", "the directory lies: it has name at byte", e -> e.offsetShift = -52),
        entry("an entry the directory has not", "the directory lies: it has 1 entries", e -> e.inDirectory = false),
        entry("an entry the archive has not", "the directory lies: it has name", e -> e.inArchive = false),
        zip("a count too large", "its end says 2 entries, and it has 1", z -> z.countShift = 1),
        zip("a count too small", "its end says 0 entries, and it has 1", z -> z.countShift = -1),
        zip("a directory elsewhere", "the directory lies: its end says", z -> z.directoryOffsetShift = 1),
        zip("a directory of another size", "the directory lies: its end says", z -> z.directorySizeShift = -1),
        zip(
            "entries that overlap",
            "the directory lies: it has kernel",
            z -> {
              // As in Fifield's bomb: many names for one body.
              for (int i = 0; i < 5; i++) {
                var again = z.add("kernel" + i, "the first of all");
                again.inArchive = false;
                again.offsetShift = -100;
              }
            }),
        zip(
            "one entry twice in the directory",
            "the directory lies: it has first at byte 0",
            z -> {
              var again = z.add("first", "the first of all");
              again.inArchive = false;
              again.offsetShift = -z.entries.getFirst().content.length - 30 - 5 - 2;
            }),
        zip("something behind", "the input goes on", z -> z.behind = new byte[] {1}),
        zip("something before", "not in zip format", z -> z.before = "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8)),
        entry("a wrong CRC", "does not match its CRC-32", e -> e.localCrcShift = 1),
        entry("a size too small", "is said to have 25 bytes", e -> e.localSizeShift = -1),
        entry("a size too large", "is said to have 27 bytes", e -> e.localSizeShift = 1),
        entry("encrypted", "name is encrypted", e -> e.flags = 1),
        entry("another method", "compressed by method 14", e -> e.method = 14),
        entry(
            "stored without a length",
            "nobody can know where it ends",
            e -> {
              e.method = 0;
              e.flags = 8;
            }),
        entry("a device", "neither a file nor a folder nor a link", e -> e.mode = 0_020666),
        entry("a folder that is a file", "or not what its name says", e -> e.mode = 0_040755),
        entry("the parent", "leads out of the folder", e -> e.name = "../victim"),
        entry("the root", "begins at the root", e -> e.name = "/tmp/victim"),
        entry("10,000 characters", "its name has 10,000 bytes", e -> e.name = "x".repeat(10_000)),
        entry("the same name twice", "something of this name came before", e -> e.name = "first"),
        link("a link out", "outside the folder", "../victim"),
        link("a link to the root", "from the root", "/etc/passwd"),
        link("a link up again", "goes up again", "a/../../victim"),
        link("a long link", "a link without a path it leads to", "x".repeat(5000)),
        entry("a name with a zero byte", "a zero byte", e -> e.name = "na\0me"),
        entry("another name in a field", "the directory lies", e -> e.localExtra = unicodeName("name", "hidden")));
  }

  private static Arguments link(String what, String expected, String target) {
    return entry(
        what,
        expected,
        e -> {
          e.content = target.getBytes(StandardCharsets.UTF_8);
          e.mode = 0_120777;
        });
  }

  private static byte[] unicodeName(String of, String name) {
    var crc = new java.util.zip.CRC32();
    crc.update(of.getBytes(StandardCharsets.UTF_8));
    var field = java.nio.ByteBuffer.allocate(9 + name.length()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    field.putShort((short) 0x7075).putShort((short) (5 + name.length())).put((byte) 1).putInt((int) crc.getValue());
    return field.put(name.getBytes(StandardCharsets.UTF_8)).array();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("zips")
  void itIsRefusedAndNothingHasChanged(String what, byte[] zip, String expected) {
    assertRefused(zip, expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("zips")
  void itIsRefusedInAFolderThatIsThere(String what, byte[] zip, String expected) throws IOException {
    Files.createDirectory(target);
    Files.writeString(target.resolve("kept"), "kept");
    assertRefused(zip, expected);
  }

  private void assertRefused(byte[] zip, String expected) {
    var before = Trees.look(temporary, false);
    var failure = catchThrowable(() -> Trees.unpack(zip, Zip.unpack(target)));
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(failure.getCause().getMessage()).contains(expected, "(expected: ").doesNotContain("\n");
    assertThat(failure.getCause().getMessage().length()).isLessThan(400);
    assertThat(Trees.look(temporary, false)).isEqualTo(before);
  }

  @Test
  void aZipThatIsHonestIsUnpacked() throws IOException {
    var zip = new ZipBytes();
    zip.add("first", "the first of all");
    var link = zip.add("link", "first");
    link.mode = 0_120777;
    var script = zip.add("script", "#!/bin/sh");
    script.mode = 0_100755;
    script.method = ZipFields.STORED;
    Trees.unpack(zip.bytes(), Zip.unpack(target));
    assertThat(target.resolve("link")).isSymbolicLink().hasContent("the first of all");
    assertThat(Files.isExecutable(target.resolve("script"))).isTrue();
  }

  @Test
  void aModeThatItsWriterDidNotKnowIsNone() throws IOException {
    var zip = new ZipBytes();
    // As in many a jar that old builds of Maven made.
    zip.add("META-INF/", "").mode = 0xFFFF;
    zip.add("META-INF/file", "content").mode = 0xFFFF;
    zip.entries.forEach(entry -> entry.method = ZipFields.STORED);
    Trees.unpack(zip.bytes(), Zip.unpack(target));
    assertThat(target.resolve("META-INF/file")).hasContent("content");
    assertThat(Files.isExecutable(target.resolve("META-INF/file"))).isFalse();
  }

  @Test
  void aZipThatIsCutShortIsNoEnd() {
    var zip = new ZipBytes();
    zip.add("a", "content ".repeat(30));
    zip.add("b", "");
    var whole = zip.bytes();
    for (int bytes = 0; bytes < whole.length; bytes++) {
      assertRefused(
          Arrays.copyOf(whole, bytes),
          bytes == 0 ? "the input is empty" : bytes < 4 ? "not in zip format" : "unexpected end of input");
    }
  }

  @Test
  void aBombIsRefused() {
    var zip = new ZipBytes();
    zip.add("bomb", "0".repeat(5_000_000));
    var before = Trees.look(temporary, false);
    var limit = highwater.codec.ExpansionLimit.DEFAULT.ratioFrom(1 << 20).ratioAtMost(100);
    var into = Folder.write(target).unpackedBy(Zip.entries().limit(limit));
    assertThat(catchThrowable(() -> Trees.unpack(zip.bytes(), into))).hasMessageContaining("unzip,ratio=");
    assertThat(Trees.look(temporary, false)).isEqualTo(before);
  }
}
