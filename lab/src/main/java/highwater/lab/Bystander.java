package highwater.lab;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Another program on the same machine: every 5 ms it wakes, looks at some memory, and notes how late it was done.
///
/// It lives until its stdin ends, then says `latency COUNT P50 P99 MAX` in microseconds. It allocates nothing while it runs,
/// so its own collector never stops it: what it notes is the machine and the neighbours.
final class Bystander {
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int MEMORY_BYTES = 1 << 20;
  private static final int CACHE_LINE_BYTES = 64;
  private static final long STEP_MICROS = 10;

  /// Steps of 10 µs, up to two seconds.
  private final int[] histogram = new int[200_000];

  private final byte[] memory = new byte[MEMORY_BYTES];
  private long maxMicros;
  private long count;
  private volatile boolean over;

  private Bystander() {}

  /// Runs until stdin ends.
  public static void main(String[] words) throws InterruptedException {
    var bystander = new Bystander();
    var thread = new Thread(bystander::run, "bystander");
    thread.start();
    // Its first rounds are the JVM's start.
    System.out.println("ready");
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // As good as its end.
    }
    bystander.over = true;
    thread.join();
    System.out.println(
        "latency "
            + bystander.count
            + " "
            + bystander.percentile(0.5)
            + " "
            + bystander.percentile(0.99)
            + " "
            + bystander.maxMicros);
  }

  private void run() {
    long due = System.nanoTime() + PERIOD_NANOS;
    while (!over) {
      long now = System.nanoTime();
      while (now < due) {
        LockSupport.parkNanos(due - now);
        now = System.nanoTime();
      }
      work();
      long done = System.nanoTime();
      note(TimeUnit.NANOSECONDS.toMicros(done - due));
      // What it slept through is not made up for: one delay is noted once.
      due = Math.max(due + PERIOD_NANOS, done);
    }
  }

  private void work() {
    for (int i = 0; i < MEMORY_BYTES; i += CACHE_LINE_BYTES) memory[i]++;
  }

  private void note(long micros) {
    histogram[(int) Math.min(micros / STEP_MICROS, histogram.length - 1)]++;
    maxMicros = Math.max(maxMicros, micros);
    count++;
  }

  private long percentile(double share) {
    long wanted = (long) Math.ceil(count * share);
    long seen = 0;
    for (int i = 0; i < histogram.length; i++) {
      seen += histogram[i];
      if (seen >= wanted) return Math.min(maxMicros, (i + 1) * STEP_MICROS);
    }
    return maxMicros;
  }
}
