package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An upstream as one origin, to be one of several: its parts are driven together, as in a run of their own.
record UpstreamOrigin<T>(List<Recipe> recipes) implements PullOrigin<T> {
  UpstreamOrigin {
    recipes = List.copyOf(OperatorStage.fused(recipes));
    checkReusable((Origin<?>) recipes.getFirst(), "one of several origins");
    for (var recipe : recipes) {
      if (recipe instanceof Stage<?, ?> && !(recipe instanceof PullStage<?, ?>)) {
        throw new IllegalArgumentException(
            recipe.name()
                + " is a live stream between others, and cannot be part of an origin: make it the origin, or a"
                + " stage behind");
      }
    }
  }

  /// The same list, refusing live streams for one run: nobody would see to it that the run is on their strand.
  static <O extends Origin<?>> List<O> checked(List<O> origins) {
    for (var origin : origins) checkReusable(origin, "one of several origins");
    return List.copyOf(origins);
  }

  /// Refuses a live stream for one run, which cannot be `place`.
  static void checkReusable(Origin<?> origin, String place) {
    if (!(origin instanceof Once)) return;
    throw new IllegalArgumentException(
        origin.name()
            + " is a live stream for one run, and cannot be "
            + place
            + ": use Origin.of(name, () -> stream), which opens one for each run");
  }

  /// `origin` as it can be pulled.
  static <T> Pull<T> pullOf(Origin<T> origin) {
    return origin instanceof PullOrigin<T> pulled ? pulled.pull() : new StreamPull<>(origin);
  }

  @Override
  public String name() {
    return String.join(" ─▶ ", recipes.stream().map(Recipe::name).toList());
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var terms = new ArrayList<Term>();
    boolean bounded = true;
    long chunkMax = chunkMaxBytes;
    for (var recipe : recipes) {
      var footprint = recipe.footprint(chunkMax);
      terms.addAll(footprint.terms());
      bounded &= footprint.bounded();
      chunkMax = footprint.chunkMaxBytes();
    }
    return new Footprint(name(), terms, chunkMax, bounded);
  }

  @Override
  public StreamOptions streamOptions() {
    return recipes.getLast().streamOptions();
  }

  @Override
  public boolean usesFiles() {
    return recipes.stream().anyMatch(Recipe::usesFiles);
  }

  @Override
  public Pull<T> pull() {
    return new Chained<>(recipes);
  }

  /// Goes between the parts as [FusedLoop] does: up while they are hungry, down with a chunk or with the end.
  private static final class Chained<T> implements Pull<T>, OfSeveral, MovesInside, WorksElsewhere {
    private static final int POLLS_MAX = 64;

    private final List<Recipe> recipes;
    private final Joint<Part> joint = new Joint<>();
    private final int last;
    private int at;
    private long moved;
    private @Nullable PartContext context;

    Chained(List<Recipe> recipes) {
      this.recipes = recipes;
      last = recipes.size() - 1;
      at = last;
    }

    @Override
    public void open(PartContext context) throws Exception {
      this.context = context;
      for (var recipe : recipes) {
        var part = recipe instanceof PullStage<?, ?> stage ? stage.step() : pullOf((Origin<?>) recipe);
        joint.open(recipe.name(), part, context);
      }
    }

    @Override
    public Progress poll() throws Exception {
      at = last;
      for (int polls = 0; polls < POLLS_MAX; polls++) {
        switch (joint.poll(at)) {
          case HUNGRY -> goUp();
          case READY -> {
            if (at == last) return Progress.READY;
            moveDown();
          }
          case WAITING -> {
            return Progress.WAITING;
          }
          case DONE -> {
            if (at == last) return Progress.DONE;
            at++;
            finish();
          }
        }
      }
      // Much goes in and nothing comes out: a cancel and other turns come first.
      if (context != null) context.wake();
      return Progress.WAITING;
    }

    private void goUp() throws Exception {
      if (at == 0)
        throw joint.failed(at, new IllegalStateException("the part broke a rule: an origin is never HUNGRY"));
      if (joint.isUsedUp(at - 1)) {
        throw joint.failed(at, new IllegalStateException("the part broke a rule: HUNGRY after finish()"));
      }
      at--;
    }

    @SuppressWarnings("unchecked") // The builder joined only what fits.
    private void moveDown() throws Exception {
      var chunk = ((Pull<Object>) joint.get(at)).next();
      at++;
      moved++;
      try {
        ((Put<Object>) joint.get(at)).offer(chunk);
      } catch (Throwable failure) {
        throw joint.failed(at, failure);
      }
    }

    private void finish() throws Exception {
      try {
        ((Put<?>) joint.get(at)).finish();
      } catch (Throwable failure) {
        throw joint.failed(at, failure);
      }
    }

    @Override
    @SuppressWarnings("unchecked") // The builder joined only what fits.
    public T next() {
      return ((Pull<T>) joint.get(last)).next();
    }

    @Override
    public long movedInside() {
      return moved + joint.movedInside();
    }

    @Override
    public long workedNanos(long now) {
      return joint.workedNanos(now);
    }

    @Override
    public void commit() throws Exception {
      joint.commit();
    }

    @Override
    public void abort(Throwable cause) {
      joint.abort(cause);
    }

    @Override
    public boolean settled() throws Exception {
      return joint.settled();
    }

    @Override
    public void close() throws Exception {
      joint.close();
    }

    @Override
    public @Nullable String waitsFor() {
      return joint.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return joint.waitCause();
    }

    @Override
    public @Nullable String blamedFor(Throwable cause) {
      return joint.blamedFor(cause);
    }
  }
}
