package highwater.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.blocking.BlockingPull;
import highwater.blocking.BlockingSource;
import highwater.blocking.CallThread;
import highwater.codec.Count;
import highwater.codec.Digests;
import highwater.codec.Gzip;
import highwater.codec.Text;
import highwater.codec.Throttle;
import highwater.io.FileStreams;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contracts of recipes over recipes of the library: the kit and they agree.
class RecipesKeepTheContractTest {
  private static final String TEXT = "to be\nor not to be\r\n\nthat is the question: ".repeat(6) + "\nlast";

  private static List<ByteBuffer> chunks(byte[]... chunks) {
    return List.of(chunks).stream().map(ByteBuffer::wrap).toList();
  }

  private static List<ByteBuffer> text() {
    return chunks(TEXT.substring(0, 100).getBytes(UTF_8), new byte[] {'x'}, TEXT.substring(100).getBytes(UTF_8));
  }

  private static byte[] textBytes() {
    return Content.bytesOf(joined(text()));
  }

  private static ByteBuffer joined(List<ByteBuffer> chunks) {
    var all = ByteBuffer.allocate(chunks.stream().mapToInt(ByteBuffer::remaining).sum());
    chunks.forEach(chunk -> all.put(chunk.duplicate()));
    return all.flip();
  }

  private static byte[] gzipped(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @Nested
  class ReadFile extends PullOriginContract<ByteBuffer> {
    @TempDir Path folder;

    @Override
    protected PullOrigin<ByteBuffer> origin() throws IOException {
      return FileStreams.read(Files.write(folder.resolve("file"), textBytes())).chunk(100);
    }

    @Override
    protected List<ByteBuffer> content() {
      return text();
    }
  }

  /// A source whose calls wait, on a thread of its own.
  @Nested
  class Blocking extends PullOriginContract<ByteBuffer> {
    @Override
    protected boolean usesThreads() {
      return true;
    }

    @Override
    protected PullOrigin<ByteBuffer> origin() {
      return new PullOrigin<>() {
        @Override
        public String name() {
          return "blocking";
        }

        @Override
        public Footprint footprint(long inputMaxBytes) {
          return BlockingPull.footprint("blocking", 64);
        }

        @Override
        public Pull<ByteBuffer> pull() {
          return new BlockingPull("blocking", new TextSource(), CallThread.PLATFORM, 64);
        }
      };
    }

    @Override
    protected List<ByteBuffer> content() {
      return text();
    }
  }

  private static final class TextSource implements BlockingSource {
    private final ByteBuffer text = ByteBuffer.wrap(textBytes());

    @Override
    public int read(ByteBuffer buffer) {
      if (!text.hasRemaining()) return -1;
      int length = Math.min(text.remaining(), buffer.remaining());
      buffer.put(text.slice(text.position(), length));
      text.position(text.position() + length);
      return length;
    }

    @Override
    public void stop(Throwable cause) {}

    @Override
    public void close() {}

    @Override
    public String waitsFor() {
      return "nobody";
    }
  }

  @Nested
  class Gunzip extends PullStageContract<ByteBuffer, ByteBuffer> {
    @Override
    protected PullStage<ByteBuffer, ByteBuffer> stage() {
      return Gzip.decompress();
    }

    @Override
    protected List<ByteBuffer> input() {
      return chunks(gzipped(textBytes()), gzipped("and another member".getBytes(UTF_8)));
    }

    @Override
    protected List<ByteBuffer> output() {
      return chunks(textBytes(), "and another member".getBytes(UTF_8));
    }

    /// No member at all is not a gzip file.
    @Override
    protected @Nullable List<ByteBuffer> outputOfNothing() {
      return null;
    }
  }

  /// In parallel, on threads that belong to all.
  @Nested
  class Compressing extends PullStageContract<ByteBuffer, ByteBuffer> {
    @Override
    protected PullStage<ByteBuffer, ByteBuffer> stage() {
      return Gzip.compress();
    }

    @Override
    protected boolean usesThreads() {
      return true;
    }

    @Override
    protected List<ByteBuffer> input() {
      return text();
    }

    /// Whatever it is, it is always the same.
    @Override
    protected List<ByteBuffer> output() {
      return compressed(input());
    }

    @Override
    protected List<ByteBuffer> outputOfNothing() {
      return compressed(List.of());
    }

    private List<ByteBuffer> compressed(List<ByteBuffer> chunks) {
      var target = new TakenTarget<ByteBuffer>(false, TakenTarget.NEVER, TakenTarget.NEVER, false);
      Pipeline.from(GivenOrigin.of(chunks)).through(Gzip.compress()).to(target).run();
      return List.of(target.content().buffer());
    }
  }

  @Nested
  class Counting extends PullStageContract<ByteBuffer, ByteBuffer> {
    @Override
    protected PullStage<ByteBuffer, ByteBuffer> stage() {
      return Count.bytes(_ -> {});
    }

    @Override
    protected List<ByteBuffer> input() {
      return text();
    }

    @Override
    protected List<ByteBuffer> output() {
      return text();
    }
  }

  @Nested
  class Hashing extends PullStageContract<ByteBuffer, ByteBuffer> {
    private @Nullable String digest;

    @Override
    protected PullStage<ByteBuffer, ByteBuffer> stage() {
      return Digests.of("SHA-256", found -> digest = found.toString());
    }

    @Override
    protected List<ByteBuffer> input() {
      return text();
    }

    @Override
    protected List<ByteBuffer> output() {
      return text();
    }

    @Override
    protected void assertReleased() {
      if (digest != null) assertThat(digest).isNotEmpty();
    }
  }

  @Nested
  class Throttled extends PullStageContract<ByteBuffer, ByteBuffer> {
    @Override
    protected PullStage<ByteBuffer, ByteBuffer> stage() {
      return Throttle.bytesPerSecond(50);
    }

    @Override
    protected List<ByteBuffer> input() {
      return text();
    }

    @Override
    protected List<ByteBuffer> output() {
      return text();
    }
  }

  @Nested
  class Lines extends PullStageContract<ByteBuffer, String> {
    @Override
    protected PullStage<ByteBuffer, String> stage() {
      return Text.lines();
    }

    @Override
    protected List<ByteBuffer> input() {
      return text();
    }

    @Override
    protected List<String> output() {
      return new String(textBytes(), UTF_8).lines().toList();
    }
  }

  @Nested
  class WrittenFile extends PullTargetContract<ByteBuffer> {
    @TempDir Path folder;
    private int made;
    private @Nullable Path file;

    @Override
    protected PullTarget<ByteBuffer> target() {
      file = folder.resolve("file-" + made++);
      return FileStreams.write(file);
    }

    private Path file() {
      return Objects.requireNonNull(file);
    }

    @Override
    protected List<ByteBuffer> chunks() {
      return text();
    }

    @Override
    protected List<ByteBuffer> received() throws IOException {
      return List.of(ByteBuffer.wrap(Files.readAllBytes(file())));
    }

    @Override
    protected void assertNotWhole() {
      assertThat(file()).doesNotExist();
    }

    @Override
    protected void assertReleased() throws IOException {
      try (var left = Files.list(folder)) {
        assertThat(left).allMatch(path -> path.getFileName().toString().startsWith("file-"));
      }
    }
  }
}
