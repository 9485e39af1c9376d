package highwater.bench;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a pipeline costs that waits: the heap bytes of a source, a PassThrough and a sink, piped, nothing moving. Its own
/// program, since the figure is a live heap after collection.
public final class IdlePipelines {
  private IdlePipelines() {}

  /// Prints the bytes for each of 100,000 pipelines, or as many as the first argument says.
  public static void main(String[] arguments) {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
    List<ReadableStream.Fed<ByteBuffer>> sources = new ArrayList<>(count);
    long[] taken = {0};
    Strand.run(
        () -> {
          long before = liveBytes();
          for (int i = 0; i < count; i++) sources.add(idle(taken));
          Strand.current()
              .post(
                  () -> {
                    System.out.printf("%d heap bytes per idle pipeline%n", (liveBytes() - before) / count);
                    for (var source : sources) source.feed().end(ByteBuffer.allocate(1));
                  });
        });
    if (taken[0] != count) throw new IllegalStateException(taken[0] + " bytes arrived of " + count);
  }

  private static ReadableStream.Fed<ByteBuffer> idle(long[] taken) {
    var options = StreamOptions.bytes();
    var source = ReadableStream.<ByteBuffer>fed(options);
    var unused =
        source.stream()
            .pipe(TransformStream.<ByteBuffer>passThrough(options))
            .pipe(
                WritableStream.<ByteBuffer>to(
                    (bytes, done) -> {
                      taken[0] += bytes.remaining();
                      done.ok();
                    },
                    options));
    return source;
  }

  private static long liveBytes() {
    for (int i = 0; i < 3; i++) System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
