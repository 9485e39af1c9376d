package highwater.hub;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import org.jspecify.annotations.Nullable;

/// The way into a [Broadcast] or a [Share], for one run: lent buffers are copied, once for all consumers.
record RingTarget<T>(String name, Cargo<T> cargo, Ring<T> ring) implements PullTarget<T> {
  @Override
  public String advice() {
    return "its slowest consumer sets the pace: let that one lag, or drop";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    long boundBytes = ring.options().boundBytes();
    return Footprint.of(
        "to every consumer, at most " + ByteSizes.inWords(boundBytes) + " held", 0, Term.of("hub", 1, boundBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return cargo.streamOptions();
  }

  @Override
  public Put<T> put() {
    return new Giving();
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Giving implements Put<T>, WorksElsewhere.Counted {
    private volatile @Nullable Elsewhere elsewhere;
    private boolean opened;
    private boolean ending;
    private boolean waiting;

    /// What was offered and is not in the ring yet.
    private @Nullable T rest;

    @Override
    public void open(PartContext context) {
      var work = Elsewhere.of(context.strand(), 1);
      elsewhere = work;
      ring.attachSource(context::wake, work);
      opened = true;
    }

    @Override
    public Progress poll() throws Exception {
      boolean given = giveRest();
      if (ring.isAbandoned()) {
        rest = null;
        return Progress.DONE;
      }
      waiting = !given || (!ending && !ring.wantsMore());
      return waiting ? Progress.WAITING : ending ? Progress.DONE : Progress.HUNGRY;
    }

    /// Gives what was offered, piece by piece; false where there is no room for the next.
    private boolean giveRest() {
      for (T chunk; (chunk = rest) != null; ) {
        long weight = cargo.weigh(chunk);
        long piece = cargo.isBytes() ? Math.min(weight, ring.options().chunkMaxBytes()) : weight;
        // Asked first, so that nothing is copied which has no place.
        if (piece > 0 && !ring.hasRoom(piece)) return false;
        // Room only grows meanwhile: this is the one source, and who joins has room for a chunk.
        var offer = piece == 0 ? Ring.Offer.TAKEN : ring.offer(cargo.take(chunk, (int) piece), piece);
        assert offer != Ring.Offer.FULL : "less room in " + name + " than a moment before";
        if (piece == weight || offer == Ring.Offer.CLOSED) rest = null;
      }
      return true;
    }

    @Override
    public void offer(T chunk) {
      long weight = cargo.weigh(chunk);
      long most = ring.options().chunkMaxBytes();
      if (weight > most && !cargo.isBytes()) {
        throw new IllegalArgumentException(
            "an object of "
                + ByteSizes.inWords(weight)
                + " for "
                + name
                + ", which takes at most "
                + ByteSizes.inWords(most)
                + ": raise HubOptions.chunkAtMost, or make smaller objects");
      }
      rest = chunk;
    }

    @Override
    public void finish() {
      ending = true;
    }

    /// The end is told only here: until now a part before this one could fail.
    @Override
    public void commit() {
      ring.end();
    }

    @Override
    public void abort(Throwable cause) {
      rest = null;
      if (opened) ring.fail(cause);
    }

    /// What the ring holds is this run's to account for, until those that held it back have taken it.
    @Override
    public boolean settled() {
      var phase = ring.phase();
      return phase == Ring.Phase.FAILED || phase == Ring.Phase.ABANDONED || ring.isDrained();
    }

    @Override
    public void close() {
      rest = null;
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return elsewhere;
    }

    @Override
    public long held() {
      return ring.heldBytes();
    }

    @Override
    public long heldPeak() {
      return held();
    }

    @Override
    public @Nullable String waitsFor() {
      return waiting ? ring.heldBackBy() : null;
    }

    @Override
    public Cause waitCause() {
      return Cause.NOBODY_READS;
    }
  }
}
