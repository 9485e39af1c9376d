package highwater.archive;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.testkit.PullOriginContract;
import highwater.testkit.PullStageContract;
import highwater.testkit.PullTargetContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contracts of recipes over all recipes of archives and folders.
class ArchiveContractTest {
  private static final List<ByteBuffer> TAR = archived(Tar.archive());
  private static final List<ByteBuffer> ZIP = archived(Zip.archive());

  private static Piece.Data data(String text) {
    return new Piece.Data(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// As a folder gives them, so that what was written can be read again.
  private static List<Piece> pieces() {
    return List.of(
        Piece.Entry.folder("a").modified(Trees.THEN),
        Piece.END,
        Piece.Entry.file("a/empty", 0).modified(Trees.THEN),
        Piece.END,
        Piece.Entry.file("a/text", 9).modified(Trees.THEN),
        data("some text"),
        Piece.END,
        Piece.Entry.link("b", "a/text").modified(Trees.THEN),
        Piece.END);
  }

  private static List<ByteBuffer> archived(Archiver archive) {
    var chunks = new ArrayList<ByteBuffer>();
    Pipeline.from(Origin.fromIterable(pieces()))
        .through(archive)
        .forEach(chunk -> chunks.add(ByteBuffer.allocate(chunk.remaining()).put(chunk).flip()))
        .run();
    return chunks;
  }

  private static Path made(Path folder) throws IOException {
    if (Files.exists(folder)) return folder;
    Pipeline.from(Origin.fromIterable(pieces())).to(Folder.write(folder)).run();
    return folder;
  }

  private static List<Piece> read(Path folder) {
    var pieces = new ArrayList<Piece>();
    Pipeline.from(Folder.read(folder)).forEach(pieces::add).run();
    return pieces;
  }

  @Nested
  class TarOfPieces extends PullStageContract<Piece, ByteBuffer> {
    @Override
    protected PullStage<Piece, ByteBuffer> stage() {
      return Tar.archive();
    }

    @Override
    protected List<Piece> input() {
      return pieces();
    }

    @Override
    protected List<ByteBuffer> output() {
      return TAR;
    }

    @Override
    protected List<ByteBuffer> outputOfNothing() {
      return List.of(ByteBuffer.allocate(10_240));
    }
  }

  @Nested
  class ZipOfPieces extends PullStageContract<Piece, ByteBuffer> {
    @Override
    protected PullStage<Piece, ByteBuffer> stage() {
      return Zip.archive();
    }

    @Override
    protected List<Piece> input() {
      return pieces();
    }

    @Override
    protected List<ByteBuffer> output() {
      return ZIP;
    }

    @Override
    protected List<ByteBuffer> outputOfNothing() {
      var end = ByteBuffer.allocate(ZipFields.END_BYTES);
      return List.of(end.put(0, "PK\5\6".getBytes(StandardCharsets.ISO_8859_1)));
    }
  }

  @Nested
  class TarEntries extends PullStageContract<ByteBuffer, Piece> {
    @Override
    protected PullStage<ByteBuffer, Piece> stage() {
      return Tar.entries();
    }

    @Override
    protected List<ByteBuffer> input() {
      return TAR;
    }

    @Override
    protected List<Piece> output() {
      return pieces();
    }

    @Override
    protected @Nullable List<Piece> outputOfNothing() {
      return null;
    }

    /// Data may come cut otherwise, which a comparison of objects would see: [TarCutTest] cuts.
    @Override
    protected boolean mayBeCut() {
      return false;
    }
  }

  @Nested
  class OnlySome extends PullStageContract<Piece, Piece> {
    @Override
    protected PullStage<Piece, Piece> stage() {
      return Entries.only(entry -> !entry.name().equals("a/empty"));
    }

    @Override
    protected List<Piece> input() {
      return pieces();
    }

    @Override
    protected List<Piece> output() {
      var all = pieces();
      return List.of(all.subList(0, 2), all.subList(4, all.size())).stream()
          .flatMap(List::stream)
          .collect(Collectors.toList());
    }
  }

  @Nested
  class DataAlone extends PullStageContract<Piece, ByteBuffer> {
    @Override
    protected PullStage<Piece, ByteBuffer> stage() {
      return Entries.data();
    }

    @Override
    protected List<Piece> input() {
      return pieces();
    }

    @Override
    protected List<ByteBuffer> output() {
      return List.of(data("some text").bytes());
    }
  }

  @Nested
  class ReadFolder extends PullOriginContract<Piece> {
    @TempDir Path folder;

    @Override
    protected PullOrigin<Piece> origin() throws IOException {
      return Folder.read(made(folder.resolve("read")));
    }

    @Override
    protected List<Piece> content() {
      return pieces();
    }
  }

  @Nested
  class PackedFolder extends PullOriginContract<ByteBuffer> {
    @TempDir Path folder;

    @Override
    protected PullOrigin<ByteBuffer> origin() throws IOException {
      return Tar.pack(made(folder.resolve("read")));
    }

    @Override
    protected List<ByteBuffer> content() {
      return TAR;
    }
  }

  @Nested
  class WriteFolder extends PullTargetContract<Piece> {
    @TempDir Path folder;
    private int made;

    @Override
    protected PullTarget<Piece> target() {
      return Folder.write(folder.resolve("written" + ++made));
    }

    @Override
    protected List<Piece> chunks() {
      return pieces();
    }

    @Override
    protected List<Piece> received() {
      return read(folder.resolve("written" + made));
    }

    @Override
    protected void assertNotWhole() throws IOException {
      try (var left = Files.list(folder)) {
        // Those of runs that were whole before stay.
        assertNone(
            left.filter(path -> path.endsWith("written" + made) || path.toString().contains(".highwater-")).toList());
      }
    }

    private static void assertNone(List<Path> left) {
      if (!left.isEmpty()) throw new AssertionError("left: " + left);
    }

    @Override
    protected boolean usesThreads() {
      return true;
    }
  }
}
