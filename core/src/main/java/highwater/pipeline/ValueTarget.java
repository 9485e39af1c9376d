package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The end of a [Computation]: synchronous operators, and the terminal that makes a value of what they give.
///
/// @param result where a run leaves its value, or null in a plan that is only explained
record ValueTarget<T, R>(List<Operator> operators, Terminal<?, R> terminal, @Nullable Result<R> result)
    implements PullTarget<T> {
  ValueTarget {
    operators = List.copyOf(operators);
  }

  /// What one run leaves: written on its strand, read when the run is over.
  static final class Result<R> {
    private @Nullable R value;

    R value() {
      var made = value;
      if (made == null) throw new AssertionError("a run succeeded without its value");
      return made;
    }
  }

  ValueTarget<Object, R> behind(List<Operator> before) {
    return new ValueTarget<>(OperatorStage.join(before, operators), terminal, result);
  }

  ValueTarget<T, R> into(Result<R> result) {
    return new ValueTarget<>(operators, terminal, result);
  }

  @Override
  public String name() {
    return Stream.concat(operators.stream().map(Operator::name), Stream.of(terminal.name()))
        .collect(Collectors.joining(" · "));
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var asOperator = new Operator(terminal.name(), false, terminal.footprint(), () -> terminal.link().get());
    return OperatorStage.footprint(OperatorStage.join(operators, List.of(asOperator)), chunkMaxBytes);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  @SuppressWarnings("unchecked") // The chain's links were joined where their types fit.
  public Put<T> put() {
    var last = terminal.link().get();
    var chain = new Chain(operators, last, terminal.name());
    return (Put<T>) (Put<?>) new Ending<>(chain, last, result);
  }

  /// The chain as a target: what it made is the run's value once everything is final.
  static final class Ending<R> implements Put<Object>, OfSeveral, MovesInside {
    final Chain chain;
    private final Terminal.Last<?, R> last;
    private final @Nullable Result<R> result;

    Ending(Chain chain, Terminal.Last<?, R> last, @Nullable Result<R> result) {
      this.chain = chain;
      this.last = last;
      this.result = result;
    }

    @Override
    public void open(PartContext context) throws Exception {
      chain.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      return chain.poll();
    }

    @Override
    public void offer(Object chunk) throws Exception {
      chain.offer(chunk);
    }

    @Override
    public void finish() {
      chain.finish();
    }

    @Override
    public @Nullable String blamedFor(Throwable cause) {
      return chain.blamedFor(cause);
    }

    @Override
    public long movedInside() {
      return chain.movedInside();
    }

    @Override
    public void commit() {
      if (result != null) result.value = last.value();
    }

    @Override
    public void abort(Throwable cause) {
      chain.abort(cause);
    }

    @Override
    public void close() throws Exception {
      chain.close();
    }

    @Override
    public @Nullable String waitsFor() {
      return chain.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return chain.waitCause();
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
