package highwater.bench;

import highwater.Done;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;

/// What a pipeline costs that waits: a source, a stage that passes on and a sink, nothing moving; one contender in a
/// process.
///
/// Prints the bytes of live heap and the time of making for each of many, then sends one chunk and the end through
/// every one, and looks whether all arrived.
public final class Idle {
  static final int PIPELINES = 100_000;
  private static final int CHUNK_BYTES = 16 << 10;

  static final String HEAP = "heap B";
  static final String MAKING = "us to make";

  private final int count;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
  private long taken;
  private int ended;

  private Idle(int count) {
    this.count = count;
  }

  /// Runs the contender of this name with so many pipelines.
  public static void main(String... words) {
    var work = new Idle(Integer.parseInt(words[1]));
    switch (words[0]) {
      case "highwater" -> Strand.run(work::highwater);
      case "reactor" -> work.reactor();
      case "vertx" -> work.vertx();
      default -> throw new IllegalArgumentException("no contender is called " + words[0]);
    }
    Wrong.unless((long) work.count * CHUNK_BYTES, work.taken);
    Wrong.unless(work.count, work.ended);
    IO.println(Measured.PEAK + " = " + PeakMemory.bytes() / (1 << 20));
  }

  private void take(ByteBuffer bytes) {
    taken += bytes.remaining();
  }

  private void end() {
    ended++;
  }

  private void highwater() {
    var measure = new Making();
    List<ReadableStream.Fed<ByteBuffer>> sources = new ArrayList<>(count);
    for (int i = 0; i < count; i++) sources.add(idleStreams());
    measure.made();
    // What the making has left to be done in this turn is done.
    Strand.current()
        .post(
            () -> {
              measure.report();
              for (var source : sources) source.feed().end(chunk.duplicate());
            });
  }

  private ReadableStream.Fed<ByteBuffer> idleStreams() {
    var options = StreamOptions.bytes();
    var source = ReadableStream.<ByteBuffer>fed(options);
    var _ =
        source.stream()
            .pipe(TransformStream.<ByteBuffer>passThrough(options))
            .pipe(WritableStream.to(new Counting(), options));
    return source;
  }

  private final class Counting implements Sink<ByteBuffer> {
    @Override
    public void write(ByteBuffer bytes, Done done) {
      take(bytes);
      done.ok();
    }

    @Override
    public void finish(Done done) {
      end();
      done.ok();
    }
  }

  private void reactor() {
    var measure = new Making();
    List<Sinks.Many<ByteBuffer>> sources = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      var source = Sinks.many().unicast().<ByteBuffer>onBackpressureBuffer(Queues.<ByteBuffer>one().get());
      var _ = source.asFlux().publishOn(Schedulers.immediate(), 1).subscribe(this::take, null, this::end);
      sources.add(source);
    }
    measure.made();
    measure.report();
    for (var source : sources) {
      source.emitNext(chunk, Sinks.EmitFailureHandler.FAIL_FAST);
      source.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
    }
  }

  private void vertx() {
    var measure = new Making();
    List<VertxPipe.Stage<ByteBuffer>> sources = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      var source = new VertxPipe.Stage<ByteBuffer>();
      var stage = new VertxPipe.Stage<ByteBuffer>();
      var _ = source.pipeTo(stage);
      var _ = stage.pipeTo(new VertxPipe.Sink<>(this::take)).onSuccess(_ -> end());
      sources.add(source);
    }
    measure.made();
    measure.report();
    for (var source : sources) {
      var _ = source.write(chunk);
      var _ = source.end();
    }
  }

  /// The heap before, and the time since then.
  private final class Making {
    private final long before = liveBytes();
    private final long began = System.nanoTime();
    private long nanos;

    void made() {
      nanos = System.nanoTime() - began;
    }

    void report() {
      IO.println(HEAP + " = " + (double) (liveBytes() - before) / count);
      IO.println(MAKING + " = " + nanos / 1e3 / count);
    }

    private static long liveBytes() {
      for (int i = 0; i < 3; i++) System.gc();
      var runtime = Runtime.getRuntime();
      return runtime.totalMemory() - runtime.freeMemory();
    }
  }
}
