package highwater.bench;

import highwater.ReadableStream;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.strand.Strand;
import io.reactivex.rxjava3.core.Flowable;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;

/// What a chunk of 64 KiB costs for each of four stages that pass it on: one buffer, given many times, into a sink that
/// adds up lengths.
@State(Scope.Thread)
public class PassThroughs {
  static final int STAGES = 4;
  static final int CHUNK_BYTES = 64 << 10;

  /// How many chunks one call sends.
  @Param("200000")
  int items;

  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

  private int given;
  private long taken;

  private Iterator<ByteBuffer> chunks() {
    return new Repeated<>(chunk, items);
  }

  private void take(ByteBuffer bytes) {
    taken += bytes.remaining();
  }

  private long checked() {
    return Wrong.unless((long) items * CHUNK_BYTES, taken);
  }

  /// A pipeline with four operators.
  @Benchmark
  public long highwater() throws Exception {
    taken = 0;
    var upstream = Pipeline.from(Origin.fromIterable(this::chunks));
    for (int i = 0; i < STAGES; i++) upstream = upstream.map(bytes -> bytes);
    var _ = upstream.forEach(this::take).run();
    return checked();
  }

  /// A pipeline with four parts that are not operators.
  @Benchmark
  public long highwaterParts() throws Exception {
    taken = 0;
    var upstream = Pipeline.from(Origin.fromIterable(this::chunks));
    for (int i = 0; i < STAGES; i++) upstream = upstream.through(new Passing());
    var _ = upstream.forEach(this::take).run();
    return checked();
  }

  /// Classic streams, each a PassThrough.
  @Benchmark
  public long classic() {
    taken = 0;
    given = 0;
    Strand.run(this::connect);
    return checked();
  }

  private void connect() {
    var options = StreamOptions.bytes();
    ReadableStream<ByteBuffer> stream =
        ReadableStream.from(
            feed -> {
              if (given++ < items) feed.push(chunk);
              else feed.end();
            },
            options);
    for (int i = 0; i < STAGES; i++) stream = stream.pipe(TransformStream.<ByteBuffer>passThrough(options));
    var _ =
        stream.pipe(
            WritableStream.<ByteBuffer>to(
                (bytes, done) -> {
                  take(bytes);
                  done.ok();
                },
                options));
  }

  /// Vert.x, piped through stages that do the least its contract allows; it has none of its own.
  @Benchmark
  public long vertx() {
    taken = 0;
    var origin = new VertxPipe.Origin<>(chunks());
    VertxPipe.Reading<ByteBuffer> stream = origin;
    for (int i = 0; i < STAGES; i++) {
      var stage = new VertxPipe.Stage<ByteBuffer>();
      stream.pipeTo(stage);
      stream = stage;
    }
    var sink = new VertxPipe.Sink<ByteBuffer>(this::take);
    var end = stream.pipeTo(sink);
    origin.begin();
    if (!end.succeeded()) throw new IllegalStateException("the pipe has not ended", end.cause());
    return checked();
  }

  /// Reactor.
  @Benchmark
  public long reactor() {
    taken = 0;
    var flux = Flux.fromIterable(this::chunks);
    for (int i = 0; i < STAGES; i++) flux = flux.map(bytes -> bytes);
    var _ = flux.subscribe(this::take);
    return checked();
  }

  /// RxJava.
  @Benchmark
  public long rxjava() {
    taken = 0;
    var flowable = Flowable.fromIterable(this::chunks);
    for (int i = 0; i < STAGES; i++) flowable = flowable.map(bytes -> bytes);
    var _ = flowable.subscribe(this::take);
    return checked();
  }

  /// Pekko, its stages fused.
  @Benchmark
  public long pekko(PekkoSystem pekko) throws Exception {
    taken = 0;
    var source = Source.fromIterator(this::chunks);
    for (int i = 0; i < STAGES; i++) source = source.map(bytes -> bytes);
    pekko.join(source.runForeach(this::take, pekko.system()));
    return checked();
  }

  /// One object, given many times.
  private static final class Repeated<T> implements Iterator<T> {
    private final T value;
    private int left;

    Repeated(T value, int times) {
      this.value = value;
      left = times;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public T next() {
      left--;
      return value;
    }
  }

  /// A stage that passes every chunk on.
  private record Passing() implements PullStage<ByteBuffer, ByteBuffer> {
    @Override
    public String name() {
      return "passing";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("passes chunks on", chunkMaxBytes);
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.bytes();
    }

    @Override
    public boolean passesOn() {
      return true;
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new PassingStep();
    }
  }

  private static final class PassingStep implements Step<ByteBuffer, ByteBuffer> {
    private @Nullable ByteBuffer held;
    private boolean ending;

    @Override
    public Progress poll() {
      if (held != null) return Progress.READY;
      return ending ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) {
      held = chunk;
    }

    @Override
    public ByteBuffer next() {
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
