package highwater.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// FIFOs between this process and others, as `mkfifo` makes them: both directions, peers that come late, never, or leave, and what
/// a peer sees of an abort.
@Timeout(120)
class FifoTest {
  /// What a shell answers for a program that SIGPIPE ended.
  private static final int BROKEN_PIPE = 128 + 13;

  @TempDir Path directory;
  private Path fifo = Path.of("");
  private final List<Process> peers = new ArrayList<>();

  @BeforeEach
  void make() throws Exception {
    fifo = Traces.fifo(directory.resolve("fifo"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (var peer : peers) peer.destroyForcibly();
    Traces.assertNone(directory);
  }

  /// Starts a shell in which `$fifo` is the FIFO.
  private Process peer(String script) throws IOException {
    var builder = new ProcessBuilder("sh", "-c", script).directory(directory.toFile());
    builder.environment().put("fifo", fifo.toString());
    var peer = builder.start();
    peers.add(peer);
    return peer;
  }

  private static int exitOf(Process peer) throws InterruptedException {
    assertThat(peer.waitFor(60, TimeUnit.SECONDS)).as("the end of the peer").isTrue();
    return peer.exitValue();
  }

  private static String said(Process peer) throws IOException {
    return new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void cancel(PipelineRun run) {
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessage("enough");
  }

  @Test
  void everyByteOfAWriterThatComesLateArrives() throws Exception {
    var bytes = Bytes.random(3_000_000);
    Files.write(directory.resolve("bytes"), bytes);
    var sink = new Bytes.Sink();
    var run = Pipeline.from(FileStreams.read(fifo)).to(sink).start();
    Remains.await("the wait for a writer", () -> (fifo + " to open").equals(run.report().waitsFor()));
    var writer = peer("cat bytes > \"$fifo\"");
    run.join();
    assertThat(exitOf(writer)).isZero();
    assertThat(sink.bytes.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void severalWritersAreOneSourceUntilTheLastHasClosed() throws Exception {
    var writers = peer("exec 3> \"$fifo\"; echo one > \"$fifo\"; echo two > \"$fifo\"; echo three >&3");
    var sink = new Bytes.Sink();
    Pipeline.from(FileStreams.read(fifo)).to(sink).run();
    assertThat(sink.text()).isEqualTo("one\ntwo\nthree\n");
    assertThat(exitOf(writers)).isZero();
  }

  /// The system does not tell the two apart: docs/ends.md says so.
  @Test
  void aWriterThatIsKilledLooksLikeOneThatEnds() throws Exception {
    var writer = peer("exec > \"$fifo\"; echo one; kill -KILL $$");
    var sink = new Bytes.Sink();
    Pipeline.from(FileStreams.read(fifo)).to(sink).run();
    assertThat(sink.text()).isEqualTo("one\n");
    assertThat(exitOf(writer)).isEqualTo(128 + 9);
  }

  @Test
  void aWriterThatNeverComesIsLetGoByACancel() throws Exception {
    for (int i = 0; i < 20; i++) {
      var run = Pipeline.from(FileStreams.read(fifo)).to(new Bytes.Sink()).start();
      // At each moment between the start of its thread and its wait.
      for (int spin = 0; spin < i * 20_000; spin++) Thread.onSpinWait();
      cancel(run);
    }
  }

  @Test
  void aReaderThatNeverComesIsLetGoByACancel() throws Exception {
    for (int i = 0; i < 20; i++) {
      var run = Pipeline.from(Bytes.origin("text")).to(FileStreams.write(fifo)).start();
      for (int spin = 0; spin < i * 20_000; spin++) Thread.onSpinWait();
      cancel(run);
    }
  }

  @Test
  void aWriterSeesABrokenPipeWhenItsReaderIsCancelled() throws Exception {
    var writer = peer("yes > \"$fifo\"");
    var sink = new Bytes.Sink();
    var run = Pipeline.from(FileStreams.read(fifo)).to(sink).start();
    Remains.await("bytes", () -> run.report().stages().getFirst().bytesOut() > 1_000_000);
    cancel(run);
    assertThat(exitOf(writer)).isIn(BROKEN_PIPE, 1);
  }

  @Test
  void aWriterSeesABrokenPipeWhenTheRunHasEnough() throws Exception {
    var writer = peer("yes > \"$fifo\"");
    var sink = new Bytes.Sink();
    Pipeline.from(FileStreams.read(fifo).end(99_999)).to(sink).run();
    assertThat(sink.bytes.size()).isEqualTo(100_000);
    assertThat(exitOf(writer)).isIn(BROKEN_PIPE, 1);
  }

  @Test
  void everyByteReachesAReaderThatComesLate() throws Exception {
    var bytes = Bytes.random(3_000_000);
    var run = Pipeline.from(Bytes.origin(bytes, 50_000, true)).to(FileStreams.write(fifo)).start();
    Remains.await("the wait for a reader", () -> run.report().waitsFor() != null);
    var reader = peer("cat \"$fifo\" > copy");
    run.join();
    assertThat(exitOf(reader)).isZero();
    assertThat(Files.readAllBytes(directory.resolve("copy"))).isEqualTo(bytes);
  }

  @Test
  void aReaderThatLeavesIsABrokenPipe() throws Exception {
    var reader = peer("head -c 100000 \"$fifo\" | wc -c");
    assertThatThrownBy(() -> Pipeline.from(FileStreams.read(Path.of("/dev/zero"))).to(FileStreams.write(fifo)).run())
        .isInstanceOf(PipelineException.class)
        .hasCauseInstanceOf(BrokenPipeException.class)
        .cause()
        .hasMessageMatching(
            "cannot write .*/fifo at byte [0-9]+: broken pipe \\(expected: a reader until all is written; nobody reads"
                + " the rest\\)");
    assertThat(said(reader).strip()).isEqualTo("100000");
  }

  @Test
  void aReaderThatIsKilledIsABrokenPipeToo() throws Exception {
    var reader = peer("exec < \"$fifo\"; head -c 10 > part; kill -KILL $$");
    assertThatThrownBy(() -> Pipeline.from(FileStreams.read(Path.of("/dev/zero"))).to(FileStreams.write(fifo)).run())
        .hasCauseInstanceOf(BrokenPipeException.class);
    assertThat(exitOf(reader)).isEqualTo(128 + 9);
  }

  /// It cannot see more: docs/ends.md says so.
  @Test
  void aReaderSeesAnEndWhenItsWriterIsCancelled() throws Exception {
    var reader = peer("cat \"$fifo\" | wc -c");
    var run = Pipeline.from(FileStreams.read(Path.of("/dev/zero"))).to(FileStreams.write(fifo)).start();
    Remains.await("bytes", () -> run.report().stages().getFirst().bytesOut() > 1_000_000);
    cancel(run);
    assertThat(Long.parseLong(said(reader).strip())).isGreaterThan(900_000);
    assertThat(exitOf(reader)).isZero();
  }

  @Test
  void oneRunFeedsAnotherThroughAFifo() throws Exception {
    var bytes = Bytes.random(1_000_000);
    var sink = new Bytes.Sink();
    var reading = Pipeline.from(FileStreams.read(fifo)).to(sink).start();
    Pipeline.from(Bytes.origin(bytes, 10_000, false)).to(FileStreams.write(fifo)).run();
    reading.join();
    assertThat(sink.bytes.toByteArray()).isEqualTo(bytes);
  }
}
