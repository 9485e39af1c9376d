package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.strand.Running;
import highwater.strand.Strand;
import highwater.strand.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many pipelines in one process share a few threads.
@Timeout(60)
class ManyPipelinesTest {
  private static final int HOSTS = Math.max(4, Runtime.getRuntime().availableProcessors());
  private static final int CHUNKS = 100;

  @Test
  void aTimerPerPipelineIsNotAThread() throws InterruptedException {
    var waiting = new ArrayList<Waiting>();
    var begun = new CountDownLatch(200);
    for (long i = begun.getCount(); i > 0; i--) waiting.add(new Waiting(begun));
    begun.await();

    var names = namesOfThreads();
    // A thread that was started and has not run yet is not among them.
    while (names.stream().noneMatch(name -> name.startsWith("highwater-alarms"))) names = namesOfThreads();
    assertThat(names).filteredOn(name -> name.startsWith("highwater-file-host")).hasSizeLessThanOrEqualTo(HOSTS);
    assertThat(names).filteredOn(name -> name.startsWith("highwater-alarms")).hasSize(1);

    for (var each : waiting) each.giveUp();
    for (var each : waiting) each.running.join();
  }

  private static List<String> namesOfThreads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  /// A pipeline whose sink waits an hour with its first chunk.
  private static final class Waiting {
    final Running running;
    private ReadableStream.Fed<Integer> source;
    private Timer timer;

    Waiting(CountDownLatch begun) {
      running =
          Strand.start(
              () -> {
                source = ReadableStream.fed(StreamOptions.objects());
                var sink =
                    WritableStream.<Integer>to(
                        (_, done) -> {
                          timer = Strand.current().after(TimeUnit.HOURS.toNanos(1), done::ok);
                          begun.countDown();
                        },
                        StreamOptions.objects());
                Streams.pipeline(
                    List.of(source.stream(), TransformStream.<Integer>passThrough(StreamOptions.objects()), sink),
                    _ -> {});
                source.feed().push(1);
              });
    }

    void giveUp() {
      running
          .strand()
          .post(
              () -> {
                timer.cancel();
                source.stream().destroy();
              });
    }
  }

  @Test
  void everyPipelineMovesOnWhileTheOthersNeverRest() throws InterruptedException {
    int count = 5 * HOSTS;
    var all = new CountDownLatch(count);
    var enough = new AtomicBoolean();
    var running = new ArrayList<Running>();
    for (int i = 0; i < count; i++) running.add(Strand.start(() -> connectRestless(all, enough)));
    // None of them ends before each has had its chunks through, so they have to take turns on fewer threads.
    all.await();
    enough.set(true);
    for (var each : running) each.join();
    assertThat(all.getCount()).isZero();
  }

  /// A source that has a chunk in every turn, and never rests before it is `enough`.
  private static void connectRestless(CountDownLatch all, AtomicBoolean enough) {
    var given = new int[1];
    var taken = new int[1];
    ReadableStream<Integer> source =
        ReadableStream.from(
            feed ->
                Strand.current()
                    .post(
                        () -> {
                          if (enough.get()) feed.end();
                          else feed.push(given[0]++);
                        }),
            StreamOptions.objects());
    var sink =
        WritableStream.<Integer>to(
            (_, done) -> {
              if (++taken[0] == CHUNKS) all.countDown();
              Strand.current().post(done::ok);
            },
            StreamOptions.objects());
    source.pipe(TransformStream.<Integer>passThrough(StreamOptions.objects())).pipe(sink);
  }
}
