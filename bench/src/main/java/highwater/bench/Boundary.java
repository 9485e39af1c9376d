package highwater.bench;

import com.softwaremill.jox.Channel;
import highwater.interop.Generator;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import java.util.Iterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// What an object costs on its way from one thread to another, where at most 256 may lie in between: boxed Longs from
/// an iterator that runs on a thread of its own, added up on another.
@State(Scope.Benchmark)
public class Boundary {
  private static final int BOUND = 256;

  /// Both sides look at their thread once in so many items.
  private static final int LOOK = (1 << 16) - 1;

  private static final String DISPATCHER = "pekko.actor.default-dispatcher";

  /// How many objects one call sends.
  @Param("5000000")
  int items;

  private final ExecutorService one = Executors.newSingleThreadExecutor(daemons());
  private final ExecutorService other = Executors.newSingleThreadExecutor(daemons());
  private final Scheduler reactorOne = Schedulers.fromExecutorService(one);
  private final Scheduler reactorOther = Schedulers.fromExecutorService(other);
  private final io.reactivex.rxjava3.core.Scheduler rxOne = io.reactivex.rxjava3.schedulers.Schedulers.from(one);
  private final io.reactivex.rxjava3.core.Scheduler rxOther = io.reactivex.rxjava3.schedulers.Schedulers.from(other);

  private long sum;
  private int taken;
  private volatile @Nullable Thread source;
  private int onSourcesThread;

  private static ThreadFactory daemons() {
    return Thread.ofPlatform().daemon().factory();
  }

  /// Ends the threads.
  @TearDown(Level.Trial)
  public void endThreads() {
    one.shutdown();
    other.shutdown();
  }

  private Iterator<Long> numbers() {
    return new Numbers(items) {
      private int given;

      @Override
      public Long next() {
        if ((given++ & LOOK) == 0) source = Thread.currentThread();
        return super.next();
      }
    };
  }

  private void begin() {
    sum = 0;
    taken = 0;
    onSourcesThread = 0;
  }

  private void add(Long number) {
    if ((taken++ & LOOK) == LOOK && Thread.currentThread() == source) onSourcesThread++;
    sum += number;
  }

  private long checked() {
    if (onSourcesThread > 0) throw new IllegalStateException("nothing has crossed a thread");
    return Wrong.unless(Numbers.sum(items), sum);
  }

  /// A pipeline whose first part runs ahead on a thread of its own.
  @Benchmark
  public long highwater() throws Exception {
    begin();
    var _ = Pipeline.from(Origin.fromIterable(this::numbers)).async(BOUND).forEach(this::add).run();
    return checked();
  }

  /// A pipeline whose origin is a body on a virtual thread.
  @Benchmark
  public long generator() throws Exception {
    begin();
    var origin =
        Generator.<Long>of(
                out -> {
                  for (var each = numbers(); each.hasNext(); ) out.put(each.next());
                })
            .ahead(BOUND);
    var _ = Pipeline.from(origin).forEach(this::add).run();
    return checked();
  }

  /// Reactor: the source on one scheduler, the rest on another.
  @Benchmark
  public long reactor() throws Exception {
    begin();
    var end = new CountDownLatch(1);
    var _ =
        Flux.fromIterable(this::numbers)
            .subscribeOn(reactorOne)
            .publishOn(reactorOther, BOUND)
            .subscribe(this::add, _ -> end.countDown(), end::countDown);
    end.await();
    return checked();
  }

  /// RxJava, the same way.
  @Benchmark
  public long rxjava() throws Exception {
    begin();
    var end = new CountDownLatch(1);
    var _ =
        io.reactivex.rxjava3.core.Flowable.fromIterable(this::numbers)
            .subscribeOn(rxOne)
            .observeOn(rxOther, false, BOUND)
            .subscribe(this::add, _ -> end.countDown(), end::countDown);
    end.await();
    return checked();
  }

  /// Pekko: two actors, which its dispatcher may run on one thread for a while.
  @Benchmark
  public long pekko(PekkoSystem pekko) throws Exception {
    begin();
    pekko.join(Source.fromIterator(this::numbers).async(DISPATCHER, BOUND).runForeach(this::add, pekko.system()));
    return Wrong.unless(Numbers.sum(items), sum);
  }

  /// The publisher of the JDK, and a subscriber that asks for half a buffer at a time.
  @Benchmark
  public long submissionPublisher() throws Exception {
    begin();
    var end = new CountDownLatch(1);
    try (var publisher = new SubmissionPublisher<Long>(other, BOUND)) {
      publisher.subscribe(new Adding(end));
      for (var each = numbers(); each.hasNext(); ) {
        var _ = publisher.submit(each.next());
      }
    }
    end.await();
    return checked();
  }

  /// A queue of the JDK between two threads of the system's.
  @Benchmark
  public long queue() throws Exception {
    return throughQueue(daemons());
  }

  /// A queue of the JDK between two virtual threads.
  @Benchmark
  public long queueVirtual() throws Exception {
    return throughQueue(Thread.ofVirtual().factory());
  }

  private long throughQueue(ThreadFactory threads) throws Exception {
    var queue = new ArrayBlockingQueue<Long>(BOUND);
    return between(threads, queue::put, queue::take);
  }

  /// A channel of jox between two virtual threads.
  @Benchmark
  public long jox() throws Exception {
    var channel = Channel.<Long>newBufferedChannel(BOUND);
    return between(Thread.ofVirtual().factory(), channel::send, channel::receive);
  }

  private interface Giving {
    void give(Long number) throws InterruptedException;
  }

  private long between(ThreadFactory threads, Giving giving, Callable<Long> taking) throws Exception {
    begin();
    var given =
        new FutureTask<@Nullable Void>(
            () -> {
              for (var each = numbers(); each.hasNext(); ) giving.give(each.next());
              return null;
            });
    var added =
        new FutureTask<@Nullable Void>(
            () -> {
              for (int i = 0; i < items; i++) add(taking.call());
              return null;
            });
    threads.newThread(given).start();
    threads.newThread(added).start();
    given.get();
    added.get();
    return checked();
  }

  private final class Adding implements Flow.Subscriber<Long> {
    private static final int HALF = BOUND / 2;
    private final CountDownLatch end;
    private Flow.@Nullable Subscription subscription;
    private int left = BOUND;

    Adding(CountDownLatch end) {
      this.end = end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
      subscription = subscribed;
      subscribed.request(BOUND);
    }

    @Override
    public void onNext(Long number) {
      add(number);
      var asked = subscription;
      if (--left > HALF || asked == null) return;
      left += HALF;
      asked.request(HALF);
    }

    @Override
    public void onError(Throwable failure) {
      end.countDown();
    }

    @Override
    public void onComplete() {
      end.countDown();
    }
  }
}
