package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Misuse;
import highwater.Registration;
import highwater.contract.Remains;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Views of a run that are dropped while it goes on: found by the misuse detector while it tracks.
@Timeout(90)
class DroppedViewsTest {
  private final Misuse.Mode before = Misuse.mode();
  private final boolean trackedBefore = Misuse.isTracking();
  private final ConcurrentLinkedQueue<Misuse.Finding> found = new ConcurrentLinkedQueue<>();
  // What other tests have dropped may be found meanwhile.
  private final Registration handler =
      Misuse.handle(
          finding -> {
            if (finding.kind() == Misuse.Kind.DROPPED) found.add(finding);
          });

  @TempDir Path dir;

  @BeforeEach
  void track() {
    Misuse.forget();
    Misuse.use(Misuse.Mode.THROW, true);
  }

  @AfterEach
  void leaveItAsItWas() {
    Misuse.use(before, trackedBefore);
    handler.remove();
    Misuse.forget();
    // Nobody else can end them any more.
    PipelineRun.running().forEach(run -> run.cancel("the test is over"));
  }

  /// More than a view takes ahead.
  private Path largeFile() throws Exception {
    return Files.write(dir.resolve("large.bin"), new byte[1 << 20]);
  }

  private Misuse.Finding awaitOne() {
    Remains.await(
        "the finding",
        () -> {
          System.gc();
          return !found.isEmpty();
        });
    return found.element();
  }

  @Test
  void anIterationIsFound() throws Exception {
    takeOne(largeFile());
    assertThat(awaitOne().kind()).isEqualTo(Misuse.Kind.DROPPED);
    assertThat(awaitOne().message())
        .matches(
            "an iteration of .*large.bin.*, made at DroppedViewsTest.java:\\d+, was dropped without being closed, and"
                + " what it holds stays open: close it, best by a try-with-resources");
  }

  private static void takeOne(Path file) {
    var iteration = Pipeline.from(FileStreams.read(file)).iterate();
    assertThat(iteration.iterator().next().hasRemaining()).isTrue();
  }

  @Test
  void anInputStreamIsFound() throws Exception {
    var input = Views.inputStream(Pipeline.from(FileStreams.read(largeFile())));
    assertThat(input.read()).isZero();
    input = null;
    assertThat(awaitOne().message()).startsWith("an input stream of ");
  }

  @Test
  void aWriterIsFound() throws Exception {
    var out = Views.outputStream(FileStreams.write(dir.resolve("out.bin")));
    out.write(7);
    out = null;
    assertThat(awaitOne().message()).startsWith("a writer to ");
  }

  @Test
  void whatWasClosedOrReadToTheEndIsNot() throws Exception {
    var file = largeFile();
    try (var early = Pipeline.from(FileStreams.read(file)).iterate()) {
      assertThat(early.iterator().next().hasRemaining()).isTrue();
    }
    for (var chunk : Pipeline.from(FileStreams.read(file)).iterate()) assertThat(chunk.hasRemaining()).isTrue();
    assertThat(Views.inputStream(Pipeline.from(FileStreams.read(file))).readAllBytes()).hasSize(1 << 20);
    try (var writer = Views.<ByteBuffer>writer(up -> up.to(FileStreams.write(dir.resolve("whole"))))) {
      assertThat(writer.put(ByteBuffer.wrap(new byte[1]))).isTrue();
      var _ = writer.finish();
    }
    // What is dropped after them is found after them.
    takeOne(file);
    assertThat(awaitOne().message()).startsWith("an iteration of ");
    System.gc();
    assertThat(found).hasSize(1);
  }
}
