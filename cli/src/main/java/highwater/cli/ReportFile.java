package highwater.cli;

import highwater.ReadableStream;
import highwater.io.FileStreams;
import highwater.io.FileTarget;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The file of `--report=FILE`, written as the library writes any file: its errors have the words of a sink's, and a
/// descriptor that the shell opened (`/dev/stdout`) is added to, where opening it again by its name would empty it.
///
/// @param path the file, as the user named it
record ReportFile(Path path) {
  /// Throws what would keep a report from being written, as far as that can be known before.
  void check() throws IOException {
    target().check();
  }

  /// Writes `text`, in place of what the file holds.
  void write(String text) throws PipelineException {
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    Pipeline.from(Origin.of("the report", () -> ReadableStream.<ByteBuffer>from(feed -> feed.end(bytes))))
        .to(target())
        .run();
  }

  /// As a whole, so that a full disk leaves the old report; in place where the folder may not be written, or the report's own
  /// check says why not even that.
  private FileTarget target() {
    var whole = FileStreams.write(path);
    try {
      whole.check();
      return whole;
    } catch (IOException e) {
      return whole.inPlace();
    }
  }
}
