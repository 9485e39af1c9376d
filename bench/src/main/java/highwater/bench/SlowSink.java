package highwater.bench;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Target;
import highwater.pipeline.Term;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.WriteStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/// What lies in memory while a sink that takes 1 ms for a chunk of 64 KiB holds back a source that makes a new, filled
/// one whenever it may: one contender in a process.
///
/// Prints the peak of bytes made and not yet consumed, the peak of resident memory, and the time.
public final class SlowSink {
  static final int CHUNKS = 3000;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int QUEUE_CHUNKS = 4;
  private static final int SINK_BYTES = 128 << 10;

  static final String BUFFERED = "buffered KiB";

  /// What was buffered, over the bound that the plan has computed.
  static final String OF_BOUND = "of its bound";

  private final int count;
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private int made;
  private volatile int consumed;

  /// The bound of a contender that has computed one, else 0.
  private long boundBytes;

  private SlowSink(int count) {
    this.count = count;
  }

  /// Runs the contender of this name with so many chunks.
  public static void main(String... words) throws Exception {
    var work = new SlowSink(Integer.parseInt(words[1]));
    long began = System.nanoTime();
    switch (words[0]) {
      case "highwater" -> new PipelineWork(work).run();
      case "queue" -> new QueueWork(work).run();
      case "reactor" -> new ReactorWork(work).run();
      case "vertx" -> new VertxWork(work).run();
      case "pekko" -> new PekkoWork(work).run();
      default -> throw new IllegalArgumentException("no contender is called " + words[0]);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    Wrong.unless(work.count, work.consumed);
    // First of all: what makes texts weighs, too.
    IO.println(Measured.PEAK + " = " + PeakMemory.bytes() / (1 << 20));
    if (work.boundBytes > 0) IO.println(OF_BOUND + " = " + work.peak.doubleValue() / work.boundBytes);
    IO.println(BUFFERED + " = " + work.peak.get() / 1024);
    IO.println("seconds = " + seconds);
    System.exit(0);
  }

  /// Makes the next chunk: its number, and then the same byte up to its end.
  private ByteBuffer make() {
    var bytes = new byte[CHUNK_BYTES];
    Arrays.fill(bytes, (byte) made);
    var chunk = ByteBuffer.wrap(bytes).putInt(0, made++);
    long now = held.addAndGet(CHUNK_BYTES);
    peak.accumulateAndGet(now, Math::max);
    return chunk;
  }

  /// Looks at a chunk whose millisecond is over.
  private void consume(ByteBuffer chunk) {
    Wrong.unless(consumed, chunk.getInt(0));
    Wrong.unless(CHUNK_BYTES, chunk.remaining());
    // One thread at a time, whichever.
    int next = consumed + 1;
    consumed = next;
    held.addAndGet(-CHUNK_BYTES);
  }

  private void takeSlowly(ByteBuffer chunk) {
    try {
      Thread.sleep(1);
    } catch (InterruptedException nobodyDoesThat) {
      throw new IllegalStateException(nobodyDoesThat);
    }
    consume(chunk);
  }

  private Iterator<ByteBuffer> chunks() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return made < count;
      }

