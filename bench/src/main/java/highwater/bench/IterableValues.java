package highwater.bench;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What an object costs on its way from a list to a function that counts: through a pipeline one by one, through a
/// pipeline that ends in a value and so takes many at once, and through `java.util.stream` the same two ways. The
/// figure is nanoseconds for an object, the start of a run included.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class IterableValues {
  private static final int VALUES = 1_000_000;

  private final List<Integer> values = IntStream.range(0, VALUES).boxed().toList();
  private long sum;

  private void count(Integer value) {
    sum += value;
  }

  /// A pipeline into a target that is a function.
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long pipelineIntoTarget() {
    Pipeline.from(Origin.fromIterable(values)).to(Target.forEach(this::count)).run();
    return sum;
  }

  /// A pipeline that ends in a function.
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long pipelineForEach() {
    Pipeline.from(Origin.fromIterable(values)).forEach(this::count).run();
    return sum;
  }

  /// The stream of the list, which pushes.
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long streamForEach() {
    values.stream().forEach(this::count);
    return sum;
  }

  /// The stream of the list, pulled by its iterator, as a pipeline has to.
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long streamIterator() {
    for (var each = values.stream().iterator(); each.hasNext(); ) count(each.next());
    return sum;
  }
}
