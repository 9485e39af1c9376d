package highwater.bench;

import highwater.StreamOptions;
import highwater.pipeline.BulkPull;
import highwater.pipeline.Computation;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import java.util.List;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
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

/// What an object costs on its way through map and filter into a sum: a million objects that exist already, in a
/// pipeline and in `java.util.stream`. The figure is nanoseconds for one object; only the ratio of two of them means something
/// on a machine that does other things as well.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ObjectOperators {
  private static final int OBJECTS = 1_000_000;

  private final List<Integer> objects = IntStream.range(0, OBJECTS).boxed().toList();

  private final Computation<Long> many = computation(true);
  private final Computation<Long> oneByOne = computation(false);

  private long sum;

  private Computation<Long> computation(boolean many) {
    return Pipeline.from(new Objects(objects, many))
        .map(i -> objects.get(i ^ 1))
        .filter(i -> i % 2 == 0)
        .forEach(i -> sum += i);
  }

  /// A pipeline whose origin gives many objects in one call.
  @Benchmark
  @OperationsPerInvocation(OBJECTS)
  public long pipeline() {
    sum = 0;
    many.run();
    return sum;
  }

  /// A pipeline whose origin gives one object a call.
  @Benchmark
  @OperationsPerInvocation(OBJECTS)
  public long pipelineOneByOne() {
    sum = 0;
    oneByOne.run();
    return sum;
  }

  /// The same operators of `java.util.stream` over the list.
  @Benchmark
  @OperationsPerInvocation(OBJECTS)
  public long javaUtilStream() {
    sum = 0;
    objects.stream().map(i -> objects.get(i ^ 1)).filter(i -> i % 2 == 0).forEach(i -> sum += i);
    return sum;
  }

  /// The same over the list's iterator, which is what the pipeline's origin has.
  @Benchmark
  @OperationsPerInvocation(OBJECTS)
  public long javaUtilStreamOfAnIterator() {
    sum = 0;
    StreamSupport.stream(Spliterators.spliteratorUnknownSize(objects.iterator(), 0), false)
        .map(i -> objects.get(i ^ 1))
        .filter(i -> i % 2 == 0)
        .forEach(i -> sum += i);
    return sum;
  }

  /// A list as an origin.
  private record Objects(List<Integer> list, boolean many) implements PullOrigin<Integer> {
    @Override
    public String name() {
      return "objects";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("objects that exist already");
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Pull<Integer> pull() {
      return many ? new Many(list) : new OneByOne(list);
    }
  }

  private static class OneByOne implements Pull<Integer> {
    final java.util.Iterator<Integer> left;

    OneByOne(List<Integer> list) {
      left = list.iterator();
    }

    @Override
    public void open(PartContext context) {}

    @Override
    public Progress poll() {
      return left.hasNext() ? Progress.READY : Progress.DONE;
    }

    @Override
    public Integer next() {
      return left.next();
    }
  }

  private static final class Many extends OneByOne implements BulkPull<Integer> {
    Many(List<Integer> list) {
      super(list);
    }

    @Override
    public void giveTo(Taker<? super Integer> taker) throws Exception {
      while (left.hasNext()) if (!taker.take(left.next())) return;
    }
  }
}
