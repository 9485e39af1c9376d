package highwater.pipeline;

/// The seed of this run's random tests of operators: printed, and taken back by `-Dseed=`.
final class OperatorSeed {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private OperatorSeed() {}

  static long forThisRun() {
    System.out.println("-Dseed=" + SEED);
    return SEED;
  }
}
