package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.contract.Remains;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Publishers and subscribers as recipes.
@Timeout(60)
class PublisherRecipesTest {
  /// Gives what is requested at once, and notes each request.
  private static final class Obedient implements Flow.Publisher<Integer>, Flow.Subscription {
    final List<Long> requests = new ArrayList<>();
    volatile boolean cancelled;
    private final int count;
    private final int surplus;
    private int next;
    private Flow.@Nullable Subscriber<? super Integer> subscriber;

    Obedient(int count, int surplus) {
      this.count = count;
      this.surplus = surplus;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscriber) {
      this.subscriber = subscriber;
      subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
      requests.add(n);
      var to = subscriber;
      if (to == null) return;
      for (long i = 0; i < n + surplus && next < count; i++) to.onNext(next++);
      if (next == count) {
        next++;
        to.onComplete();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @Test
  void demandComesInBatchesAtHalfEmpty() {
    var publisher = new Obedient(100, 0);
    var got = new Gathered<Integer>();
    Pipeline.from(Origin.<Integer>fromPublisher("hundred", publisher)).to(got).run();
    assertThat(got.chunks).hasSize(100).startsWith(0).endsWith(99);
    assertThat(publisher.requests.getFirst()).isEqualTo(16);
    assertThat(publisher.requests.subList(1, publisher.requests.size())).containsOnly(8L).hasSizeLessThanOrEqualTo(12);
  }

  @Test
  void aPublisherThatGivesMoreThanWasRequestedFailsTheRun() {
    var publisher = new Obedient(100, 1);
    assertThatThrownBy(
            () ->
                Pipeline.from(Origin.<Integer>fromPublisher("greedy", publisher).withPrefetch(4))
                    .to(new Gathered<>())
                    .run())
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("greedy gave more chunks than the 4 that were requested");
    assertThat(publisher.cancelled).isTrue();
  }

  @Test
  void aChunkLargerThanDeclaredFailsTheRunWithTheFigures() {
    try (var publisher = new SubmissionPublisher<ByteBuffer>()) {
      var origin = Origin.<ByteBuffer>fromPublisher("bytes", publisher).chunkAtMost(1024);
      var pipeline = Pipeline.from(origin).to(new Gathered<>());
      assertThat(origin.footprint(0).terms().getFirst().maxBytes()).isEqualTo(17 * 1024);
      var run = pipeline.start();
      Remains.await("a subscriber", publisher::hasSubscribers);
      publisher.submit(ByteBuffer.allocate(2048));
      assertThatThrownBy(run::join).hasMessageContaining("2 KiB").hasMessageContaining("1 KiB");
    }
  }

  @Test
  void onErrorFailsTheRunWithThatVeryErrorAndAFailingRunCancels() {
    var boom = new IllegalStateException("boom");
    var failing = Pipeline.from(Numbers.failingAfter(3, boom)).publisher();
    assertThatThrownBy(() -> Pipeline.from(Origin.<Long>fromPublisher("up", failing)).to(new Gathered<>()).run())
        .isInstanceOf(PipelineException.class)
        .rootCause()
        .isSameAs(boom);

    var publisher = new Obedient(1_000, 0);
    var full = new Gathered<Integer>();
    full.failure = boom;
    full.failAt = 5;
    assertThatThrownBy(() -> Pipeline.from(Origin.<Integer>fromPublisher("up", publisher)).to(full).run())
        .rootCause()
        .isSameAs(boom);
    assertThat(publisher.cancelled).isTrue();
  }

  @Test
  void aSubscriberTargetIsToldItsCommitOrWhatEndedTheRun() {
    var good = new Noting();
    var target = Target.toSubscriber("noting", good);
    Pipeline.from(Numbers.first(5)).to(target).run();
    assertThat(good.over).isCompletedWithValue(List.of(0L, 1L, 2L, 3L, 4L));
    assertThatThrownBy(() -> Pipeline.from(Numbers.first(5)).to(target).run()).hasMessageContaining("has had its run");

    var boom = new IllegalStateException("boom");
    var bad = new Noting();
    assertThatThrownBy(() -> Pipeline.from(Numbers.failingAfter(2, boom)).to(Target.toSubscriber("bad", bad)).run())
        .rootCause()
        .isSameAs(boom);
    assertThatThrownBy(() -> Await.value(bad.over)).cause().isSameAs(boom);
  }

  @Test
  void aSubscriberThatCancelsEndsTheRun() {
    var numbers = Numbers.first(Long.MAX_VALUE);
    var tired = new Noting();
    tired.cancelAfter = 3;
    assertThatThrownBy(() -> Pipeline.from(numbers).to(Target.toSubscriber("tired", tired)).run())
        .hasMessageContaining("subscriber cancelled");
    assertThat(numbers.closed.get()).isEqualTo(1);

    var other = new Noting();
    other.cancelAfter = 3;
    Pipeline.from(numbers).publisher().subscribe(other);
    Remains.await("the close of the source", () -> numbers.closed.get() == 2);
  }

  /// Wants everything, one by one.
  private static final class Noting implements Flow.Subscriber<Long> {
    final CompletableFuture<List<Long>> over = new CompletableFuture<>();
    int cancelAfter = Integer.MAX_VALUE;
    private final List<Long> got = new ArrayList<>();
    private Flow.@Nullable Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(Long number) {
      got.add(number);
      var from = subscription;
      if (from == null) return;
      if (got.size() == cancelAfter) from.cancel();
      else from.request(1);
    }

    @Override
    public void onError(Throwable failure) {
      over.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      over.complete(got);
    }
  }
}
