package highwater.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tar beside GNU tar: each reads what the other wrote.
class GnuTarTest {
  @TempDir Path folder;
  private Path source;
  private Path out;

  @BeforeEach
  void makeFolders() throws IOException {
    source = folder.resolve("source");
    out = folder.resolve("out");
  }

  private byte[] gnu(String... options) throws IOException {
    var words = new ArrayList<>(List.of("tar", "-C", source.toString(), "-cf", folder.resolve("gnu.tar").toString()));
    words.addAll(List.of(options));
    words.add(".");
    Trees.run(folder, words, 0);
    return Files.readAllBytes(folder.resolve("gnu.tar"));
  }

  @Test
  void gnuTarUnpacksWhatWePack() throws IOException {
    Trees.sample(source);
    Files.write(folder.resolve("ours.tar"), Trees.bytes(Tar.pack(source)));
    Files.createDirectory(out);
    assertThat(Trees.run(folder, "tar", "-C", "out", "-xpf", "ours.tar")).isEmpty();
    assertThat(Trees.look(out)).isEqualTo(Trees.look(source));
  }

  @Test
  void gnuTarListsWhatWePackInOrder() throws IOException {
    for (var name : List.of("b", "a/z", "a/b", "a b")) {
      var path = source.resolve(name);
      Files.createDirectories(path.getParent());
      Files.writeString(path, name);
    }
    Files.write(folder.resolve("ours.tar"), Trees.bytes(Tar.pack(source)));
    assertThat(Trees.run(folder, "tar", "-tf", "ours.tar").lines()).containsExactly("a/", "a/b", "a/z", "a b", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "oldgnu", "posix"})
  void weUnpackWhatGnuTarPacks(String format) throws IOException {
    Trees.sample(source);
    Trees.unpack(gnu("--format=" + format), Tar.unpack(out));
    assertThat(Trees.look(out)).isEqualTo(Trees.look(source));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ustar", "v7"})
  void weUnpackTheOldFormats(String format) throws IOException {
    Files.createDirectories(source.resolve("a/b"));
    Files.writeString(source.resolve("a/b/c"), "c");
    Files.createSymbolicLink(source.resolve("a/l"), Path.of("b/c"));
    Files.createDirectories(source.resolve("p".repeat(50)));
    Trees.unpack(gnu("--format=" + format), Tar.unpack(out));
    assertThat(Trees.look(out)).isEqualTo(Trees.look(source));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=posix --sparse-version=1.0",
        "--format=posix --sparse-version=0.1",
        "--format=posix --sparse-version=0.0"
      })
  void sparseFilesAreWhole(String options) throws IOException {
    Files.createDirectories(source);
    for (int segments : new int[] {0, 1, 3, 4, 5, 30, 120}) {
      try (var file = new RandomAccessFile(source.resolve("sparse" + segments).toFile(), "rw")) {
        for (int i = 0; i < segments; i++) {
          file.seek(100_000L * i + 70_000);
          file.writeBytes("data of segment " + i);
        }
        file.setLength(100_000L * segments + 1_000_000);
      }
    }
    var words = new ArrayList<>(List.of("--sparse"));
    words.addAll(List.of(options.split(" ")));
    var archive = gnu(words.toArray(String[]::new));
    assertThat(archive.length).as("a sparse archive").isLessThan(5_000_000);
    Trees.unpack(archive, Tar.unpack(out));
    assertThat(Trees.look(out)).isEqualTo(Trees.look(source));
  }

  @Test
  void anEmptyFolderIsAnEmptyArchiveBothWays() throws IOException {
    Files.createDirectories(source);
    var ours = Trees.bytes(Tar.pack(source));
    assertThat(ours).hasSize(10_240).containsOnly(0);
    Trees.unpack(ours, Tar.unpack(out));
    assertThat(out).isEmptyDirectory();
    Trees.run(folder, "tar", "-cf", "none.tar", "-T", "/dev/null");
    Trees.unpack(Files.readAllBytes(folder.resolve("none.tar")), Tar.unpack(folder.resolve("out2")));
    assertThat(folder.resolve("out2")).isEmptyDirectory();
  }

  @Test
  void hardLinksStaySo() throws IOException {
    Files.createDirectories(source);
    Files.writeString(source.resolve("a"), "content");
    Files.createLink(source.resolve("b"), source.resolve("a"));
    Trees.unpack(gnu(), Tar.unpack(out));
    assertThat(Files.readAttributes(out.resolve("a"), "unix:ino"))
        .isEqualTo(Files.readAttributes(out.resolve("b"), "unix:ino"));
  }

  @Test
  void timesBeforeThatOfUnixAndFarAhead() throws IOException {
    Files.createDirectories(source);
    for (var time : List.of("1950-01-01T00:00:00Z", "2300-01-01T00:00:00Z")) {
      var file = Files.writeString(source.resolve("f" + time.substring(0, 4)), time);
      Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.from(Instant.parse(time)));
    }
    Trees.unpack(gnu("--format=posix"), Tar.unpack(out));
    assertThat(Trees.look(out)).isEqualTo(Trees.look(source));
    Files.write(folder.resolve("ours.tar"), Trees.bytes(Tar.pack(source)));
    Files.createDirectory(folder.resolve("theirs"));
    Trees.run(folder, "tar", "-C", "theirs", "-xpf", "ours.tar");
    assertThat(Trees.look(folder.resolve("theirs"))).isEqualTo(Trees.look(source));
  }

  @Test
  void foldersThatNobodyMayWriteGetTheirPermissionsLast() throws IOException {
    Files.createDirectories(source.resolve("closed/inner"));
    Files.writeString(source.resolve("closed/inner/f"), "f");
    for (var closed : List.of("closed/inner", "closed")) {
      Files.setPosixFilePermissions(source.resolve(closed), PosixFilePermissions.fromString("r-xr-xr-x"));
    }
    Trees.unpack(gnu(), Tar.unpack(out));
    assertThat(Trees.look(out)).isEqualTo(Trees.look(source));
  }

  /// A body of 8 GiB and more, whose size no octal field holds: the headers alone are looked at.
  @ParameterizedTest
  @ValueSource(longs = {077777777777L, 0100000000000L, 1L << 40})
  void sizesBeyondTheField(long size) throws IOException {
    Files.createDirectories(source);
    try (var file = new RandomAccessFile(source.resolve("huge").toFile(), "rw")) {
      file.setLength(size);
    } catch (IOException e) {
      assertThat(e.getMessage().toLowerCase(Locale.ROOT)).contains("large");
      return;
    }
    var theirs = folder.resolve("theirs");
    Trees.run(folder, List.of("sh", "-c", "tar -C source --format=gnu -cf - huge | head -c 512 > theirs"), 0);
    Trees.run(folder, List.of("sh", "-c", "tar -C source --format=posix -cf - huge | head -c 1536 > theirs2"), 0);
    for (var headers : List.of(theirs, folder.resolve("theirs2"))) {
      assertThat(Headers.of(Files.readAllBytes(headers)).sizeBytes()).isEqualTo(size);
    }
    var ours = Headers.written(Piece.Entry.file("huge", size));
    Files.write(folder.resolve("ours"), ours);
    assertThat(Headers.of(ours).sizeBytes()).isEqualTo(size);
    assertThat(Trees.run(folder, List.of("sh", "-c", "tar -tvf ours 2>/dev/null || true"), 0))
        .contains(" " + size + " ");
  }
}
