package highwater.planted;

import highwater.Done;
import highwater.DuplexStream;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Stage;
import highwater.pipeline.Step;
import highwater.pipeline.Target;
import highwater.strand.HandTurned;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One stage that takes its time for every chunk, and otherwise does nothing.
///
/// @param hand the strand it runs on, whose time it takes
/// @param name what the report calls it
/// @param work whether it works inside its call or answers later
/// @param nanos what a chunk costs
/// @param bytes whether its chunks are bytes
record Toll(HandTurned hand, String name, Work work, long nanos, boolean bytes) {
  /// How a stage takes its time.
  enum Work {
    /// It works on the strand, inside its call.
    CPU,
    /// It answers when a timer says so, and others may work meanwhile.
    TIMER
  }

  /// Pays for one chunk, then goes on: at once, or later in a turn of its own.
  private void pay(Runnable onPaid) {
    if (work == Work.CPU) {
      hand.spend(nanos);
      onPaid.run();
    } else {
      var _ = hand.strand().after(nanos, onPaid);
    }
  }

  private StreamOptions options() {
    return bytes ? StreamOptions.bytes() : StreamOptions.objects();
  }

  private static Footprint footprintOfAny() {
    return Footprint.unknown("takes its time");
  }

  // Streams of the user's.

  /// An origin that opens a stream which gives `count` chunks.
  Origin<Object> streamOrigin(int count, Supplier<Object> chunks) {
    return Origin.of(
        name,
        () -> {
          var left = new int[] {count};
          return ReadableStream.from(
              new Source<Object>() {
                @Override
                public void read(Feed<Object> feed) {
                  if (left[0]-- == 0) feed.end();
                  else pay(() -> feed.push(chunks.get()));
                }
              },
              options());
        });
  }

  /// A stage that opens a stream which passes everything on.
  Stage<Object, Object> streamStage() {
    return Stage.of(name, this::transform);
  }

  private DuplexStream<Object, Object> transform() {
    return TransformStream.from(
        (chunk, out, done) ->
            pay(
                () -> {
                  out.push(chunk);
                  done.ok();
                }),
        options());
  }

  /// A target that opens a stream which takes everything.
  Target<Object> streamTarget() {
    return Target.of(
        name,
        () ->
            WritableStream.to(
                new Sink<Object>() {
                  @Override
                  public void write(Object chunk, Done done) {
                    pay(done::ok);
                  }
                },
                options()));
  }

  // Parts.

  /// An origin whose part gives `count` chunks.
  PullOrigin<Object> partOrigin(int count, Supplier<Object> chunks) {
    return new PullOrigin<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return footprintOfAny();
      }

      @Override
      public StreamOptions streamOptions() {
        return options();
      }

      @Override
      public Pull<Object> pull() {
        return new Giving(count, chunks);
      }
    };
  }

  /// A stage whose part passes everything on.
  PullStage<Object, Object> partStage() {
    return new PullStage<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return footprintOfAny();
      }

      @Override
      public StreamOptions streamOptions() {
        return options();
      }

      @Override
      public Step<Object, Object> step() {
        return new Passing();
      }
    };
  }

  /// A target whose part takes everything.
  PullTarget<Object> partTarget() {
    return new PullTarget<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return footprintOfAny();
      }

      @Override
      public StreamOptions streamOptions() {
        return options();
      }

      @Override
      public Put<Object> put() {
        return new Taking();
      }
    };
  }

  private abstract class Paying implements Part {
    @Nullable PartContext context;
    boolean paying;
    boolean paid;

    @Override
    public void open(PartContext context) {
      this.context = context;
    }

    /// Whether what there is to pay for now has been paid.
    boolean isPaid() {
      if (paid || paying) return paid;
      paying = true;
      pay(this::paid);
      return paid;
    }

    private void paid() {
      paying = false;
      paid = true;
      if (work == Work.TIMER && context != null) context.wake();
    }
  }

  private final class Giving extends Paying implements Pull<Object> {
    private final Supplier<Object> chunks;
    private int left;

    Giving(int count, Supplier<Object> chunks) {
      this.chunks = chunks;
      left = count;
    }

    @Override
    public Progress poll() {
      if (left == 0) return Progress.DONE;
      return isPaid() ? Progress.READY : Progress.WAITING;
    }

    @Override
    public Object next() {
      paid = false;
      left--;
      return chunks.get();
    }
  }

  private final class Passing extends Paying implements Step<Object, Object> {
    private @Nullable Object chunk;
    private boolean ending;

    @Override
    public Progress poll() {
      if (chunk == null) return ending ? Progress.DONE : Progress.HUNGRY;
      return isPaid() ? Progress.READY : Progress.WAITING;
    }

    @Override
    public void offer(Object chunk) {
      this.chunk = chunk;
    }

    @Override
    public Object next() {
      var given = chunk;
      if (given == null) throw new IllegalStateException("nothing was announced");
      chunk = null;
      paid = false;
      return given;
    }

    @Override
    public void finish() {
      ending = true;
    }
  }

  private final class Taking extends Paying implements Put<Object> {
    private boolean holds;
    private boolean ending;

    @Override
    public Progress poll() {
      if (holds) {
        if (!isPaid()) return Progress.WAITING;
        holds = false;
        paid = false;
      }
      return ending ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(Object chunk) {
      holds = true;
    }

    @Override
    public void finish() {
      ending = true;
    }
  }

  /// Chunks of `size` bytes, or objects where it is 0.
  static Supplier<Object> chunks(int size) {
    if (size == 0) return () -> "object";
    var content = ByteBuffer.allocate(size);
    return content::duplicate;
  }
}
