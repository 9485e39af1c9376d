package highwater.bench;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.codec.Count;
import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Computation;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.Stage;
import highwater.pipeline.Step;
import highwater.pipeline.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One piece of work whose time [AccountsCost] measures in a process of its own.
enum AccountedWork {
  /// A file into a file, copied by the kernel.
  KERNEL_COPY(Work.ACCOUNTS_KERNEL_COPY, 1.02) {
    @Override
    Runnable prepare(Path folder) throws IOException {
      var from = random(folder);
      return () -> Pipeline.from(FileStreams.read(from)).to(FileStreams.write(folder.resolve("copy"))).run();
    }
  },
  /// A file through a stage that counts bytes into a file: chunk by chunk.
  COPY(Work.ACCOUNTS_COPY, 1.02) {
    @Override
    Runnable prepare(Path folder) throws IOException {
      var from = random(folder);
      return () ->
          Pipeline.from(FileStreams.read(from))
              .through(Count.bytes(_ -> {}))
              .to(FileStreams.write(folder.resolve("copy")))
              .run();
    }
  },
  /// A log through gzip into a file.
  GZIP(Work.ACCOUNTS_GZIP, 1.02) {
    @Override
    Runnable prepare(Path folder) throws IOException {
      var from = log(folder);
      return () ->
          Pipeline.from(FileStreams.read(from))
              .through(Gzip.compress())
              .to(FileStreams.write(folder.resolve("log.gz")))
              .run();
    }
  },
  /// Objects through map and filter into a sum.
  OBJECTS(Work.ACCOUNTS_OBJECTS, 1.05) {
    @Override
    Runnable prepare(Path folder) {
      var objects = IntStream.range(0, 1_000_000).boxed().toList();
      var sum = new long[1];
      Computation<Long> work =
          Pipeline.from(Origin.fromIterable(objects))
              .map(i -> objects.get(i ^ 1))
              .filter(i -> i % 2 == 0)
              .forEach(i -> sum[0] += i);
      return work::run;
    }
  },
  /// One object after another through four parts that do nothing.
  EMPTY_PARTS(Work.ACCOUNTS_EMPTY_PARTS, Double.NaN) {
    @Override
    Runnable prepare(Path folder) {
      var objects = IntStream.range(0, 200_000).boxed().toList();
      var upstream = Pipeline.from(Origin.<Integer>fromIterable(objects));
      for (int i = 0; i < 4; i++) upstream = upstream.through(new Empty());
      Pipeline work = upstream.to(Target.forEach(_ -> {}));
      return work::run;
    }
  },
  /// Buffers through four PassThrough streams.
  EMPTY_STREAMS(Work.ACCOUNTS_EMPTY_STREAMS, Double.NaN) {
    @Override
    Runnable prepare(Path folder) {
      var options = StreamOptions.bytes();
      var chunk = ByteBuffer.allocate(64 << 10);
      var upstream =
          Pipeline.from(
              Origin.of(
                  "chunks",
                  () -> {
                    var left = new int[] {10_000};
                    return ReadableStream.<ByteBuffer>from(
                        feed -> {
                          if (left[0]-- > 0) feed.push(chunk.duplicate());
                          else feed.end();
                        },
                        options);
                  }));
      for (int i = 0; i < 4; i++) {
        upstream = upstream.through(Stage.of("empty " + i, () -> TransformStream.<ByteBuffer>passThrough(options)));
      }
      Pipeline work =
          upstream.to(Target.of("nowhere", () -> WritableStream.<ByteBuffer>to((_, done) -> done.ok(), options)));
      return work::run;
    }
  };

  private static final long SEED = 2026;
  private static final int RANDOM_BYTES = 32 << 20;
  private static final int LOG_BYTES = 4 << 20;

  /// What the command line and the table call it.
  final Work work;

  /// The most that the upper limit of the ratio may be, NaN where it is only told.
  final double bar;

  AccountedWork(Work work, double bar) {
    this.work = work;
    this.bar = bar;
  }

  /// Makes what the work needs in `folder`, and returns one run of it.
  abstract Runnable prepare(Path folder) throws IOException;

  /// Works for `warmUpSeconds`, then for `seconds`, and returns what a run took, in nanoseconds: the lowest tenth of the
  /// runs is not above it, so that what else the machine does in between does not count.
  long measure(Path folder, double warmUpSeconds, double seconds) throws IOException {
    var run = prepare(folder);
    repeat(run, warmUpSeconds);
    long[] times = repeat(run, seconds);
    Arrays.sort(times);
    return times[times.length / 10];
  }

  private static long[] repeat(Runnable run, double seconds) {
    long began = System.nanoTime();
    var times = new long[16];
    int count = 0;
    for (long now = began; now - began < seconds * 1e9 || count == 0; ) {
      run.run();
      long after = System.nanoTime();
      if (count == times.length) times = Arrays.copyOf(times, 2 * count);
      times[count++] = after - now;
      now = after;
    }
    return Arrays.copyOf(times, count);
  }

  private static Path random(Path folder) throws IOException {
    var file = folder.resolve("random");
    if (Files.exists(file)) return file;
    var bytes = new byte[RANDOM_BYTES];
    new Random(SEED).nextBytes(bytes);
    return Files.write(file, bytes);
  }

  private static Path log(Path folder) throws IOException {
    var file = folder.resolve("log");
    if (Files.exists(file)) return file;
    var random = new Random(SEED);
    var words = List.of("GET", "PUT", "POST", "/index.html", "/shop/basket", "/images/logo.png", "200", "304", "404");
    var text = new StringBuilder(LOG_BYTES + 100);
    while (text.length() < LOG_BYTES) {
      text.append("2026-01-01T00:00:").append(random.nextInt(60)).append(" INFO ");
      for (int i = 0; i < 4; i++) text.append(words.get(random.nextInt(words.size()))).append(' ');
      text.append(random.nextInt(1_000_000)).append(" us\n");
    }
    return Files.writeString(file, text, StandardCharsets.US_ASCII);
  }

  /// A stage whose part passes every object on.
  private record Empty() implements PullStage<Integer, Integer> {
    @Override
    public String name() {
      return "empty";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("nothing");
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Step<Integer, Integer> step() {
      return new EmptyStep();
    }
  }

  private static final class EmptyStep implements Step<Integer, Integer> {
    private @Nullable Integer held;
    private boolean ending;

    @Override
    public Progress poll() {
      if (held != null) return Progress.READY;
      return ending ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(Integer chunk) {
      held = chunk;
    }

    @Override
    public Integer next() {
      var given = held;
      if (given == null) throw new IllegalStateException("nothing was announced");
      held = null;
      return given;
    }

    @Override
    public void finish() {
      ending = true;
    }
  }
}
