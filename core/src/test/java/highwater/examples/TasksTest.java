package highwater.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import highwater.CancelHandle;
import highwater.Done;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.WritableStream;
import highwater.codec.Gzip;
import highwater.codec.Text;
import highwater.codec.Throttle;
import highwater.http.HttpStreams;
import highwater.hub.Broadcast;
import highwater.hub.HubOptions;
import highwater.hub.Inlet;
import highwater.hub.Overflow;
import highwater.io.FileStreams;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Report;
import highwater.pipeline.Target;
import highwater.strand.Strand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/// The tasks of docs/tasks.md: each block of Java there stands here too, and runs.
@Timeout(60)
class TasksTest {
  @TempDir Path dir;

  private final List<String> shown = new ArrayList<>();

  private Path file(String name, int lines) throws Exception {
    var text = new StringBuilder();
    for (int i = 0; i < lines; i++) text.append("line ").append(i).append('\n');
    return Files.writeString(dir.resolve(name), text);
  }

  private void show(Report report) {
    shown.add(report.bytesOut() + " bytes");
  }

  @Test
  void copiesWithProgress() throws Exception {
    var from = file("from", 200_000);
    var to = dir.resolve("to");
    var copy = Pipeline.from(FileStreams.read(from)).to(FileStreams.write(to)).start();
    do {
      show(copy.report()); // never waits: bytes so far, which stage works, what it waits for
      TimeUnit.MILLISECONDS.sleep(1);
    } while (!copy.completion().toCompletableFuture().isDone());
    copy.join(); // the report, or the failure
    assertThat(to).hasSameBinaryContentAs(from);
    assertThat(shown).isNotEmpty();
  }