      @Override
      public ByteBuffer next() {
        return make();
      }
    };
  }

  /// A pipeline; a process loads no library but the one that it runs.
  private record PipelineWork(SlowSink work) {
    void run() {
      var timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
      var slow =
          Target.<ByteBuffer>forEachAsync(
              chunk -> {
                var done = new CompletableFuture<@Nullable Void>();
                var _ =
                    timer.schedule(
                        () -> {
                          work.consume(chunk);
                          done.complete(null);
                        },
                        1,
                        TimeUnit.MILLISECONDS);
                return done;
              });
      var pipeline = Pipeline.from(new Fast()).to(slow);
      var _ = pipeline.run();
      work.boundBytes = pipeline.bound().totalBytes().orElseThrow();
    }

    /// An origin that makes a chunk whenever it is asked.
    private final class Fast implements PullOrigin<ByteBuffer> {
      @Override
      public String name() {
        return "fast";
      }

      @Override
      public Footprint footprint(long inputMaxBytes) {
        return Footprint.of("makes chunks", CHUNK_BYTES, Term.of("chunk", 1, CHUNK_BYTES));
      }

      @Override
      public StreamOptions streamOptions() {
        return StreamOptions.bytes();
      }

      @Override
      public Pull<ByteBuffer> pull() {
        return new Pull<>() {
          @Override
          public void open(PartContext context) {}

          @Override
          public Progress poll() {
            return work.made < work.count ? Progress.READY : Progress.DONE;
          }

          @Override
          public ByteBuffer next() {
            return work.make();
          }
        };
      }
    }
  }

  /// A queue of four between two threads.
  private record QueueWork(SlowSink work) {
    void run() throws Exception {
      var queue = new ArrayBlockingQueue<ByteBuffer>(QUEUE_CHUNKS);
      var source =
          new FutureTask<@Nullable Void>(
              () -> {
                for (int i = 0; i < work.count; i++) queue.put(work.make());
                return null;
              });
      Thread.ofPlatform().daemon().start(source);
      for (int i = 0; i < work.count; i++) work.takeSlowly(queue.take());
      source.get();
    }
  }

  /// Reactor, with the prefetch that it has unless told.
  private record ReactorWork(SlowSink work) {
    void run() throws Exception {
      var end = new CountDownLatch(1);
      var _ =
          Flux.fromIterable(work::chunks)
              .subscribeOn(Schedulers.newSingle("source", true))
              .publishOn(Schedulers.newSingle("sink", true))
              .subscribe(work::takeSlowly, _ -> end.countDown(), end::countDown);
      end.await();
    }
  }

  /// Pekko, with the buffers that it has unless told.
  private record PekkoWork(SlowSink work) {
    void run() throws Exception {
      var pekko = new PekkoSystem();
      pekko.join(Source.fromIterator(work::chunks).async().runForeach(work::takeSlowly, pekko.system()));
      pekko.terminate();
    }
  }

  /// Vert.x.
  private record VertxWork(SlowSink work) {
    void run() throws Exception {
      var vertx = Vertx.vertx();
      var end = new CompletableFuture<@Nullable Void>();
      vertx.runOnContext(
          _ -> {
            var origin = new VertxPipe.Origin<>(work.chunks());
            origin
                .pipeTo(new SlowWrites(vertx))
                .onComplete(_ -> end.complete(null), failure -> end.completeExceptionally(failure));
            origin.begin();
          });
      end.get();
      vertx.close().await();
    }

    /// A stream of Vert.x that writes a chunk in a millisecond and queues 128 KiB, as its files do.
    private final class SlowWrites implements WriteStream<ByteBuffer> {
      private final Vertx vertx;
      private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
      private final Promise<Void> end = Promise.promise();
      private @Nullable Handler<Void> drainHandler;
      private boolean ending;

      SlowWrites(Vertx vertx) {
        this.vertx = vertx;
      }

      @Override
      public Future<Void> write(ByteBuffer chunk) {
        waiting.add(chunk);
        if (waiting.size() == 1) writeFirst();
        return Future.succeededFuture();
      }

      private void writeFirst() {
        vertx.setTimer(
            1,
            _ -> {
              work.consume(waiting.remove());
              if (!waiting.isEmpty()) writeFirst();
              else if (ending) end.complete();
              var drained = drainHandler;
              if (drained == null || waiting.size() * (long) CHUNK_BYTES > SINK_BYTES / 2) return;
              drainHandler = null;
              drained.handle(null);
            });
      }

      @Override
      public Future<Void> end() {
        ending = true;
        if (waiting.isEmpty()) end.complete();
        return end.future();
      }

      @Override
      public SlowWrites exceptionHandler(@Nullable Handler<Throwable> failing) {
        return this;
      }

      @Override
      public SlowWrites setWriteQueueMaxSize(int size) {
        return this;
      }

      @Override
      public boolean writeQueueFull() {
        return waiting.size() * (long) CHUNK_BYTES >= SINK_BYTES;
      }

      @Override
      public SlowWrites drainHandler(@Nullable Handler<Void> draining) {
        drainHandler = draining;
        return this;
      }
    }
  }
}
