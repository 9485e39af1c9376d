package highwater.pipeline;

import highwater.StreamOptions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A stage that makes one object of each; made by [Stage#map].
record FunctionStage<I, O>(String name, Function<? super I, ? extends O> function) implements PullStage<I, O> {
  @Override
  public Footprint footprint(long inputMaxBytes) {
    // What the function makes has no weight that anybody knows.
    return Footprint.unknown("one object for each");
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Step<I, O> step() {
    return new Mapping<>(function);
  }

  private static final class Mapping<I, O> implements Step<I, O> {
    private final Function<? super I, ? extends O> function;
    private @Nullable O output;
    private boolean finished;

    Mapping(Function<? super I, ? extends O> function) {
      this.function = function;
    }

    @Override
    public Progress poll() {
      return output != null ? Progress.READY : finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(I chunk) {
      var made = function.apply(chunk);
      if (made == null)
        throw new NullPointerException("the function made null of an object: filter before, or wrap it");
      output = made;
    }

    @Override
    public O next() {
      var made = output;
      if (made == null) throw new AssertionError("next without READY");
      output = null;
      return made;
    }

    @Override
    public void finish() {
      finished = true;
    }
  }
}
