package highwater.archive;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Zip beside Info-ZIP: each reads what the other wrote.
class InfoZipTest {
  @TempDir Path folder;
  private Path source;
  private Path out;

  @BeforeEach
  void makeFolders() {
    source = folder.resolve("source");
    out = folder.resolve("out");
  }

  private byte[] infoZip(String... options) throws IOException {
    var words = new ArrayList<>(List.of("zip", "-q", "-r", "-y"));
    words.addAll(List.of(options));
    words.addAll(List.of("../info.zip", "."));
    Trees.run(source, words, 0);
    return Files.readAllBytes(folder.resolve("info.zip"));
  }

  @Test
  void infoZipUnpacksWhatWePack() throws IOException {
    Trees.sample(source);
    Files.write(folder.resolve("ours.zip"), Trees.bytes(Zip.pack(source)));
    assertThat(Trees.run(folder, "unzip", "-tq", "ours.zip")).contains("No errors");
    Trees.run(folder, "unzip", "-q", "-d", "out", "ours.zip");
    assertThat(Trees.look(out, false)).isEqualTo(Trees.look(source, false));
    assertThat(Files.getLastModifiedTime(out.resolve("large")).toInstant()).isEqualTo(Trees.THEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-6", "-0", "-9", "-fz"})
  void weUnpackWhatInfoZipPacks(String option) throws IOException {
    Trees.sample(source);
    Trees.unpack(infoZip(option), Zip.unpack(out));
    assertThat(Trees.look(out, false)).isEqualTo(Trees.look(source, false));
    assertThat(Files.getLastModifiedTime(out.resolve("large")).toInstant()).isEqualTo(Trees.THEN);
    assertThat(Files.getLastModifiedTime(out.resolve("nothing in it")).toInstant()).isEqualTo(Trees.THEN);
  }

  @Test
  void weReadAZipThatWasWrittenIntoAPipe() throws IOException {
    Trees.sample(source);
    // Stored, with a length behind it, is what no reader of a stream could find the end of, and Info-ZIP writes no such
    // link.
    Trees.run(source, "find", ".", "-type", "l", "-delete");
    Trees.run(source, List.of("sh", "-c", "zip -q -r -y - . | cat > ../piped.zip"), 0);
    Trees.unpack(Files.readAllBytes(folder.resolve("piped.zip")), Zip.unpack(out));
    assertThat(Trees.look(out, false)).isEqualTo(Trees.look(source, false));
  }

  @Test
  void weReadAnEntryOfUnknownSize() throws IOException {
    Files.createDirectories(source);
    Files.writeString(source.resolve("text"), "again ".repeat(100_000));
    Trees.run(source, List.of("sh", "-c", "cat text | zip -q ../stdin.zip - "), 0);
    Trees.unpack(Files.readAllBytes(folder.resolve("stdin.zip")), Zip.unpack(out));
    assertThat(out.resolve("-")).hasSameBinaryContentAs(source.resolve("text"));
  }

  @Test
  void infoZipReadsAnEntryWhoseSizeNobodyKnewBefore() throws IOException {
    var pieces = new ArrayList<Piece>();
    pieces.add(Piece.Entry.file("unknown", -1));
    pieces.add(new Piece.Data(ByteBuffer.wrap("some data".getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    pieces.add(Piece.END);
    pieces.add(Piece.Entry.file("empty", -1));
    pieces.add(Piece.END);
    var zip = new java.io.ByteArrayOutputStream();
    Pipeline.from(Origin.fromIterable(pieces))
        .through(Zip.archive())
        .forEach(
            chunk -> {
              while (chunk.hasRemaining()) zip.write(chunk.get());
            })
        .run();
    Files.write(folder.resolve("ours.zip"), zip.toByteArray());
    assertThat(Trees.run(folder, "unzip", "-tq", "ours.zip")).contains("No errors");
    Trees.run(folder, "unzip", "-q", "-d", "out", "ours.zip");
    assertThat(out.resolve("unknown")).hasContent("some data");
    assertThat(out.resolve("empty")).isEmptyFile();
    Trees.unpack(zip.toByteArray(), Zip.unpack(folder.resolve("out2")));
    assertThat(folder.resolve("out2/unknown")).hasContent("some data");
  }

  @Test
  void anEmptyFolderIsAnEmptyZip() throws IOException {
    Files.createDirectories(source);
    var ours = Trees.bytes(Zip.pack(source));
    assertThat(ours).hasSize(22);
    Trees.unpack(ours, Zip.unpack(out));
    assertThat(out).isEmptyDirectory();
    Files.write(folder.resolve("ours.zip"), ours);
    assertThat(Trees.run(folder, List.of("unzip", "-l", "ours.zip"), 1)).contains("zipfile is empty");
  }

  /// More than 65,535 entries need zip64's end.
  @Test
  void manyEntriesBothWays() throws IOException {
    int entries = 70_000;
    var pieces = new ArrayList<Piece>();
    for (int i = 0; i < entries; i++) {
      pieces.add(Piece.Entry.file("f" + i, 0));
      pieces.add(Piece.END);
    }
    var zip = new java.io.ByteArrayOutputStream();
    Pipeline.from(Origin.fromIterable(pieces))
        .through(Zip.archive())
        .forEach(
            chunk -> {
              while (chunk.hasRemaining()) zip.write(chunk.get());
            })
        .run();
    Files.write(folder.resolve("many.zip"), zip.toByteArray());
    assertThat(Trees.run(folder, "unzip", "-tq", "many.zip")).contains("No errors");
    var read = new int[1];
    Pipeline.from(highwater.io.FileStreams.read(folder.resolve("many.zip")))
        .through(Zip.entries())
        .forEach(piece -> read[0] += piece instanceof Piece.Entry ? 1 : 0)
        .run();
    assertThat(read[0]).isEqualTo(entries);
  }
}
