package highwater.bench;

/// How long a measurement takes.
///
/// @param rounds how often each contender runs, each time in a new process
/// @param warmUpSeconds how long it works before that counts
/// @param seconds how long it works while that counts
/// @param part the part of a case's full number of items that are sent, where the number has no say in the figure
record Pace(int rounds, double warmUpSeconds, double seconds, double part) {
  static final Pace FULL = new Pace(5, 3, 3, 1);
  static final Pace QUICK = new Pace(1, 0.6, 0.4, 0.1);

  Pace rounds(int rounds) {
    return new Pace(rounds, warmUpSeconds, seconds, part);
  }

  /// Whether its figures count for bars.
  boolean isFull() {
    return part == 1;
  }

  /// That part of `count`.
  int of(int count) {
    return (int) (count * part);
  }
}
