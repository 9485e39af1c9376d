package highwater.lab;

import highwater.CancelHandle;
import highwater.codec.Digests;
import highwater.io.FileOrigin;
import highwater.io.FileStreams;
import highwater.io.Leftovers;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs a pipeline over one file with one mark after the other, and takes the times.
///
/// Each run reads the file with that mark, computes a CRC-32C of it, and writes it to a temporary file or drops it. The
/// runs are made in this process, on the calling thread; one that is not counted comes first, and loads the classes,
/// lets the compiler see the loop and brings as much of the file into the system's cache as fits. Then each round runs
/// every mark once, in an order of its own, so that what changes meanwhile (the compiler, the disk, other work) is
/// spread over all. Thread rule: one thread, but [#stop] from any.
final class MarkSweep {
  /// What a run does besides reading, and how often.
  ///
  /// @param file what is read
  /// @param target the temporary file that each run writes and that is deleted after it, or null to write nothing
  /// @param sync whether a run ends only when its file is on the disk
  /// @param marks the marks, in bytes
  /// @param rounds how often each mark is run, 1 or more
  /// @param seed makes the orders
  record Plan(Path file, @Nullable Path target, boolean sync, List<Long> marks, int rounds, long seed) {
    /// Copies the marks.
    Plan {
      marks = List.copyOf(marks);
    }
  }

  /// Is told of each run.
  @FunctionalInterface
  interface Listener {
    /// Run number `run`, from 0 for the one that is not counted, of `runs` is about to begin, with this mark.
    void begins(int run, int runs, long markBytes);
  }

  private static final long STOP_SECONDS = 2;
  private static final long WARM_UP_MARK = 64 << 10;

  private final Plan plan;
  private final Listener listener;
  private final CancelHandle stop = new CancelHandle();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<Long, List<Run>> runs = new HashMap<>();

  private record Run(long bytes, long nanos, long cpuNanos, long chunks) {}

  /// Makes a sweep that has not begun.
  MarkSweep(Plan plan, Listener listener) {
    this.plan = plan;
    this.listener = listener;
  }

  /// Runs all of it, and returns the figures of each mark, in the plan's order. Throws what a run throws
  /// ([CancelledException] after a [#stop]); whatever happens, the temporary file is gone afterwards.
  List<MarkFigures> run() throws IOException {
    try {
      sweep();
    } finally {
      deleteTarget();
      over.countDown();
    }
    var figures = new ArrayList<MarkFigures>();
    for (long mark : plan.marks()) figures.add(figures(mark, runs.getOrDefault(mark, List.of())));
    return figures;
  }

  /// Cancels the run that is under way and waits, two seconds at most, until its file is gone; for a process that ends.
  void stop(String reason) {
    stop.cancel(reason);
    try {
      if (over.await(STOP_SECONDS, TimeUnit.SECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var _ = Leftovers.undoUnfinished();
    deleteTarget();
  }

  private void sweep() throws IOException {
    int total = plan.rounds() * plan.marks().size();
    int run = 0;
    listener.begins(run, total, WARM_UP_MARK);
    long bytes = runOnce(WARM_UP_MARK).bytes();
    var random = new Random(plan.seed());
    for (int round = 0; round < plan.rounds(); round++) {
      var order = new ArrayList<>(plan.marks());
      Collections.shuffle(order, random);
      for (long mark : order) {
        listener.begins(++run, total, mark);
        var done = runOnce(mark);
        if (done.bytes() != bytes) throw changed(bytes, done.bytes());
        runs.computeIfAbsent(mark, _ -> new ArrayList<>()).add(done);
      }
    }
  }

  private IOException changed(long before, long now) {
    return new IOException(
        plan.file()
            + " changed while it was read: "
            + before
            + " bytes, then "
            + now
            + " (expected: a file that nobody writes)");
  }

  private Run runOnce(long markBytes) throws IOException {
    var pipeline = pipeline(markBytes);
    // A direct buffer that was dropped keeps its memory until a collection: no run is to pay for the ones before it.
    System.gc();
    long cpu = threads.getCurrentThreadCpuTime();
    long began = System.nanoTime();
    var report = pipeline.run();
    long nanos = System.nanoTime() - began;
    long cpuNanos = threads.getCurrentThreadCpuTime() - cpu;
    deleteTarget();
    var reading = report.stages().getFirst();
    return new Run(reading.bytesOut(), nanos, cpuNanos, reading.chunksOut());
  }

  private Pipeline pipeline(long markBytes) {
    FileOrigin origin = FileStreams.read(plan.file()).chunk(Math.toIntExact(markBytes));
    var checked = Pipeline.from(origin).through(Digests.of("CRC-32C", _ -> {}));
    var target = plan.target();
    if (target == null) return checked.to(Target.<ByteBuffer>forEach(_ -> {})).cancelledBy(stop);
    var file = FileStreams.write(target).createNew();
    return checked.to(plan.sync() ? file.durable() : file).cancelledBy(stop);
  }

  private MarkFigures figures(long mark, List<Run> done) {
    return new MarkFigures(
        mark,
        done.getFirst().bytes(),
        done.stream().map(Run::nanos).toList(),
        Math.round(MarkFigures.median(done.stream().map(Run::cpuNanos).toList())),
        done.getFirst().chunks(),
        pipeline(mark).bound().knownBytes());
  }

  private void deleteTarget() {
    var target = plan.target();
    if (target == null) return;
    try {
      Files.deleteIfExists(target);
    } catch (IOException e) {
      // It is in the way of the next run, which says so.
    }
  }
}
