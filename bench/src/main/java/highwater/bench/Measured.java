package highwater.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// A contender whose time JMH takes, in one fork for each sample.
///
/// @param name what tables call it
/// @param benchmark the class of the benchmark
/// @param method its method
/// @param items how many items one call sends, at full size
/// @param steps the figure is for one item on one of so many steps
record Measured(String name, Class<?> benchmark, String method, int items, int steps) implements Contender {
  static final String TIME = "ns";
  static final String ALLOCATED = "B alloc";
  static final String PEAK = "peak MiB";

  /// The parameter of a benchmark that says how many items a call sends.
  static final String ITEMS = "items";

  @Override
  public Map<String, Double> sample(Pace pace) throws Exception {
    int count = pace.of(items);
    var log = Files.createTempFile("bench-", ".log");
    try {
      var result = run(pace, count, log);
      var figures = new LinkedHashMap<String, Double>();
      figures.put(TIME, result.getPrimaryResult().getScore());
      // For an item, whatever the number of steps.
      figures.put(ALLOCATED, secondary(result, "gc.alloc.rate.norm") * steps);
      figures.put(PEAK, secondary(result, PeakProfiler.LABEL) / (1 << 20));
      return figures;
    } catch (RunnerException failed) {
      throw new IllegalStateException(name + " failed:\n" + Files.readString(log), failed);
    } finally {
      Files.delete(log);
    }
  }

  private RunResult run(Pace pace, int count, Path log) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark.getCanonicalName() + "." + method) + "$")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .param(ITEMS, Integer.toString(count))
            .operationsPerInvocation(count * steps)
            .forks(1)
            .jvmArgs("-Xms1g", "-Xmx1g", "--sun-misc-unsafe-memory-access=allow")
            .warmupIterations(1)
            .warmupTime(time(pace.warmUpSeconds()))
            .measurementIterations(1)
            .measurementTime(time(pace.seconds()))
            .shouldFailOnError(true)
            .addProfiler(GCProfiler.class)
            .addProfiler(PeakProfiler.class)
            .verbosity(VerboseMode.NORMAL)
            .output(log.toString())
            .build();
    return new Runner(options).runSingle();
  }

  private static TimeValue time(double seconds) {
    return TimeValue.milliseconds(Duration.ofNanos((long) (seconds * 1e9)).toMillis());
  }

  @SuppressWarnings("rawtypes") // As JMH has them.
  private static double secondary(RunResult result, String label) {
    for (var each : result.getSecondaryResults().entrySet()) {
      if (each.getKey().endsWith(label)) return each.getValue().getScore();
    }
    return Double.NaN;
  }
}
