package highwater.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Gzip;
import highwater.codec.Text;
import highwater.interop.Views;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of views for other threads in docs/library.md.
@Timeout(60)
class ViewsExampleTest {
  @TempDir Path dir;

  private static @Nullable String firstError(Path log) {
    // @start region=iterate
    try (var lines = Pipeline.from(FileStreams.read(log)).through(Text.lines()).iterate()) {
      for (var line : lines) if (line.startsWith("ERROR")) return line; // leaving early closes the file
    }
    // @end
    return null;
  }

  @Test
  void readsAsFarAsItMust() throws Exception {
    var log = Files.writeString(dir.resolve("app.log"), "INFO 1\nERROR 2\n" + "INFO 3\n".repeat(100_000));
    assertThat(firstError(log)).isEqualTo("ERROR 2");
  }

  private static void pack(ByteArrayOutputStream report, Path packed) throws IOException {
    // @start region=output
    try (var out = Views.outputStream(bytes -> bytes.through(Gzip.compress()).to(FileStreams.write(packed)))) {
      report.writeTo(out);
      var _ = out.finish(); // without it the close undoes the run: no half of a file looks whole
    }
    // @end
  }

  @Test
  void writesAFileThatIsWholeOrIsNotThere() throws Exception {
    var packed = dir.resolve("report.gz");
    var report = new ByteArrayOutputStream();
    report.writeBytes("some text\n".repeat(50_000).getBytes(UTF_8));
    pack(report, packed);
    try (var unpacked = new GZIPInputStream(Files.newInputStream(packed))) {
      assertThat(unpacked.readAllBytes()).isEqualTo(report.toByteArray());
    }
  }

  @Test
  void leavesNothingWhereTheWriterFails() {
    var packed = dir.resolve("report.gz");
    var report =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void writeTo(OutputStream out) throws IOException {
            out.write(new byte[100_000]);
            throw new IOException("no more");
          }
        };
    assertThatThrownBy(() -> pack(report, packed)).hasMessage("no more");
    assertThat(packed).doesNotExist();
  }
}
