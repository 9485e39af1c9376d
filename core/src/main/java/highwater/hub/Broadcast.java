package highwater.hub;

import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/// One source pushed to many consumers, each with a [Pace] of its own, through one buffer bounded in bytes.
///
/// It is the target of one pipeline and gives any number of [Branch]es, each the origin of a pipeline of its own, on a
/// strand of its own, or a live stream. The source reads ahead as far as the bound allows.
///
/// A consumer begins with the first chunk after it has joined, which it does when its run opens it; the first chunk
/// waits for the first consumer, or for as many as [HubOptions#startingWith] says. One that leaves or fails does not
/// touch the others; when the last has left the source is stopped, and its run ends well, as with any target that needs
/// no more. A source that fails fails every consumer, with the same error, after what was buffered; the end is told
/// only when every part of the source's run has succeeded. That run is over when those consumers that hold it back have
/// taken everything.
///
/// It holds at most the bound for those that hold the source, and for each other consumer what its pace lets it lag.
/// The first is a term of the source's pipeline, the others of the consumer's own; what is still buffered after the
/// source has *failed* is no longer charged to its budget. Pipelines that wait for one another need a budget that holds
/// all their minimums at once.
///
/// Source: Node's `stream/iter`, `broadcast`. Thread rule: any thread.
public final class Broadcast<T> {
  private final String name;
  private final Cargo<T> cargo;
  private final Ring<T> ring;
  private final AtomicInteger branches = new AtomicInteger();

  Broadcast(String name, Cargo<T> cargo, HubOptions options, boolean onDemand) {
    this.name = name;
    this.cargo = cargo;
    ring = new Ring<>(name, options, onDemand, _ -> {});
  }

  /// Makes one for bytes, called `name` in messages. Chunks are copied once, and cut where they are larger than
  /// [HubOptions#chunkMaxBytes()].
  public static Broadcast<ByteBuffer> ofBytes(String name, HubOptions options) {
    return new Broadcast<>(name, Cargo.ofBytes(), options, false);
  }

  /// Makes one for objects, which `weigher` weighs in bytes, 1 or more each; all consumers get the same objects. One
  /// heavier than [HubOptions#chunkMaxBytes()] fails the source.
  public static <T> Broadcast<T> ofObjects(String name, ToLongFunction<? super T> weigher, HubOptions options) {
    return new Broadcast<>(name, Cargo.ofObjects(weigher), options, false);
  }

  /// Where the source goes: the target of one run, or by `open()` a live writable. A second run is refused.
  ///
  /// A run that fails before it opens this target leaves the consumers waiting, for another run: see [#fail].
  public Target<T> target() {
    return new RingTarget<>(name, cargo, ring);
  }

  /// Makes a consumer that holds the source back.
  public Branch<T> branch() {
    return branch(Pace.hold());
  }

  /// Makes a consumer with `pace`, under a name made up; its limit must be at least the largest chunk.
  public Branch<T> branch(Pace pace) {
    return branch(name + " " + branches.incrementAndGet(), pace);
  }

  /// Makes a consumer with `pace`, called `branch` in messages.
  public Branch<T> branch(String branch, Pace pace) {
    return branch(branch, pace, () -> {});
  }

  Branch<T> branch(String branch, Pace pace, Runnable onJoin) {
    return Branch.of(branch, name, cargo, ring, pace, onJoin);
  }

  /// Fails the source, and every consumer after what was buffered, with `error`; nothing happens once all is over.
  public void fail(Throwable error) {
    ring.fail(error);
  }

  /// The consumers that have joined and not left.
  public int consumers() {
    return ring.consumers();
  }

  /// The bytes held now, each chunk counted once.
  public long heldBytes() {
    return ring.heldBytes();
  }

  String nextBranch() {
    return name + " " + branches.incrementAndGet();
  }

  @Override
  public String toString() {
    return name + " (" + consumers() + " consumers, " + heldBytes() + " bytes held)";
  }
}
