package highwater.bench;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a 64 KiB chunk costs on its way through classic streams: one buffer, given 200,000 times, through none or four
/// PassThrough streams into a sink that adds up lengths. The figure is nanoseconds for a chunk through the whole pipe.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ClassicPassThrough {
  private static final int CHUNKS = 200_000;
  private static final int CHUNK_BYTES = 64 << 10;

  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

  /// How many PassThrough streams stand between source and sink.
  @Param({"0", "4"})
  int stages;

  private int given;
  private long taken;

  /// One run of 200,000 chunks.
  @Benchmark
  @OperationsPerInvocation(CHUNKS)
  public long chunk() {
    given = 0;
    taken = 0;
    Strand.run(this::connect);
    if (taken != (long) CHUNKS * CHUNK_BYTES) throw new IllegalStateException(taken + " bytes arrived");
    return taken;
  }

  private void connect() {
    var options = StreamOptions.bytes();
    ReadableStream<ByteBuffer> stream =
        ReadableStream.from(
            feed -> {
              if (given++ < CHUNKS) feed.push(chunk);
              else feed.end();
            },
            options);
    for (int i = 0; i < stages; i++) stream = stream.pipe(TransformStream.<ByteBuffer>passThrough(options));
    var unused =
        stream.pipe(
            WritableStream.<ByteBuffer>to(
                (bytes, done) -> {
                  taken += bytes.remaining();
                  done.ok();
                },
                options));
  }
}
