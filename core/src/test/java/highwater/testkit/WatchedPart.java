package highwater.testkit;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Recipe;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Puts a watch between a run and the part of a recipe: whether it keeps the rules of [Part], of lending and of its
/// footprint.
abstract class WatchedPart<P extends Part> implements Part {
  final P part;
  final Rules rules;
  final String name;
  private final Frozen output = new Frozen();
  private final Frozen input = new Frozen();
  private final IntConsumer onPoll;
  private final long chunkMaxBytes;
  private int polls;

  WatchedPart(P part, Recipe recipe, long inputMaxBytes, Rules rules, IntConsumer onPoll) {
    this.part = part;
    this.rules = rules;
    this.onPoll = onPoll;
    name = recipe.name();
    chunkMaxBytes = recipe.footprint(inputMaxBytes).chunkMaxBytes();
  }

  // ---------------------------------------------------------------- recipes

  static <T> PullOrigin<T> origin(PullOrigin<T> origin, Rules rules, IntConsumer onPoll) {
    return new PullOrigin<>() {
      @Override
      public String name() {
        return origin.name();
      }

      @Override
      public Footprint footprint(long inputMaxBytes) {
        return origin.footprint(inputMaxBytes);
      }

      @Override
      public StreamOptions streamOptions() {
        return origin.streamOptions();
      }

      @Override
      public boolean usesFiles() {
        return origin.usesFiles();
      }

      @Override
      public OptionalLong lengthBytes() {
        return origin.lengthBytes();
      }

      @Override
      public Pull<T> pull() {
        return new WatchedPull<>(origin.pull(), origin, rules, onPoll);
      }
    };
  }

  static <I, O> PullStage<I, O> stage(PullStage<I, O> stage, Rules rules, IntConsumer onPoll) {
    return new PullStage<>() {
      private long inputMaxBytes = Footprint.UNKNOWN;

      @Override
      public String name() {
        return stage.name();
      }

      @Override
      public Footprint footprint(long inputMaxBytes) {
        this.inputMaxBytes = inputMaxBytes;
        return stage.footprint(inputMaxBytes);
      }

      @Override
      public StreamOptions streamOptions() {
        return stage.streamOptions();
      }

      @Override
      public boolean passesOn() {
        return stage.passesOn();
      }

      @Override
      public boolean isAwaited() {
        return stage.isAwaited();
      }

      @Override
      public Step<I, O> step() {
        return new WatchedStep<>(stage.step(), stage, inputMaxBytes, rules, onPoll);
      }
    };
  }

  static <T> PullTarget<T> target(PullTarget<T> target, Rules rules, IntConsumer onPoll) {
    return new PullTarget<>() {
      @Override
      public String name() {
        return target.name();
      }

      @Override
      public Footprint footprint(long inputMaxBytes) {
        return target.footprint(inputMaxBytes);
      }

      @Override
      public StreamOptions streamOptions() {
        return target.streamOptions();
      }

      @Override
      public boolean usesFiles() {
        return target.usesFiles();
      }

      @Override
      public boolean isAwaited() {
        return target.isAwaited();
      }

      @Override
      public Put<T> put() {
        return new WatchedPut<>(target.put(), target, rules, onPoll);
      }
    };
  }

  private static final class WatchedPull<T> extends WatchedPart<Pull<T>> implements Pull<T> {
    WatchedPull(Pull<T> part, Recipe recipe, Rules rules, IntConsumer onPoll) {
      super(part, recipe, 0, rules, onPoll);
    }

    @Override
    public T next() {
      return lent(part.next());
    }
  }

  private static final class WatchedPut<T> extends WatchedPart<Put<T>> implements Put<T> {
    WatchedPut(Put<T> part, Recipe recipe, Rules rules, IntConsumer onPoll) {
      super(part, recipe, Footprint.UNKNOWN, rules, onPoll);
    }

    @Override
    public void offer(T chunk) throws Exception {
      taken(chunk);
      part.offer(chunk);
    }

    @Override
    public void finish() throws Exception {
      part.finish();
    }
  }

  private static final class WatchedStep<I, O> extends WatchedPart<Step<I, O>> implements Step<I, O> {
    private final boolean passesOn;

    /// A copy of the input, up to what it has not given yet.
    private @Nullable ByteBuffer given;

    WatchedStep(Step<I, O> part, PullStage<I, O> recipe, long inputMaxBytes, Rules rules, IntConsumer onPoll) {
      super(part, recipe, inputMaxBytes, rules, onPoll);
      passesOn = recipe.passesOn();
    }

    @Override
    public O next() {
      var chunk = lent(part.next());
      if (passesOn && chunk instanceof ByteBuffer buffer) {
        rules.require(isNextPart(buffer), name + " says that it passes chunks on, and gives one that is not its input");
      }
      return chunk;
    }

    private boolean isNextPart(ByteBuffer output) {
      var rest = given;
      if (rest == null || output.remaining() > rest.remaining()) return false;
      boolean same = rest.slice(rest.position(), output.remaining()).equals(output);
      rest.position(rest.position() + output.remaining());
      return same;
    }

    @Override
    public void offer(I chunk) throws Exception {
      if (chunk instanceof ByteBuffer buffer) given = ByteBuffer.wrap(Content.bytesOf(buffer));
      taken(chunk);
      part.offer(chunk);
    }

    @Override
    public void finish() throws Exception {
      part.finish();
    }
  }

  // ---------------------------------------------------------------- the watch

  final <T> T lent(T chunk) {
    if (chunk instanceof ByteBuffer buffer && chunkMaxBytes != Footprint.UNKNOWN) {
      rules.require(
          buffer.remaining() <= chunkMaxBytes,
          name + " gave a chunk of " + buffer.remaining() + " bytes (expected: its footprint's " + chunkMaxBytes + ")");
    }
    output.add(chunk);
    return chunk;
  }

  final void taken(Object chunk) {
    input.add(chunk);
  }

  private void checkLent() {
    rules.require(output.areUnchanged(), name + " changed a chunk before it was polled again, which gives it back");
    output.thaw();
  }

  private void checkTaken() {
    rules.require(input.areUnchanged(), name + " changed the bytes of a chunk that it was lent");
    input.thaw();
  }

  @Override
  public void open(PartContext context) throws Exception {
    part.open(context);
  }

  @Override
  public Progress poll() throws Exception {
    checkLent();
    onPoll.accept(++polls);
    var progress = part.poll();
    if (progress == Progress.HUNGRY || progress == Progress.DONE) checkTaken();
    return progress;
  }

  @Override
  public void commit() throws Exception {
    part.commit();
  }

  @Override
  public void abort(Throwable cause) {
    checkLent();
    try {
      part.abort(cause);
    } catch (RuntimeException | Error thrown) {
      rules.require(false, name + " threw out of abort(): " + thrown);
      throw thrown;
    }
  }

  @Override
  public boolean settled() throws Exception {
    return part.settled();
  }

  @Override
  public void close() throws Exception {
    part.close();
  }

  @Override
  public @Nullable String waitsFor() {
    return part.waitsFor();
  }
}
