package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A `Flow.Subscriber` as the target of one run; made by [Target#toSubscriber].
final class SubscriberTarget<T> implements PullTarget<T> {
  private final String name;
  private final Flow.Subscriber<? super T> subscriber;
  private final AtomicBoolean taken = new AtomicBoolean();

  SubscriberTarget(String name, Flow.Subscriber<? super T> subscriber) {
    this.name = name;
    this.subscriber = requireNonNull(subscriber, "subscriber");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Delivery.deliveredFootprint(chunkMaxBytes);
  }

  @Override
  public StreamOptions streamOptions() {
    return ChunkWeight.OPTIONS;
  }

  /// The subscriber waits for it.
  @Override
  public boolean isAwaited() {
    return true;
  }

  @Override
  public Put<T> put() {
    if (taken.getAndSet(true)) {
      throw new IllegalStateException(name + " is one subscriber and has had its run: make a target for each run");
    }
    return new Telling<>(new Delivery<>(subscriber));
  }

  /// Says how it went as the last step of the run: the subscriber's `onComplete` is this target's commit.
  private record Telling<T>(Delivery<T> delivery) implements Put<T>, WorksElsewhere.Around {
    @Override
    public void open(PartContext context) {
      delivery.open(context);
      delivery.subscribe();
    }

    @Override
    public Progress poll() {
      return delivery.poll();
    }

    @Override
    public void offer(T chunk) {
      delivery.offer(chunk);
    }

    @Override
    public void finish() {
      delivery.finish();
    }

    @Override
    public void commit() {
      delivery.over(null);
    }

    @Override
    public void abort(Throwable cause) {
      delivery.abort(cause);
      delivery.over(cause);
    }

    @Override
    public Part inside() {
      return delivery;
    }

    @Override
    public @Nullable String waitsFor() {
      return delivery.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return delivery.waitCause();
    }
  }
}
