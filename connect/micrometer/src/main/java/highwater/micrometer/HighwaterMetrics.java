package highwater.micrometer;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import highwater.Registration;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.RunListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Meters of the pipelines of this process and of their stages, in any number of registries.
///
/// ```java
/// try (var metrics = new HighwaterMetrics()) {
///   metrics.bindTo(registry);
///   …
/// }
/// ```
///
/// Runs of one pipeline share its meters: counters sum up all of them, those too that were too short for a scrape to see,
/// and never fall; gauges sum up those under way. A pipeline is known by the name it was given
/// ([highwater.pipeline.Pipeline#named]); all without one are `unnamed`, since their ends are called after files and
/// addresses. So are stages: the first is `source`, the last `sink`, the others have their names. docs/observing.md lists the
/// meters. Thread rule: any thread. Cost: a run that starts or ends takes a short lock; the rest happens when meters are read,
/// about a microsecond for each run under way.
public final class HighwaterMetrics implements MeterBinder, AutoCloseable {
  /// How many pipelines have meters of their own, if not told otherwise.
  public static final int PIPELINES_AT_MOST = 100;

  private final Tags tags;
  private final Map<String, Budget> budgets;
  private final Ledger ledger;
  private final CopyOnWriteArrayList<Bound> registries = new CopyOnWriteArrayList<>();

  /// Our place among the listeners, while anything is bound. Guarded by `this`.
  private @Nullable Registration listening;

  /// Makes a binder without tags of its own.
  public HighwaterMetrics() {
    this(builder());
  }

  private HighwaterMetrics(Builder builder) {
    tags = builder.tags;
    budgets = Map.copyOf(builder.budgets);
    ledger = new Ledger(builder.pipelineTag, builder.pipelinesAtMost);
  }

  /// Begins a binder with settings.
  public static Builder builder() {
    return new Builder();
  }

