package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Stage;
import highwater.pipeline.Target;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The examples of README.md and docs/library.md: each block of Java there stands here too, and runs.
class LibraryTest {
  @TempDir Path dir;

  private Path file(String name) throws Exception {
    return Files.writeString(dir.resolve(name), "some text\n".repeat(50_000));
  }

  record Row(int number) {}

  private final List<Row> inserted = new ArrayList<>();

  private CompletableFuture<Void> insert(Row row) {
    return CompletableFuture.runAsync(() -> {}).thenRun(() -> inserted.add(row));
  }

  @Test
  void compressesAFile() throws Exception {
    var log = file("access.log");
    var compressed = dir.resolve("access.log.gz");
    var gzip =
        Pipeline.from(FileStreams.read(log)) // recipes: nothing is opened yet
            .through(Gzip.compress())
            .to(FileStreams.write(compressed)); // under this name only when complete
    System.out.println(gzip.explain()); // the plan, and its memory as a sum
    gzip.run(); // blocks; a failure names its stage and byte
    assertThat(compressed).isNotEmptyFile();
  }

  @Test
  void shakesHandsByHand() throws Exception {
    var from = file("from");
    var to = dir.resolve("to");
    Strand.run(
        () -> {
          var source = FileStreams.read(from).open();
          var target = FileStreams.write(to).open();
          source.onData(
              chunk -> {
                if (!target.write(chunk)) source.pause();
              });
          target.onDrain(source::resume);
          source.onEnd(target::end);
        });
    assertThat(to).hasSameBinaryContentAs(from);
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // Whoever acknowledges a chunk has said all that the future would.
  void feedsAndSinks() {
    Iterator<Row> rows = IntStream.range(0, 100).mapToObj(Row::new).iterator();
    Strand.run(
        () -> {
          var source =
              ReadableStream.<Row>from(
                  feed -> { // asked for more, and told when to stop
                    while (rows.hasNext()) if (!feed.push(rows.next())) return;
                    feed.end();
                  });
          var table = WritableStream.<Row>to((row, done) -> insert(row).whenComplete(done));
          Streams.pipeline(
              List.of(source, table),
              error -> System.out.println(error == null ? "all rows are in" : "failed: " + error));
        });
    assertThat(inserted).hasSize(100);
  }

  @Test
  void putsAStageOfItsOwnIntoAPipeline() throws Exception {
    var log = file("log");
    var out = dir.resolve("out");
    Stage<ByteBuffer, ByteBuffer> upper =
        Stage.of(
                "upper case",
                () ->
                    TransformStream.<ByteBuffer, ByteBuffer>from(
                        (chunk, output, done) -> {
                          var text = StandardCharsets.US_ASCII.decode(chunk).toString();
                          output.push(StandardCharsets.US_ASCII.encode(text.toUpperCase(java.util.Locale.ROOT)));
                          done.ok();
                        },
                        StreamOptions.bytes()))
            .outputAtMost(256 << 10);
    Pipeline.from(FileStreams.read(log)).through(upper).to(FileStreams.write(out)).run();
    assertThat(out).content().startsWith("SOME TEXT\n").hasSize(500_000);
  }

  @Test
  void keepsManyPipelinesWithinOneBudget() throws Exception {
    var files = Stream.of("a", "b", "c", "d").toList();
    for (var name : files) file(name);
    var budget = Budget.of(4 << 20);
    var runs = new ArrayList<PipelineRun>();
    for (var name : files) {
      runs.add(
          Pipeline.from(FileStreams.read(dir.resolve(name)))
              .through(Gzip.compress())
              .to(FileStreams.write(dir.resolve(name + ".gz")))
              .withBudget(budget)
              .start());
    }
    for (var run : runs) run.join();
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.peakBytes()).isLessThanOrEqualTo(budget.sizeBytes());
  }

  @Test
  void cancelsAndNamesWhatFailed() throws Exception {
    var endless = Origin.of("endless", () -> ReadableStream.<String>from(feed -> feed.push("again")));
    var nowhere =
        Target.<String>of("nowhere", () -> WritableStream.to((line, done) -> Strand.current().post(done::ok)));
    var run = Pipeline.from(endless).to(nowhere).start();
    run.cancel("the user has seen enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessageContaining("seen enough");

    var cut = Files.write(dir.resolve("cut.gz"), new byte[] {31, (byte) 139, 8, 0});
    try {
      Pipeline.from(FileStreams.read(cut)).through(Gzip.decompress()).to(FileStreams.write(dir.resolve("cut"))).run();
    } catch (PipelineException e) {
      System.out.println(e.stage() + " at byte " + e.positionBytes() + ": " + e.getCause());
    }
    assertThat(dir.resolve("cut")).doesNotExist();
  }

  @ParameterizedTest
  @SuppressWarnings("StringSplitter") // The documents end with a block or with text; both are fine.
  @ValueSource(strings = {"../README.md", "../docs/library.md"})
  void everyBlockOfJavaInTheDocumentsStandsHere(String document) throws Exception {
    var here = squeezed(Files.readString(Path.of("src/test/java/highwater/examples/LibraryTest.java")));
    var blocks = Files.readString(Path.of(document)).split("```");
    int checked = 0;
    for (int i = 1; i < blocks.length; i += 2) {
      if (!blocks[i].startsWith("java\n")) continue;
      for (var part : blocks[i].substring(5).split("\n\n")) {
        var code = part.lines().filter(line -> !line.startsWith("import ")).toList();
        assertThat(here).as(document).contains(squeezed(String.join("\n", code)));
      }
      checked++;
    }
    assertThat(checked).as("blocks of Java in " + document).isPositive();
  }

  /// Without white space: documents break lines where they like.
  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }
}
