package highwater.lab;

import java.util.List;

/// What the runs with one mark gave.
///
/// @param markBytes the mark: the size of the read buffer, and so the largest chunk
/// @param bytes what each run moved
/// @param nanos how long each run took, in the order of the runs; one or more
/// @param cpuNanos how long the thread of the run was in the processor, the median of the runs
/// @param chunks how many chunks a run read
/// @param inFlightBytes the most bytes a run holds at a time: the pipeline's bound
record MarkFigures(long markBytes, long bytes, List<Long> nanos, long cpuNanos, long chunks, long inFlightBytes) {
  private static final double NANOS = 1e9;

  /// Freezes the times.
  MarkFigures {
    nanos = List.copyOf(nanos);
    if (nanos.isEmpty()) throw new IllegalArgumentException("no runs with a mark of " + markBytes);
  }

  /// The median of the runs, in bytes a second.
  double median() {
    return rate(median(nanos));
  }

  /// What a quarter of the runs did not reach, in bytes a second.
  double lowerQuartile() {
    return rate(quantile(nanos, 0.75));
  }

  /// What a quarter of the runs exceeded, in bytes a second.
  double upperQuartile() {
    return rate(quantile(nanos, 0.25));
  }

  private double rate(double nanos) {
    return bytes * NANOS / Math.max(1, nanos);
  }

  /// The middle one of `values`, or the mean of the two in the middle.
  static double median(List<Long> values) {
    return quantile(values, 0.5);
  }

  /// What `part` of `values` are below, between two of them where it must be (R's type 7).
  private static double quantile(List<Long> values, double part) {
    var sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
    double at = part * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
