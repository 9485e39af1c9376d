package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files as the ends of pipelines and as streams.
@Timeout(60)
class FilePipelineTest {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  @Test
  void aPipelineCopiesAFile() throws Exception {
    var bytes = Bytes.random(3_000_000);
    var source = Files.write(directory.resolve("in"), bytes);
    var target = directory.resolve("out");
    var pipeline = Pipeline.from(FileStreams.read(source)).to(FileStreams.write(target));
    for (int run = 0; run < 3; run++) {
      pipeline.run();
      assertThat(target).hasBinaryContent(bytes);
    }
  }

  @Test
  void aPipelineCopiesFromOneFifoToAnother() throws Exception {
    var from = Traces.fifo(directory.resolve("from"));
    var to = Traces.fifo(directory.resolve("to"));
    var bytes = Bytes.random(1_000_000);
    var source = Files.write(directory.resolve("in"), bytes);
    var copy = directory.resolve("copy");
    var writer = new ProcessBuilder("sh", "-c", "cat '" + source + "' > '" + from + "'").start();
    var reader = new ProcessBuilder("sh", "-c", "cat '" + to + "' > '" + copy + "'").start();
    Pipeline.from(FileStreams.read(from)).to(FileStreams.write(to)).run();
    assertThat(writer.waitFor()).isZero();
    assertThat(reader.waitFor()).isZero();
    assertThat(copy).hasBinaryContent(bytes);
  }

  @Test
  void aPipelineNamesTheEndThatFailed() throws Exception {
    var target = Files.writeString(directory.resolve("out"), "old");
    var missing = directory.resolve("none");
    assertThatThrownBy(() -> Pipeline.from(FileStreams.read(missing)).to(FileStreams.write(target)).run())
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("cannot read " + missing + ": no such file");
    assertThat(target).hasContent("old");
    assertThatThrownBy(() -> Pipeline.from(FileStreams.read(target)).to(FileStreams.write(target).append()).run())
        .hasMessageContaining(": the same pipeline ");
    assertThat(target).hasContent("old");
  }

  @Test
  void aPipelineThatIsCancelledWhileItWaitsForAFifoLeavesNothing() throws Exception {
    var from = Traces.fifo(directory.resolve("from"));
    var run = Pipeline.from(FileStreams.read(from)).to(FileStreams.write(directory.resolve("out"))).start();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(Traces.names(directory)).containsExactly("from");
  }

  @Test
  void filesAreStreamsToo() throws Exception {
    var bytes = Bytes.random(1_000_000);
    var first = Files.write(directory.resolve("first"), bytes);
    var second = Files.writeString(directory.resolve("second"), "end");
    var target = directory.resolve("out");
    Strand.run(
        () -> {
          var source = Concat.of(List.of(FileStreams.read(first).chunk(1000), FileStreams.read(second))).open();
          source.pipe(FileStreams.write(target).open());
        });
    assertThat(target).hasSize(1_000_003);
    var text = Files.readAllBytes(target);
    assertThat(new String(text, 1_000_000, 3, UTF_8)).isEqualTo("end");
  }

  @Test
  void aStreamThatIsDestroyedLeavesTheOldFile() throws Exception {
    var target = Files.writeString(directory.resolve("out"), "old");
    Strand.run(
        () -> {
          var stream = FileStreams.write(target).open();
          var _ = stream.write(ByteBuffer.wrap("new".getBytes(UTF_8)), _ -> stream.destroy());
        });
    assertThat(target).hasContent("old");
  }
}
