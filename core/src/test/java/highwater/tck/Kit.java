package highwater.tck;

import highwater.ReadableStream;
import highwater.interop.Numbers;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Upstream;
import highwater.strand.Hold;
import highwater.strand.Hosting;
import highwater.strand.Running;
import highwater.strand.Strand;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.reactivestreams.tck.TestEnvironment;

/// What the verifications share.
final class Kit {
  /// Waits of a loaded machine; a test that passes waits only until what it waits for comes.
  private static final long TIMEOUT_MILLIS = 10_000;

  /// How long nothing must come where nothing may.
  private static final long NO_SIGNAL_MILLIS = 60;

  /// The kit looks once for an error that must come, and only after this (1.0.4 reckons its time left as negative).
  private static final long POLL_MILLIS = 1_500;

  /// How long the kit sleeps before it looks whether a cancelled subscriber was let go.
  static final long GC_MILLIS = 1_000;

  private Kit() {}

  static TestEnvironment environment() {
    return new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS, POLL_MILLIS);
  }

  static Upstream<Long> numbers(long count) {
    return Pipeline.from(Numbers.first(count));
  }

  static Upstream<Long> failing() {
    return Pipeline.from(Numbers.failingAfter(0, new IllegalStateException("failed as asked")));
  }

  /// A strand for live streams, which goes on until it is closed.
  static final class OpenStrand implements AutoCloseable {
    private final Running running;
    private final CompletableFuture<Hold> hold = new CompletableFuture<>();

    OpenStrand() {
      running = Strand.start(Hosting.VIRTUAL_THREAD, () -> hold.complete(Strand.current().offload()));
      var _ = hold.join();
    }

    /// What `make` makes in a turn of the strand.
    <R> R call(Supplier<R> make) {
      var made = new CompletableFuture<R>();
      running
          .strand()
          .execute(
              () -> {
                try {
                  made.complete(make.get());
                } catch (Throwable thrown) {
                  made.completeExceptionally(thrown);
                }
              });
      return made.join();
    }

    @Override
    public void close() {
      hold.join().release();
    }
  }

  /// A live stream of numbers.
  static ReadableStream<Long> live(long count) {
    var next = new long[1];
    return ReadableStream.from(
        feed -> {
          do {
            if (next[0] == count) {
              feed.end();
              return;
            }
          } while (feed.push(next[0]++));
        });
  }
}
