package highwater.pipeline;

import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.stream.Gatherer;
import org.jspecify.annotations.Nullable;

/// Runs a gatherer of `java.util.stream`, one object after another.
///
/// What one call of its integrator or finisher pushes beyond what is wanted at that moment is held until it is: such a
/// call cannot be left in the middle.
final class Gather<T, A, R> extends Link<T, R> implements Link.Holding, Gatherer.Downstream<R> {
  private final Gatherer<? super T, A, R> gatherer;
  private final ArrayDeque<R> held = new ArrayDeque<>();
  private Gatherer.@Nullable Integrator<A, ? super T, R> integrator;
  private @Nullable A state;

  /// The link behind has taken everything so far and may be given more.
  private boolean goesOn = true;

  /// What the link behind threw into a push: it is thrown on, whatever the gatherer makes of it.
  private @Nullable Throwable behind;

  private boolean isOver;
  private boolean isFinished;

  private Gather(Gatherer<? super T, A, R> gatherer) {
    this.gatherer = gatherer;
  }

  static <T, R> Operator of(Gatherer<? super T, ?, R> gatherer) {
    return Operator.making("gather", "what the gatherer keeps", () -> new Gather<>(gatherer));
  }

  @Override
  @SuppressWarnings("unchecked") // An integrator takes what its gatherer takes.
  void open() throws Exception {
    integrator = (Gatherer.Integrator<A, ? super T, R>) call(gatherer::integrator);
    state = call(() -> gatherer.initializer().get());
  }

  @Override
  @SuppressWarnings("NullAway") // A gatherer without state has null for one.
  boolean accept(T chunk) throws Exception {
    if (isOver) return false;
    goesOn = true;
    boolean more;
    var integrates = integrator;
    if (integrates == null) throw new AssertionError("not open");
    try {
      more = integrates.integrate(state, kept(chunk), this);
    } catch (Throwable thrown) {
      throw failedInside(thrown);
    }
    throwBehind();
    if (more) return goesOn && held.isEmpty();
    isOver = true;
    return over();
  }

  @Override
  @SuppressWarnings("NullAway") // As above.
  void finish() throws Exception {
    goesOn = true;
    isFinished = true;
    BiConsumer<A, Gatherer.Downstream<? super R>> finisher = gatherer.finisher();
    try {
      finisher.accept(state, this);
    } catch (Throwable thrown) {
      throw failedInside(thrown);
    }
    throwBehind();
  }

  @Override
  public boolean push(R made) {
    if (isNeedless() || behind != null) return false;
    if (made == null) throw madeNull("an object");
    if (!goesOn || !held.isEmpty()) {
      held.add(made);
      return true;
    }
    try {
      goesOn = next.accept(made);
    } catch (Throwable thrown) {
      behind = thrown;
      return false;
    }
    return !isNeedless();
  }

  @Override
  public boolean isRejecting() {
    return isNeedless() || behind != null;
  }

  private Exception failedInside(Throwable thrown) {
    throwBehind();
    return failed(thrown);
  }

  private void throwBehind() {
    if (behind != null) throw Rethrow.asItIs(behind);
  }

  @Override
  public boolean holds() {
    return !held.isEmpty();
  }

  @Override
  public void passOn() throws Exception {
    for (R one; (one = held.poll()) != null; ) if (!next.accept(one) || !chain().mayPass()) return;
  }

  /// A gatherer that was left early is finished too, as in a `Stream`: it may have to stop what it began.
  @Override
  void close() throws Exception {
    held.clear();
    if (integrator != null && !isFinished && chain().wasLeftEarly()) finish();
    state = null;
  }
}
