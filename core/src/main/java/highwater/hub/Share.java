package highwater.hub;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// One source pulled by many consumers: its run begins with the first of them, and it gives a chunk only while one of
/// them has taken all it was given and asks for more.
///
/// So the fastest consumer sets the pace, and nothing is read ahead; a chunk costs a hop between threads, which a
/// [Broadcast] saves by reading ahead. All else is as there: paces, late joiners, failures, bounds. A consumer that
/// joins late begins with the next chunk, whatever is still buffered for slower ones: what it gets does not hang on how
/// slow the others are. (Node's begins with what is buffered.) Source: Node's `stream/iter`, `share`. Thread rule: any
/// thread.
public final class Share<T> {
  private final Broadcast<T> broadcast;
  private final Pipeline run;
  private final AtomicBoolean started = new AtomicBoolean();

  private Share(Broadcast<T> broadcast, Function<? super Target<T>, Pipeline> source) {
    this.broadcast = broadcast;
    run = source.apply(broadcast.target());
  }

  /// Shares the bytes of `origin`.
  public static Share<ByteBuffer> ofBytes(Origin<ByteBuffer> origin, HubOptions options) {
    return ofBytes(origin.name(), options, target -> Pipeline.from(origin).to(target));
  }

  /// Shares the bytes of a pipeline that `source` makes, with stages, a budget and a name of its own, to the target it
  /// is given: `target -> Pipeline.from(file).through(gunzip).to(target).withBudget(budget)`.
  public static Share<ByteBuffer> ofBytes(
      String name, HubOptions options, Function<? super Target<ByteBuffer>, Pipeline> source) {
    return new Share<>(new Broadcast<>(name, Cargo.ofBytes(), options, true), source);
  }

  /// Shares the objects of `origin`, which `weigher` weighs in bytes, 1 or more each.
  public static <T> Share<T> ofObjects(Origin<T> origin, ToLongFunction<? super T> weigher, HubOptions options) {
    return ofObjects(origin.name(), weigher, options, target -> Pipeline.from(origin).to(target));
  }

  /// Shares the objects of a pipeline that `source` makes to the target it is given.
  public static <T> Share<T> ofObjects(
      String name,
      ToLongFunction<? super T> weigher,
      HubOptions options,
      Function<? super Target<T>, Pipeline> source) {
    return new Share<>(new Broadcast<>(name, Cargo.ofObjects(weigher), options, true), source);
  }

  /// Makes a consumer that holds the source back.
  public Branch<T> branch() {
    return branch(Pace.hold());
  }

  /// Makes a consumer with `pace`, under a name made up; its limit must be at least the largest chunk.
  public Branch<T> branch(Pace pace) {
    return branch(broadcast.nextBranch(), pace);
  }

  /// Makes a consumer with `pace`, called `branch` in messages.
  public Branch<T> branch(String branch, Pace pace) {
    return broadcast.branch(branch, pace, this::startOnce);
  }

  /// Any failure of the run ends the consumers, also one that comes before the target is opened.
  private void startOnce() {
    if (started.getAndSet(true)) return;
    try {
      var _ = run.start().completion().whenComplete((_, failure) -> ended(failure));
    } catch (RuntimeException refused) {
      broadcast.fail(refused);
    }
  }

  private void ended(@Nullable Throwable failure) {
    if (failure == null) return;
    var error = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    broadcast.fail(error instanceof PipelineException of && of.getCause() != null ? of.getCause() : error);
  }

  /// Fails the source, and every consumer after what was buffered, with `error`; nothing happens once all is over.
  public void fail(Throwable error) {
    broadcast.fail(error);
  }

  /// The consumers that have joined and not left.
  public int consumers() {
    return broadcast.consumers();
  }

  /// The bytes held now, each chunk counted once.
  public long heldBytes() {
    return broadcast.heldBytes();
  }

  @Override
  public String toString() {
    return broadcast.toString();
  }
}
