package highwater.bench;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/// Adds the peak resident memory of the process to what JMH reports, as Linux counts it.
public final class PeakProfiler implements InternalProfiler {
  static final String LABEL = "peak";

  @Override
  public String getDescription() {
    return "peak resident memory of the process (VmHWM)";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return List.of(new ScalarResult(LABEL, PeakMemory.bytes(), "bytes", AggregationPolicy.MAX));
  }
}
