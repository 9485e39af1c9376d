package highwater.lab;

import java.util.Collection;

/// A mean that is being taken, with its extremes.
final class Mean {
  private double sum;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private long count;

  /// The mean of `values`.
  static double of(Collection<Double> values) {
    var mean = new Mean();
    values.forEach(mean::add);
    return mean.mean();
  }

  void add(double value) {
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
    count++;
  }

  /// NaN where nothing was added.
  double mean() {
    return sum / count;
  }

  double max() {
    return count == 0 ? Double.NaN : max;
  }

  double min() {
    return count == 0 ? Double.NaN : min;
  }

  double sum() {
    return sum;
  }

  long count() {
    return count;
  }
}
