package highwater.bench;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import io.reactivex.rxjava3.core.Flowable;
import io.smallrye.mutiny.Multi;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.stream.javadsl.Source;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;
import reactor.core.publisher.Flux;

/// What an object costs on its way from an iterator through map and filter into a sum, on one thread: boxed Longs from
/// 0, `x + 1`, the even ones, added to a field.
@State(Scope.Thread)
public class Objects {
  /// How many objects one call sends.
  @Param("1000000")
  int items;

  private long sum;

  private Iterator<Long> numbers() {
    return new Numbers(items);
  }

  private void add(Long number) {
    sum += number;
  }

  private long checked() {
    long half = items / 2;
    return Wrong.unless(half * (half + 1), sum);
  }

  /// A pipeline.
  @Benchmark
  public long highwater() throws Exception {
    sum = 0;
    var _ =
        Pipeline.from(Origin.fromIterable(this::numbers))
            .map(x -> x + 1)
            .filter(x -> x % 2 == 0)
            .forEach(this::add)
            .run();
    return checked();
  }

  /// `java.util.stream`.
  @Benchmark
  public long javaUtilStream() {
    sum = 0;
    stream(numbers()).map(x -> x + 1).filter(x -> x % 2 == 0).forEach(this::add);
    return checked();
  }

  /// Mutiny.
  @Benchmark
  public long mutiny() {
    sum = 0;
    var _ =
        Multi.createFrom()
            .iterable(this::numbers)
            .onItem()
            .transform(x -> x + 1)
            .select()
            .where(x -> x % 2 == 0)
            .subscribe()
            .with(this::add);
    return checked();
  }

  /// RxJava.
  @Benchmark
  public long rxjava() {
    sum = 0;
    var _ = Flowable.fromIterable(this::numbers).map(x -> x + 1).filter(x -> x % 2 == 0).subscribe(this::add);
    return checked();
  }

  /// Reactor.
  @Benchmark
  public long reactor() {
    sum = 0;
    var _ = Flux.fromIterable(this::numbers).map(x -> x + 1).filter(x -> x % 2 == 0).subscribe(this::add);
    return checked();
  }

  /// Pekko, its stages fused.
  @Benchmark
  public long pekko(PekkoSystem pekko) throws Exception {
    sum = 0;
    pekko.join(
        Source.fromIterator(this::numbers)
            .map(x -> x + 1)
            .filter(x -> x % 2 == 0)
            .runForeach(this::add, pekko.system()));
    return checked();
  }

  /// A loop without a library: the limit.
  @Benchmark
  public long loop() {
    sum = 0;
    for (var each = numbers(); each.hasNext(); ) {
      Long next = each.next() + 1;
      if (next % 2 == 0) add(next);
    }
    return checked();
  }

  private static <T> Stream<T> stream(Iterator<T> iterator) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator, 0), false);
  }

  /// The same where five other pipelines of the library were warm before: no call site knows but one receiver.
  public static class AmongOthers extends Objects {
    private static final int COUNT = 10_000;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Object> kept = new ArrayList<>();

    /// Runs the others in turn, for a second.
    @Setup(Level.Trial)
    public void warmOthers(BenchmarkParams params) throws Exception {
      var name = params.getBenchmark();
      long began = System.nanoTime();
      do {
        kept.clear();
        if (name.endsWith("highwater")) runPipelines();
        else if (name.endsWith("javaUtilStream")) runStreams();
        else if (name.endsWith("reactor")) runFluxes();
        else throw new IllegalStateException("no other pipelines for " + name);
        // All five have sent what they have to.
        Wrong.unless(COUNT + COUNT / 2 + COUNT / 4 + 2L * COUNT + COUNT / 10, total());
      } while (System.nanoTime() - began < NANOS);
    }

    private long total() {
      return kept.stream().mapToLong(each -> ((Number) each).longValue()).sum();
    }

    private static Iterator<Long> few() {
      return new Numbers(COUNT);
    }

    private void runPipelines() throws Exception {
      var from = Pipeline.from(Origin.fromIterable(AmongOthers::few));
      kept.add(from.map(x -> Long.toString(x)).map(String::length).count().run());
      kept.add(from.filter(x -> x % 2 == 1).count().run());
      kept.add(from.filter(x -> x % 2 == 0).filter(x -> x % 4 == 0).map(x -> -x).count().run());
      kept.add(from.flatMap(x -> List.of(x, x)).map(x -> x / 3).count().run());
      kept.add(from.map(x -> x * x).take(COUNT / 10).tap(x -> {}).count().run());
    }

    private void runStreams() {
      kept.add(counted(stream(few()).map(x -> Long.toString(x)).map(String::length)));
      kept.add(counted(stream(few()).filter(x -> x % 2 == 1)));
      kept.add(counted(stream(few()).filter(x -> x % 2 == 0).filter(x -> x % 4 == 0).map(x -> -x)));
      kept.add(counted(stream(few()).flatMap(x -> Stream.of(x, x)).map(x -> x / 3)));
      kept.add(counted(stream(few()).map(x -> x * x).limit(COUNT / 10).peek(x -> {})));
    }

    private static long counted(Stream<?> stream) {
      var count = new long[1];
      stream.forEach(x -> count[0]++);
      return count[0];
    }

    private void runFluxes() {
      var from = Flux.fromIterable(AmongOthers::few);
      kept.add(counted(from.map(x -> Long.toString(x)).map(String::length)));
      kept.add(counted(from.filter(x -> x % 2 == 1)));
      kept.add(counted(from.filter(x -> x % 2 == 0).filter(x -> x % 4 == 0).map(x -> -x)));
      kept.add(counted(from.concatMapIterable(x -> List.of(x, x)).map(x -> x / 3)));
      kept.add(counted(from.map(x -> x * x).take(COUNT / 10).doOnNext(x -> {})));
    }

    private static long counted(Flux<?> flux) {
      var count = new long[1];
      var _ = flux.subscribe(x -> count[0]++);
      return count[0];
    }
  }
}
