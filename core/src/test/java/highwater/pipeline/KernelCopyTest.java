package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.codec.Count;
import highwater.codec.DataException;
import highwater.codec.Digest;
import highwater.codec.Digests;
import highwater.codec.Expect;
import highwater.codec.Throttle;
import highwater.io.FileStreams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A file copied by the kernel through stages that only look: they see what was written, whole and in order.
@Timeout(60)
class KernelCopyTest {
  private static final int SLICES = 3;
  private static final int BYTES = (int) (2 * KernelCopy.SLICE_BYTES) + 12_345;

  @TempDir private Path directory;
  private final byte[] data = new byte[BYTES];
  private Path source = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void makeSource() throws IOException {
    new Random(7).nextBytes(data);
    source = Files.write(directory.resolve("in"), data);
    target = directory.resolve("out");
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  @Test
  void whatOnlyLooksSeesEveryByteOnceAndInOrder() throws Exception {
    var digest = new AtomicReference<@Nullable Digest>();
    var checksum = new AtomicReference<@Nullable Digest>();
    var count = new AtomicLong();
    var report =
        Pipeline.from(FileStreams.read(source))
            .through(Digests.of("sha256", digest::set))
            .through(Count.bytes(count::set))
            .through(Digests.of("crc32c", checksum::set))
            .through(Expect.bytes(BYTES))
            .to(FileStreams.write(target))
            .run();
    assertThat(Files.readAllBytes(target)).isEqualTo(data);
    assertThat(digest.get()).isNotNull();
    assertThat(digest.get().value()).isEqualTo(sha256(data));
    assertThat(digest.get().bytes()).isEqualTo(BYTES);
    var crc = new java.util.zip.CRC32C();
    crc.update(data);
    assertThat(checksum.get()).isNotNull();
    assertThat(Long.parseLong(checksum.get().hex(), 16)).isEqualTo(crc.getValue());
    assertThat(count.get()).isEqualTo(BYTES);
    for (var stage : report.stages().subList(0, 5)) {
      assertThat(stage.chunksOut()).as("slices out of %s", stage.name()).isEqualTo(SLICES);
      assertThat(stage.bytesOut()).isEqualTo(BYTES);
    }
    assertThat(report.stages().get(1).busyNanos()).as("on its worker").isPositive();
  }

  @Test
  void whatIsSeenWasWrittenWhoeverChangesTheSourceMeanwhile() throws Exception {
    var digest = new AtomicReference<@Nullable Digest>();
    var changes =
        new Watching(0) {
          @Override
          void first() throws IOException {
            try (var in = FileChannel.open(source, StandardOpenOption.WRITE)) {
              in.write(ByteBuffer.allocate(BYTES), 0);
            }
          }
        };
    var report =
        Pipeline.from(FileStreams.read(source))
            .through(changes)
            .through(Digests.of("sha256", digest::set))
            .to(FileStreams.write(target))
            .run();
    assertThat(report.stages().getFirst().chunksOut()).isEqualTo(SLICES);
    var written = Files.readAllBytes(target);
    assertThat(Arrays.copyOf(written, 1000)).as("copied before the change").isEqualTo(Arrays.copyOf(data, 1000));
    assertThat(digest.get()).isNotNull();
    assertThat(digest.get().value()).isEqualTo(sha256(written));
  }

  @Test
  void aPartOfAFileIsCopiedToo() throws Exception {
    var digest = new AtomicReference<@Nullable Digest>();
    int end = (int) KernelCopy.SLICE_BYTES + 99;
    Pipeline.from(FileStreams.read(source).start(5).end(end).chunk(5_000))
        .through(Digests.of("sha256", digest::set))
        .to(FileStreams.write(target))
        .run();
    var part = Arrays.copyOfRange(data, 5, end + 1);
    assertThat(Files.readAllBytes(target)).isEqualTo(part);
    assertThat(digest.get()).isNotNull();
    assertThat(digest.get().value()).isEqualTo(sha256(part));
  }

  @Test
  void theKernelIsLeftOutWhereThereIsNothingToGainOrSomethingThatDoesMore() throws Exception {
    Files.write(source, Arrays.copyOf(data, (int) KernelCopy.SLICE_BYTES));
    var small =
        Pipeline.from(FileStreams.read(source)).through(Count.bytes(_ -> {})).to(FileStreams.write(target)).run();
    assertThat(small.stages().getFirst().chunksOut()).isGreaterThan(SLICES);
    Files.write(source, data);
    var appended =
        Pipeline.from(FileStreams.read(source))
            .through(Count.bytes(_ -> {}))
            .to(FileStreams.write(target).append())
            .run();
    assertThat(appended.stages().getFirst().chunksOut()).as("others see it").isGreaterThan(SLICES);
    var throttled =
        Pipeline.from(FileStreams.read(source))
            .through(Count.bytes(_ -> {}))
            .through(Throttle.bytesPerSecond(1_000_000_000_000L))
            .to(FileStreams.write(target))
            .run();
    assertThat(throttled.stages().getFirst().chunksOut()).isGreaterThan(SLICES);
    assertThat(Files.readAllBytes(target)).isEqualTo(data);
  }

  @Test
  void aLookThatFailsFailsTheRunThereAndNothingIsFinal() {
    long expected = KernelCopy.SLICE_BYTES + 100_000;
    var pipeline =
        Pipeline.from(FileStreams.read(source))
            .through(Count.bytes(_ -> {}))
            .through(Expect.bytes(expected))
            .to(FileStreams.write(target));
    var error = catchThrowable(pipeline::run);
    assertThat(error).isInstanceOf(PipelineException.class).hasCauseInstanceOf(DataException.class);
    assertThat(error).hasMessageContaining("expect " + expected + " bytes");
    assertThat(directory).isDirectoryContaining("glob:**/in").isDirectoryNotContaining("glob:**/*out*");
    var wrong =
        Pipeline.from(FileStreams.read(source))
            .through(Expect.digest("crc32c", "00000000"))
            .to(FileStreams.write(target));
    assertThatThrownBy(wrong::run).hasMessageContaining("expected was 00000000");
    assertThat(directory).isDirectoryNotContaining("glob:**/*out*");
  }

  @Test
  void aTargetThatIsCutMeanwhileFailsTheRun() {
    var cuts =
        new Watching(2 * KernelCopy.SLICE_BYTES) {
          @Override
          void first() throws IOException {
            try (var files = Files.newDirectoryStream(directory, ".out*")) {
              for (var file : files) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                  channel.truncate(1_000_000);
                }
              }
            }
          }
        };
    var pipeline = Pipeline.from(FileStreams.read(source).chunk(5_000)).through(cuts).to(FileStreams.write(target));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("out failed at byte")
        .hasMessageContaining("expected: a file that nobody else writes");
    assertThat(directory).isDirectoryNotContaining("glob:**/*out*");
  }

  @Test
  void aCancelledRunEndsAfterTheLookThatGoesOn() throws Exception {
    var entered = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var looking = new AtomicBoolean();
    var closedMeanwhile = new AtomicBoolean();
    var watching =
        new Watching(0) {
          @Override
          void first() throws Exception {
            looking.set(true);
            entered.countDown();
            release.await();
            // Time for a run that does not wait to close its parts.
            for (int i = 0; i < 100_000; i++) Thread.onSpinWait();
            looking.set(false);
          }

          @Override
          public void abort(Throwable cause) {
            release.countDown();
          }

          @Override
          public void close() {
            closedMeanwhile.set(looking.get());
          }
        };
    var run = Pipeline.from(FileStreams.read(source)).through(watching).to(FileStreams.write(target)).start();
    entered.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(closedMeanwhile).isFalse();
    assertThat(looking).isFalse();
    assertThat(directory).isDirectoryNotContaining("glob:**/*out*");
  }

  @Test
  void aPlanSaysThatAWorkerLooks() {
    var from = Pipeline.from(FileStreams.read(source));
    assertThat(from.to(FileStreams.write(target)).explain())
        .contains("copied by the kernel")
        .doesNotContain("a worker reads back");
    assertThat(from.through(Count.bytes(_ -> {})).to(FileStreams.write(target)).explain())
        .contains("copied by the kernel, 8 MiB at a time", "a worker reads back what was written");
    assertThat(from.through(Throttle.bytesPerSecond(1)).to(FileStreams.write(target)).explain())
        .doesNotContain("kernel");
  }

  /// A stage that does something at its first look after so many bytes.
  private abstract static class Watching implements PullStage<ByteBuffer, ByteBuffer>, Onlooker {
    private final long afterBytes;
    private long seenBytes;
    private boolean begun;
    private boolean finished;

    Watching(long afterBytes) {
      this.afterBytes = afterBytes;
    }

    abstract void first() throws Exception;

    @Override
    public String name() {
      return "watching";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("a test's", chunkMaxBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return this;
    }

    @Override
    public void look(ByteBuffer chunk) throws Exception {
      assertThat(chunk.hasRemaining()).isTrue();
      boolean due = !begun && seenBytes >= afterBytes;
      seenBytes += chunk.remaining();
      chunk.position(chunk.limit());
      if (!due) return;
      begun = true;
      first();
    }

    @Override
    public void offer(ByteBuffer chunk) {
      throw new AssertionError("the kernel copies: " + chunk);
    }

    @Override
    public ByteBuffer next() {
      throw new AssertionError("never READY");
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public Progress poll() {
      return finished ? Progress.DONE : Progress.HUNGRY;
    }
  }
}
