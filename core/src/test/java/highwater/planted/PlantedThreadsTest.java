package highwater.planted;

import static highwater.planted.Watched.assertAddsUp;
import static highwater.planted.Watched.assertNames;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.blocking.BlockingPull;
import highwater.blocking.BlockingPut;
import highwater.blocking.BlockingSink;
import highwater.blocking.BlockingSource;
import highwater.blocking.CallThread;
import highwater.codec.Gzip;
import highwater.interop.JavaIo;
import highwater.io.FileStreams;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Report;
import highwater.pipeline.Stage;
import highwater.pipeline.Target;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One slow stage among stages that work on threads of their own, in real time: the verdict names it.
///
/// Each stage waits for every chunk, the slow one much longer. With `-Dplanted.real=true` all ratios run, for minutes, on a
/// machine that does nothing else; else a few whose ratio a busy machine does not hide.
@Timeout(120)
class PlantedThreadsTest {
  private static final boolean ALL = Boolean.getBoolean("planted.real");
  private static final int CHUNKS = ALL ? 200 : 24;
  private static final int CHUNK_BYTES = 1000;
  private static final long UNIT = TimeUnit.MILLISECONDS.toNanos(ALL ? 5 : 1);
  private static final double[] RATIOS = ALL ? new double[] {1.1, 1.5, 3, 10} : new double[] {15};

  /// How an end's thread comes about.
  private enum End {
    BLOCKING,
    JAVA_IO
  }

  /// A source, a call that waits, a sink, each on threads of its own.
  ///
  /// @param slow which of the three is slow
  /// @param calls how many calls go on at a time; each then takes so many times longer
  private record Plant(End end, int calls, int slow, double ratio) {
    static final List<String> NAMES = List.of("source", "mapBlocking", "sink");

    long nanos(int stage) {
      return (long) (stage == slow ? UNIT * ratio : UNIT);
    }

    Pipeline pipeline() {
      long call = calls * nanos(1);
      return Pipeline.from(end == End.BLOCKING ? blockingOrigin(nanos(0)) : inputStream(nanos(0)))
          .mapBlocking(
              calls,
              chunk -> {
                LockSupport.parkNanos(call);
                return chunk;
              })
          .to(end == End.BLOCKING ? blockingTarget(nanos(2)) : outputStream(nanos(2)));
    }
  }

  static Stream<Plant> plants() {
    var plants = new ArrayList<Plant>();
    for (var end : End.values()) {
      for (int slow = 0; slow < 3; slow++) {
        for (double ratio : RATIOS) plants.add(new Plant(end, end == End.BLOCKING ? 1 : 3, slow, ratio));
      }
    }
    return plants.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plants")
  void theVerdictNamesWhatIsSlowOnItsOwnThread(Plant plant) throws Exception {
    var report = plant.pipeline().start().join();
    assertAddsUp(report);
    assertThat(report.stages())
        .extracting(Report.StageReport::chunksOut)
        .containsExactly((long) CHUNKS, (long) CHUNKS, 0L);
    assertThat(report.bytesOut()).isEqualTo(CHUNKS * (long) CHUNK_BYTES);
    assertNames(report, report.stages().get(plant.slow).name(), plant.ratio < 1.5);
    assertThat(report.stages().get(plant.slow).name()).contains(Plant.NAMES.get(plant.slow));
  }

  @Test
  void whatWorksOnTheStrandIsNamedToo() throws Exception {
    var report =
        Pipeline.from(Origin.fromIterable(Collections.nCopies(CHUNKS, 1)))
            .map(PlantedThreadsTest::burn)
            .through(Stage.<Integer, Integer>mapBlocking(2, i -> i))
            .to(Target.forEach(_ -> {}))
            .start()
            .join();
    assertAddsUp(report);
    assertNames(report, report.stages().get(1).name(), false);
  }

  private static int burn(int i) {
    for (long until = System.nanoTime() + 5_000_000; System.nanoTime() < until; ) Thread.onSpinWait();
    return i;
  }

  @Test
  void workersThatCompressAreNamed(@TempDir Path folder) throws Exception {
    var bytes = new byte[8 << 20];
    var random = new Random(5);
    for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) "0123456789abcdef".charAt(random.nextInt(16));
    var file = Files.write(folder.resolve("in"), bytes);
    var report =
        Pipeline.from(FileStreams.read(file))
            .through(Gzip.compress().level(9))
            .to(FileStreams.write(folder.resolve("out")))
            .start()
            .join();
    assertAddsUp(report);
    assertNames(report, "gzip level 9", false);
  }

  // Ends.

  private static Origin<ByteBuffer> inputStream(long nanos) {
    var stream =
        new InputStream() {
          private int left = CHUNKS;

          @Override
          public int read() {
            throw new AssertionError("one by one");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (left-- == 0) return -1;
            LockSupport.parkNanos(nanos);
            return CHUNK_BYTES;
          }
        };
    return JavaIo.fromInputStream(() -> stream).chunk(CHUNK_BYTES).named("source");
  }

  private static Target<ByteBuffer> outputStream(long nanos) {
    var stream =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("one by one");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            pay(nanos, length);
          }
        };
    return JavaIo.toOutputStream(() -> stream, _ -> {}).named("sink");
  }

  /// A sink may be given several chunks at a time.
  private static void pay(long nanos, int bytes) {
    long until = System.nanoTime() + nanos * bytes / CHUNK_BYTES;
    for (long left; (left = until - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
  }

  private static PullOrigin<ByteBuffer> blockingOrigin(long nanos) {
    return new PullOrigin<>() {
      @Override
      public String name() {
        return "source";
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return BlockingPull.footprint("source", CHUNK_BYTES);
      }

      @Override
      public Pull<ByteBuffer> pull() {
        return new BlockingPull("source", new SlowSource(nanos), CallThread.VIRTUAL, CHUNK_BYTES);
      }
    };
  }

  private static PullTarget<ByteBuffer> blockingTarget(long nanos) {
    return new PullTarget<>() {
      @Override
      public String name() {
        return "sink";
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return BlockingPut.footprint("sink");
      }

      @Override
      public Put<ByteBuffer> put() {
        return new BlockingPut("sink", new SlowSink(nanos), CallThread.VIRTUAL);
      }
    };
  }

  private static final class SlowSource implements BlockingSource {
    private final long nanos;
    private int left = CHUNKS;

    SlowSource(long nanos) {
      this.nanos = nanos;
    }

    @Override
    public int read(ByteBuffer buffer) {
      if (left-- == 0) return -1;
      pay(nanos, CHUNK_BYTES);
      buffer.put(new byte[CHUNK_BYTES]);
      return CHUNK_BYTES;
    }

    @Override
    public void stop(Throwable cause) {}

    @Override
    public String waitsFor() {
      return "its next chunk";
    }
  }

  private record SlowSink(long nanos) implements BlockingSink {
    @Override
    public void write(ByteBuffer chunk) {
      pay(nanos, chunk.remaining());
      chunk.position(chunk.limit());
    }

    @Override
    public void stop(Throwable cause) {}

    @Override
    public String waitsFor() {
      return "its reader";
    }
  }
}
