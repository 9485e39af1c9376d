package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.WorksElsewhere;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Several origins read one after another, as `cat` does with its files.
///
/// Each is opened when the one before it is used up, committed and closed, so that a run holds what one of them holds. Files
/// among them are looked at when the run opens: one that is missing, a directory, or written by the same run fails it before
/// any byte is read.
///
/// @param origins what to read, in order; none gives an end at once
public record Concat<T>(List<PullOrigin<T>> origins) implements PullOrigin<T> {
  /// Freezes the list.
  public Concat {
    origins = List.copyOf(origins);
  }

  /// Reads `origins` in order.
  public static <T> PullOrigin<T> of(List<? extends PullOrigin<T>> origins) {
    return origins.size() == 1 ? origins.getFirst() : new Concat<>(List.copyOf(origins));
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
      sum += length.getAsLong();
    }
    return OptionalLong.of(sum);
  }

  /// The footprint of the origin that holds most, as one at a time is open.
  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var largest = Footprint.of("nothing to read", 0);
    long chunkMax = 0;
    boolean bounded = true;
    for (var origin : origins) {
      var footprint = origin.footprint(chunkMaxBytes);
      bounded &= footprint.bounded();
      chunkMax =
          footprint.chunkMaxBytes() == Footprint.UNKNOWN || chunkMax == Footprint.UNKNOWN
              ? Footprint.UNKNOWN
              : Math.max(chunkMax, footprint.chunkMaxBytes());
      if (maxBytes(footprint) > maxBytes(largest) || origin == origins.getFirst()) largest = footprint;
    }
    var how = origins.size() > 1 ? largest.how() + ", one origin after another" : largest.how();
    return new Footprint(how, largest.terms(), chunkMax, bounded);
  }

  private static long maxBytes(Footprint footprint) {
    long sum = 0;
    for (var term : footprint.terms()) sum = Math.addExact(sum, term.maxBytes());
    return sum;
  }

  @Override
  public boolean usesFiles() {
    return origins.stream().anyMatch(PullOrigin::usesFiles);
  }

  @Override
  public Pull<T> pull() {
    return new InOrder<>(origins);
  }

  /// Reads the origins in order.
  private static final class InOrder<T> implements Pull<T>, WorksElsewhere {
    private final List<PullOrigin<T>> origins;
    private final List<Runnable> letGo = new ArrayList<>();
    private @Nullable PartContext context;
    private @Nullable Pull<T> current;

    /// Which one is read, and how long those before it worked elsewhere: one object, as reports look from any thread.
    private volatile Reading reading = new Reading(0, null);

    private int next;
    private boolean committing;

    InOrder(List<PullOrigin<T>> origins) {
      this.origins = origins;
    }

    @Override
    public void open(PartContext context) throws Exception {
      this.context = context;
      for (var origin : origins) {
        if (origin instanceof FileOrigin file) look(file, context);
      }
      openNext();
    }

    /// Reports a missing file before hours of work on those before it, and keeps the run from writing into one it reads later.
    private void look(FileOrigin file, PartContext context) throws IOException {
      var place = file.readablePlace();
      if (place.kind() != Place.Kind.REGULAR) return;
      try {
        letGo.add(SameFile.reads(context.strand(), place.identity()));
      } catch (IOException e) {
        throw FileErrors.reading(file.name(), FileErrors.WHILE_OPENING, e);
      }
    }

    private void openNext() throws Exception {
      if (next == origins.size()) return;
      current = origins.get(next++).pull();
      reading = new Reading(reading.workedBefore, current);
      current.open(requireNonNull(context, "open() comes first"));
    }

    @Override
    public Progress poll() throws Exception {
      while (current != null) {
        var progress = committing ? Progress.DONE : current.poll();
        if (progress != Progress.DONE) return progress;
        if (!committing) current.commit();
        committing = !current.settled();
        if (committing) return Progress.WAITING;
        closeCurrent();
        openNext();
      }
      return Progress.DONE;
    }

    private void closeCurrent() throws Exception {
      var used = current;
      current = null;
      if (used == null) return;
      long now = requireNonNull(context, "open() comes first").strand().nanoTime();
      reading = new Reading(workedNanos(now), null);
      used.close();
    }

    private record Reading(long workedBefore, @Nullable Object pull) {}

    @Override
    public long workedNanos(long now) {
      var known = reading;
      return known.workedBefore + WorksElsewhere.workedNanos(known.pull, now);
    }

    @Override
    public T next() {
      return requireNonNull(current, "READY comes first").next();
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
      for (var held : letGo) held.run();
      letGo.clear();
      closeCurrent();
    }

    @Override
    public @Nullable String waitsFor() {
      return current == null ? null : current.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return current == null ? Cause.UNKNOWN : current.waitCause();
    }
  }
}
