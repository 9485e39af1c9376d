package highwater.strand;

/// The seed of this run's random tests: printed, and taken back by `-Dseed=`.
final class Seed {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private Seed() {}

  static long forThisRun() {
    System.out.println("-Dseed=" + SEED);
    return SEED;
  }
}
