import highwater.ReadableStream;
import highwater.WritableStream;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// What `ignored-writes` compiles: three results that are ignored.
class Ignoring {
  static void copy(ReadableStream<ByteBuffer> source, WritableStream<ByteBuffer> target) {
    source.onData(chunk -> target.write(chunk));
    source.onEnd(target::end);
  }

  static void copyByHand(WritableStream<String> target, Iterable<String> lines) {
    for (String line : lines) {
      target.write(line);
    }
    target.end();
  }

  static void forgotten(Path from, Path to) {
    Pipeline.from(FileStreams.read(from)).to(FileStreams.write(to));
  }
}
