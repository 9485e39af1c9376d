package highwater.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.blocking.BlockingPull;
import highwater.blocking.BlockingSource;
import highwater.blocking.CallThread;
import highwater.codec.Gzip;
import highwater.http.HttpStreams;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Stage;
import highwater.pipeline.Target;
import highwater.process.Command;
import highwater.process.ProcessStreams;
import highwater.strand.Strand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The examples of README.md and the first of docs/library.md, whose others stand in the tests beside it.
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

  @Test
  void passesProgramsOnToAServer() throws Exception {
    var got = new CompletableFuture<byte[]>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            got.complete(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(201, -1);
          }
        });
    server.start();
    try {
      var backups = "http://127.0.0.1:" + server.getAddress().getPort();
      Pipeline.from(ProcessStreams.read(Command.of("seq", "1", "100000"))) // whole only with exit code 0
          .through(ProcessStreams.through(Command.shell("grep 7 | sort -r")))
          .through(Gzip.compress())
          .to(HttpStreams.put(URI.create(backups + "/numbers.gz"))) // the body ends only when all has succeeded
          .run();
    } finally {
      server.stop(0);
    }
    assertThat(got.join()).startsWith(0x1f, 0x8b);
  }

  record Queued(BlockingQueue<String> queue) implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return "queue";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return BlockingPull.footprint("queue", 64 << 10);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new BlockingPull("queue", new Taking(queue), CallThread.VIRTUAL, 64 << 10);
    }
  }

  static final class Taking implements BlockingSource {
    private final BlockingQueue<String> queue;
    private volatile boolean stopped;

    Taking(BlockingQueue<String> queue) {
      this.queue = queue;
    }

    @Override
    public int read(ByteBuffer buffer) throws Exception { // called by one thread of its own; may wait
      String next = null;
      while (next == null && !stopped) next = queue.poll(100, TimeUnit.MILLISECONDS);
      if (next == null) throw new IOException("stopped");
      if (next.equals("end")) return -1; // everything is there, and whole
      buffer.put(next.getBytes(UTF_8));
      return next.length();
    }

    @Override
    public void stop(Throwable cause) { // from any thread: makes read return soon
      stopped = true;
    }

    @Override
    public String waitsFor() {
      return "the next word";
    }
  }

  @Test
  void makesAnOriginOfCallsThatWait() throws Exception {
    var queue = new ArrayBlockingQueue<>(4, false, List.of("one ", "two ", "three", "end"));
    Pipeline.from(new Queued(queue)).to(FileStreams.write(dir.resolve("words"))).run();
    assertThat(dir.resolve("words")).hasContent("one two three");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../README.md", "../docs/library.md"})
  void everyBlockOfJavaInTheDocumentsStandsInATest(String document) throws Exception {
    Blocks.of(document).assertStandInTests();
  }
}