  /// Registers the meters of the pipelines that run now, and from now on those of each that starts.
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    var bound = new Bound(registry);
    registries.add(bound);
    // Before the look at those that run, so that none is missed between the two.
    if (listening == null) listening = PipelineRun.listen(new Listener());
    for (var run : PipelineRun.running()) {
      var _ = ledger.started(run);
    }
    for (var series : ledger.pipelines()) bound.register(series);
    budgets.forEach(bound::register);
  }

  /// Takes the meters out of all registries; what was counted is forgotten with this binder.
  @Override
  public synchronized void close() {
    if (listening != null) listening.remove();
    listening = null;
    for (var bound : registries) bound.close();
    registries.clear();
  }

  private final class Listener implements RunListener {
    @Override
    public void started(PipelineRun run) {
      register(ledger.started(run));
    }

    @Override
    public void ended(PipelineRun run, @Nullable Throwable failure) {
      var series = ledger.ended(run);
      register(series);
      var outcome = failure == null ? "succeeded" : failure instanceof CancelledException ? "cancelled" : "failed";
      long nanos = run.report().elapsed().toNanos();
      for (var bound : registries) bound.ended(series, outcome, nanos);
    }

    private void register(PipelineSeries series) {
      for (var bound : registries) bound.register(series);
    }
  }

  /// One registry, and what we have registered there.
  private final class Bound {
    private final MeterRegistry registry;
    private final Set<Meter> meters = ConcurrentHashMap.newKeySet();
    private final Set<Object> registered = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Bound(MeterRegistry registry) {
      this.registry = registry;
    }

    /// Registers what is new of a pipeline. Not under the ledger's lock, since it may call filters of the user's.
    void register(PipelineSeries series) {
      if (registered.add(series)) registerPipeline(series, tags.and("pipeline", series.tag));
      ledger
          .stages(series)
          .forEach(
              (stage, figures) -> {
                if (registered.add(figures)) registerStage(figures, tags.and("pipeline", series.tag, "stage", stage));
              });
    }

    private void registerPipeline(PipelineSeries series, Tags tags) {
      add(
          gauge("highwater.pipeline.running", series, PipelineSeries::running, tags)
              .description("The runs under way")
              .register(registry));
    }

    private void registerStage(StageSeries stage, Tags tags) {
      for (var figure : Figure.values()) {
        add(
            FunctionCounter.builder(figure.meter, stage, s -> ledger.read(s, of -> of.shown(figure)))
                .tags(tags.and(figure.tag, figure.value))
                .description(figure.description)
                .baseUnit(figure.unit)
                .register(registry));
      }
      add(
          gauge("highwater.stage.buffer.held", stage, StageSeries::held, tags)
              .description("What rests in the stages' buffers now, in bytes, or in objects")
              .register(registry));
      add(
          gauge("highwater.stage.buffer.mark", stage, StageSeries::mark, tags)
              .description("What should rest there at most, where it is declared")
              .register(registry));
      add(
          gauge("highwater.stage.buffer.peak", stage, StageSeries::peak, tags)
              .description("The most that has rested in one, in runs under way and of the last two minutes")
              .register(registry));
      add(
          TimeGauge.builder(
                  "highwater.stage.longest.wait",
                  stage,
                  TimeUnit.NANOSECONDS,
                  s -> ledger.read(s, StageSeries::longestWaitNanos))
              .tags(tags)
              .description(
                  "The longest that one made the stage before it wait, in runs under way and of the last two minutes")
              .register(registry));
    }

    private <T> Gauge.Builder<T> gauge(String name, T of, ToDoubleFunction<? super T> figure, Tags tags) {
      return Gauge.builder(name, of, it -> ledger.read(it, figure)).tags(tags);
    }

    void register(String name, Budget budget) {
      var here = tags.and("budget", name);
      register("highwater.budget.size", "The bound of a budget", budget, Budget::sizeBytes, here);
      register("highwater.budget.used", "The bytes charged now", budget, Budget::usedBytes, here);
      register("highwater.budget.peak", "The most bytes ever charged at one time", budget, Budget::peakBytes, here);
      add(
          Gauge.builder("highwater.budget.waiting", budget, Budget::waiting)
              .tags(here)
              .description("The runs that wait for their minimum")
              .register(registry));
    }

    private void register(String name, String description, Budget budget, ToDoubleFunction<Budget> figure, Tags tags) {
      add(Gauge.builder(name, budget, figure).tags(tags).description(description).baseUnit("bytes").register(registry));
    }

    void ended(PipelineSeries series, String outcome, long nanos) {
      var timer =
          Timer.builder("highwater.pipeline.runs")
              .tags(tags.and("pipeline", series.tag, "outcome", outcome))
              .description("The runs that are over, and how long they took")
              .register(registry);
      timer.record(nanos, TimeUnit.NANOSECONDS);
      add(timer);
    }

    private void add(Meter meter) {
      meters.add(meter);
      // A run may have started or ended while the binder was closed.
      if (closed) registry.remove(meter);
    }

    void close() {
      closed = true;
      meters.forEach(registry::remove);
    }
  }

  /// Settings of a [HighwaterMetrics]. Thread rule: one thread at a time.
  public static final class Builder {
    private Tags tags = Tags.empty();
    private Function<? super PipelineRun, String> pipelineTag = run -> run.isNamed() ? run.name() : "unnamed";
    private int pipelinesAtMost = PIPELINES_AT_MOST;
    private final Map<String, Budget> budgets = new LinkedHashMap<>();

    private Builder() {}

    /// Adds tags that every meter has.
    @CanIgnoreReturnValue
    public Builder tags(Iterable<Tag> tags) {
      this.tags = this.tags.and(tags);
      return this;
    }

    /// Sets what makes the tag `pipeline` of a run; by default the name it was given, or `unnamed`.
    ///
    /// Each value that it gives stays in the registries, so it should give few: `PipelineRun::name` has the names of files in it
    /// where a pipeline was given none. It is called from any thread, when a run starts and when it ends.
    @CanIgnoreReturnValue
    public Builder pipelineTag(Function<? super PipelineRun, String> pipelineTag) {
      this.pipelineTag = requireNonNull(pipelineTag, "pipelineTag");
      return this;
    }

    /// Sets how many pipelines have meters of their own (1 or more; [HighwaterMetrics#PIPELINES_AT_MOST] by default); further ones are
    /// counted together, as `other`.
    @CanIgnoreReturnValue
    public Builder pipelinesAtMost(int count) {
      if (count < 1) throw new IllegalArgumentException("pipelines: " + count + " (expected: 1 or more)");
      pipelinesAtMost = count;
      return this;
    }

    /// Adds meters of `budget`, tagged `name`.
    @CanIgnoreReturnValue
    public Builder budget(String name, Budget budget) {
      if (budgets.putIfAbsent(requireNonNull(name, "name"), requireNonNull(budget, "budget")) != null) {
        throw new IllegalArgumentException("budget: " + name + " (expected: another name, this one is taken)");
      }
      return this;
    }

    /// Makes the binder.
    public HighwaterMetrics build() {
      return new HighwaterMetrics(this);
    }
  }
}
