package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Several origins as one, read one after another: each is opened when the one before it is used up, final and closed.
record Concatenated<T>(List<Origin<T>> origins) implements PullOrigin<T> {
  /// Those of others of its kind are its own: however often one is made longer, it is not nested.
  Concatenated {
    origins = flat(UpstreamOrigin.checked(origins));
  }

  private static <T> List<Origin<T>> flat(List<Origin<T>> origins) {
    if (origins.stream().noneMatch(origin -> origin instanceof Concatenated<?>)) return origins;
    var flat = new ArrayList<Origin<T>>();
    for (var origin : origins) {
      if (origin instanceof Concatenated<T> several) flat.addAll(several.origins);
      else flat.add(origin);
    }
    return List.copyOf(flat);
  }

  @Override
  public String name() {
    return switch (origins.size()) {
      case 0 -> "nothing";
      case 1 -> origins.getFirst().name();
      default -> origins.getFirst().name() + " and " + (origins.size() - 1) + " more";
    };
  }

  /// The sum, where every length is known.
  @Override
  public OptionalLong lengthBytes() {
    long sum = 0;
    for (var origin : origins) {
      var length = origin.lengthBytes();
      if (length.isEmpty()) return length;
      sum = Math.addExact(sum, length.getAsLong());
    }
    return OptionalLong.of(sum);
  }

  /// The footprint of the origin that holds most, as one at a time is open.
  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var largest = Footprint.of("nothing to read", 0);
    long largestBytes = -1;
    long chunkMax = 0;
    boolean bounded = true;
    for (var origin : origins) {
      var footprint = origin.footprint(chunkMaxBytes);
      bounded &= footprint.bounded();
      chunkMax = Merged.larger(chunkMax, footprint.chunkMaxBytes());
      long bytes = footprint.terms().stream().mapToLong(Term::maxBytes).sum();
      if (bytes > largestBytes) {
        largestBytes = bytes;
        largest = footprint;
      }
    }
    var how = origins.size() > 1 ? largest.how() + ", one origin after another" : largest.how();
    return new Footprint(how, largest.terms(), chunkMax, bounded);
  }

  @Override
  public StreamOptions streamOptions() {
    return origins.isEmpty() ? StreamOptions.objects() : origins.getFirst().streamOptions();
  }

  @Override
  public boolean usesFiles() {
    return origins.stream().anyMatch(Recipe::usesFiles);
  }

  @Override
  public Pull<T> pull() {
    return new OneByOne<>(origins);
  }

  private static final class OneByOne<T> implements Pull<T>, OfSeveral, MovesInside, WorksElsewhere {
    /// How many origins are opened in one poll: with more that give nothing, a cancel and other turns come first.
    private static final int OPENS_MAX = 16;

    private final List<Origin<T>> origins;
    private @Nullable PartContext context;

    /// The one that is read, alone; null before the first and after the last.
    private @Nullable Joint<Pull<T>> current;

    /// Which one is read, and how long those before it worked elsewhere: one object, as reports look from any thread.
    private volatile Reading known = new Reading(0, null);

    private int next;
    private boolean committing;

    /// What has moved inside those that are closed.
    private long movedBefore;

    private @Nullable Joint<Pull<T>> failed;

    OneByOne(List<Origin<T>> origins) {
      this.origins = origins;
    }

    @Override
    public void open(PartContext context) throws Exception {
      this.context = context;
      openNext();
    }

    private void openNext() throws Exception {
      if (next == origins.size()) return;
      var origin = origins.get(next++);
      var joint = new Joint<Pull<T>>();
      current = joint;
      failed = joint;
      known = new Reading(known.workedBefore, joint);
      joint.open(origin.name(), UpstreamOrigin.pullOf(origin), requireNonNull(context, "open() comes first"));
    }

    @Override
    public Progress poll() throws Exception {
      int opens = 0;
      for (Joint<Pull<T>> reading; (reading = current) != null; opens++) {
        if (opens == OPENS_MAX) {
          requireNonNull(context).wake();
          return Progress.WAITING;
        }
        if (!committing) {
          var progress = reading.poll(0);
          if (progress != Progress.DONE) return progress;
          committing = true;
        }
        if (!reading.commit()) return Progress.WAITING;
        committing = false;
        movedBefore += reading.movedInside();
        current = null;
        known = new Reading(workedNanos(requireNonNull(context).strand().nanoTime()), null);
        reading.close();
        openNext();
      }
      return Progress.DONE;
    }

    private record Reading(long workedBefore, @Nullable Joint<?> joint) {}

    @Override
    public long workedNanos(long now) {
      var reading = known;
      return reading.workedBefore + (reading.joint == null ? 0 : reading.joint.workedNanos(now));
    }

    @Override
    public T next() {
      return requireNonNull(current, "READY comes first").get(0).next();
    }

    @Override
    public long movedInside() {
      var reading = current;
      return movedBefore + next + (reading == null ? 0 : reading.movedInside());
    }

    @Override
    public void abort(Throwable cause) {
      if (current != null) current.abort(cause);
    }

    @Override
    public boolean settled() throws Exception {
      return current == null || current.settled();
    }

    @Override
    public void close() throws Exception {
      var reading = current;
      current = null;
      if (reading != null) reading.close();
    }

    @Override
    public @Nullable String waitsFor() {
      return current == null ? null : current.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return current == null ? Cause.UNKNOWN : current.waitCause();
    }

    @Override
    public @Nullable String blamedFor(Throwable cause) {
      return failed == null ? null : failed.blamedFor(cause);
    }
  }
}