  @Test
  void compressesAnUpload() throws Exception {
    var log = file("app.log", 50_000);
    var got = new CompletableFuture<byte[]>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/",
        exchange -> {
          got.complete(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(201, -1);
        });
    server.start();
    try {
      var backup = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/app.log.gz");
      Pipeline.from(FileStreams.read(log)).through(Gzip.compress()).to(HttpStreams.put(backup)).run();
      Files.write(dir.resolve("got.gz"), got.get());
      Pipeline.from(FileStreams.read(dir.resolve("got.gz")))
          .through(Gzip.decompress())
          .to(FileStreams.write(dir.resolve("got")))
          .run();
      assertThat(dir.resolve("got")).hasSameBinaryContentAs(log);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void followsAFileThatGrows() throws Exception {
    var log = Files.writeString(dir.resolve("growing.log"), "one\ntwo ERROR\n");
    var followed = new CompletableFuture<String>();
    var tail =
        Pipeline.from(FileStreams.follow(log)) // by its name: goes on where a rotation puts a new file
            .through(Text.lines())
            .to(
                Target.forEach(
                    line -> {
                      if (line.contains("ERROR")) followed.complete(line);
                    }))
            .start();
    assertThat(followed.get()).isEqualTo("two ERROR");
    tail.cancel("seen enough"); // or .endWhenIdle(time), .endAfter(bytes), .endWhen(condition)
    assertThat(catchThrowable(tail::join)).isInstanceOf(CancelledException.class);
  }

  private static int slowly(String line) throws InterruptedException {
    TimeUnit.MICROSECONDS.sleep(line.length());
    return line.length();
  }

  @Test
  void mapsInParallelAndInOrder() throws Exception {
    var log = file("app.log", 200);
    List<Integer> lengths =
        Pipeline.from(FileStreams.read(log))
            .through(Text.lines())
            .mapBlocking(8, TasksTest::slowly) // 8 calls at a time, on virtual threads; results in order
            .toList(1_000_000) // fails beyond that many
            .run();
    assertThat(lengths).isEqualTo(Files.readAllLines(log).stream().map(String::length).toList());
  }

  @Test
  void givesOneFileToTwoSinks() throws Exception {
    var log = file("app.log", 100_000);
    var plain = dir.resolve("copy.log");
    var packed = dir.resolve("copy.log.gz");
    var lines = Broadcast.ofBytes("app.log", HubOptions.bound(256 << 10).startingWith(2));
    var copying = Pipeline.from(lines.branch()).to(FileStreams.write(plain)).start();
    var packing = Pipeline.from(lines.branch()).through(Gzip.compress()).to(FileStreams.write(packed)).start();
    Pipeline.from(FileStreams.read(log)).to(lines.target()).run(); // as fast as the slower of the two
    copying.join();
    packing.join();
    assertThat(plain).hasSameBinaryContentAs(log);
    assertThat(packed).isNotEmptyFile();
  }

  record Row(String name, int age) {
    static Row of(String line) {
      var cells = line.split(",", -1);
      return new Row(cells[0], Integer.parseInt(cells[1]));
    }
  }

  private final List<Integer> inserted = new ArrayList<>();

  private CompletableFuture<?> insert(List<Row> rows) {
    inserted.add(rows.size());
    return CompletableFuture.completedFuture(null);
  }

  @Test
  void putsCsvIntoBatches() throws Exception {
    var people = dir.resolve("people.csv");
    Files.write(people, IntStream.range(0, 2500).mapToObj(i -> "somebody," + i).toList());
    Pipeline.from(FileStreams.read(people))
        .through(Text.lines())
        .map(Row::of)
        .batch(1000)
        .to(Target.forEachAsync(this::insert)) // the next batch when this one is in
        .run();
    assertThat(inserted).containsExactly(1000, 1000, 500);
  }

  @Test
  void throttles() throws Exception {
    var from = file("from", 1000);
    var to = dir.resolve("to");
    Pipeline.from(FileStreams.read(from)).through(Throttle.bytesPerSecond(10_000_000)).to(FileStreams.write(to)).run();
    assertThat(to).hasSameBinaryContentAs(from);
  }

  @Test
  void stopsAtADeadline() {
    var endless = Origin.<Long>fromIterable(() -> java.util.stream.LongStream.iterate(0, i -> i + 1).iterator());
    var all = CancelHandle.after(Duration.ofMinutes(5)); // for everything that a request began
    var run =
        Pipeline.from(endless)
            .to(Target.forEach(number -> {}))
            .withDeadline(Duration.ofMillis(50)) // this run alone
            .withIdleTimeout(Duration.ofSeconds(30)) // nothing moved for so long
            .cancelledBy(all)
            .start();
    var failure = catchThrowable(run::join); // names the stage that held the work
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(failure).hasMessageContaining("50 ms");
  }

  /// Somebody's API: calls back from threads of its own.
  private static final class Ticker {
    void subscribe(Consumer<ByteBuffer> onData, Runnable onEnd) {
      Thread.ofVirtual()
          .start(
              () -> {
                for (int i = 0; i < 100; i++) onData.accept(ByteBuffer.wrap(("tick " + i + "\n").getBytes(UTF_8)));
                onEnd.run();
              });
    }
  }

  @Test
  void bridgesFromACallbackApi() throws Exception {
    var api = new Ticker();
    var file = dir.resolve("ticks");
    var ticks = Inlet.ofBytes("ticks", 64 << 10, Overflow.DROP_OLDEST); // or BLOCK, REFUSE, DROP_NEWEST, FAIL
    api.subscribe(ticks::offer, ticks::end); // offer never waits, and says what became of the chunk
    Pipeline.from(ticks.origin()).to(FileStreams.write(file)).run();
    assertThat(Files.readAllLines(file)).hasSize(100).endsWith("tick 99");
  }

  @Test
  void comesFromReactorAndGoesThere() {
    Flux<Integer> numbers = Flux.range(1, 1000);
    var squares =
        Pipeline.from(Origin.fromPublisher("numbers", JdkFlowAdapter.publisherToFlowPublisher(numbers)))
            .map(n -> (long) n * n)
            .publisher(); // a run for each subscriber, at the subscriber's pace
    long sum = JdkFlowAdapter.flowPublisherToFlux(squares).reduce(0L, Long::sum).block();
    assertThat(sum).isEqualTo(333_833_500);
  }

  @Test
  void readsLinesWithALimit() throws Exception {
    var log = Files.writeString(dir.resolve("long.log"), "short\n" + "x".repeat(2000) + "\n");
    var failure =
        catchThrowable(
            () -> {
              try (var lines = Pipeline.from(FileStreams.read(log)).through(Text.lines().longest(1000)).iterate()) {
                for (var line : lines) shown.add(line); // leaving early closes the file
              }
            });
    assertThat(shown).containsExactly("short");
    assertThat(failure).hasMessageContaining("longer than 1000");
  }

  private final ConcurrentLinkedQueue<String> posted = new ConcurrentLinkedQueue<>();

  private final Executor elsewhere = task -> Thread.ofVirtual().start(task);

  @Test
  void hasASourceAndASinkOfItsOwn() {
    var outcome = new ArrayList<@Nullable Throwable>();
    Strand.run(
        () -> {
          var numbers = ReadableStream.from(new Countdown(1000));
          var post = WritableStream.to(new Posting(), StreamOptions.objects());
          Streams.pipeline(List.of(numbers, post), outcome::add);
        });
    assertThat(outcome).containsExactly((Throwable) null);
    assertThat(posted).hasSize(1000).startsWith("1000");
  }

  static final class Countdown implements Source<Integer> {
    private int next;

    Countdown(int first) {
      next = first;
    }

    @Override
    public void read(Feed<Integer> feed) { // asked for more; push says when to stop
      while (next > 0) if (!feed.push(next--)) return;
      feed.end();
    }
  }

  final class Posting implements Sink<Integer> {
    @Override
    public void write(Integer number, Done done) { // the next comes after done, from any thread
      var _ = CompletableFuture.runAsync(() -> posted.add(number.toString()), elsewhere).whenComplete(done);
    }
  }

  @Test
  void everyBlockOfJavaInTheDocumentStandsHere() throws Exception {
    Blocks.of("../docs/tasks.md").assertStandIn("TasksTest");
  }
}
