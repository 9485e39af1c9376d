package highwater.strand;

/// What one part of a run does outside its strand, on a thread or at a peer: how long it worked, and how much it holds.
///
/// One kind of figure serves all who work elsewhere. A worker's work is the time of its calls; of several it is the sum of
/// theirs by their number, so that all of them at work for a second are a second. Where two must be at it (a process whose
/// input is written and whose output is read) it is the time in which both are. The clock is read twice for each piece of work,
/// so a piece should be a chunk, not an object; with `-Dhighwater.accounts=off` it is not read at all.
///
/// Thread rule: any thread. Nothing here waits, but for another thread's call of a few instructions.
public final class Elsewhere {
  /// Whether time is accounted for at all: false with the system property `highwater.accounts=off`, which is read once.
  public static final boolean COUNTED = !"off".equals(System.getProperty("highwater.accounts"));

  private final Strand strand;

  /// How many are at it before any work is counted.
  private final int needed;

  // Under the lock of this object, all that follow.
  private int places;
  private int atWork;
  private double worked;
  private long sinceNanos;
  private long held;
  private long peak;

  private Elsewhere(Strand strand, int places, int needed) {
    this.strand = strand;
    this.places = places;
    this.needed = needed;
    if (COUNTED) sinceNanos = strand.nanoTime();
  }

  /// For up to `places` pieces of work at a time (1 or more), by the clock of `strand`.
  public static Elsewhere of(Strand strand, int places) {
    if (places < 1) throw new IllegalArgumentException("places: " + places + " (expected: 1 or more)");
    return new Elsewhere(strand, places, 1);
  }

  /// For work that goes on while two are at it, such as one who writes the input of a process and one who reads its output.
  public static Elsewhere ofBoth(Strand strand) {
    return new Elsewhere(strand, 1, 2);
  }

  /// A piece of work begins.
  public void begins() {
    move(1);
  }

  /// A piece of work has ended, however it went.
  public void ends() {
    move(-1);
  }

  private void move(int by) {
    if (!COUNTED) return;
    long now = strand.nanoTime();
    synchronized (this) {
      advance(now);
      atWork += by;
    }
  }

  /// From now on so many pieces (1 or more) go on at a time, at most.
  public void places(int count) {
    if (!COUNTED) return;
    long now = strand.nanoTime();
    synchronized (this) {
      advance(now);
      places = Math.max(1, count);
    }
  }

  private void advance(long now) {
    // Another thread may have come first with a later moment.
    long nanos = now - sinceNanos;
    if (nanos <= 0) return;
    worked += nanos * share();
    sinceNanos = now;
  }

  private double share() {
    int counted = atWork - (needed - 1);
    return counted <= 0 ? 0 : Math.min(1, (double) counted / places);
  }

  /// So much more is held, or less where it is negative, in bytes or in objects.
  public synchronized void holds(long more) {
    held += more;
    if (held > peak) peak = held;
  }

  /// How long it has worked until `now`, the pieces under way included; it never falls.
  public synchronized long workedNanos(long now) {
    return (long) (worked + Math.max(0, now - sinceNanos) * share());
  }

  /// How much is held now.
  public synchronized long held() {
    return held;
  }

  /// The most that was held.
  public synchronized long peak() {
    return peak;
  }
}
