package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Diagnosis;
import highwater.Done;
import highwater.StreamOptions;
import highwater.WritableStream;
import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Footprint;
import highwater.pipeline.Origin;
import highwater.pipeline.PartContext;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.StallDoctor;
import highwater.pipeline.Target;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of docs/library.md about who is slow, and who waits for whom.
@Timeout(60)
class PressureExampleTest {
  @TempDir Path dir;

  private Path log() throws Exception {
    return Files.writeString(dir.resolve("huge.log"), "some text of a log\n".repeat(500_000));
  }

  @Test
  @SuppressWarnings("SystemOut") // As in the document.
  void whichStageIsSlow() throws Exception {
    var log = log();
    var packed = dir.resolve("huge.log.gz");
    // @start region=report
    var run = Pipeline.from(FileStreams.read(log)).through(Gzip.compress()).to(FileStreams.write(packed)).start();
    var earlier = run.report(); // at any time, from any thread

    var lately = run.verdictSince(earlier); // what has set the pace since
    var report = run.join();
    System.out.println(report); // a table, and the verdict

    var verdict = report.verdict();
    if (verdict.isDecided()) System.out.println(verdict.sentence() + ": " + verdict.advice());
    // @end
    assertThat(lately.sentence()).isNotBlank();
    assertThat(report.stages()).hasSize(3);
    assertThat(run.state()).isEqualTo(PipelineRun.State.DONE);
  }

  @Test
  @SuppressWarnings("SystemOut") // As in the document.
  void whoWaitsForWhom() throws Exception {
    var told = new ConcurrentLinkedQueue<String>();
    var forgotten = new ArrayList<Done>();
    var table =
        Target.<ByteBuffer>of("table", () -> WritableStream.to((_, done) -> forgotten.add(done), bytesOf("table")));
    var run = Pipeline.from(FileStreams.read(log())).to(table).start();
    // @start region=doctor
    System.out.println(run.diagnose()); // from any thread; waits for at most a second

    var watch = StallDoctor.watch(StallDoctor.STALL, found -> told.add(found.summary())); // every run of the process
    // @end
    Diagnosis found;
    do found = run.diagnose();
    while (found.finding() != Diagnosis.Finding.WAITS || !found.rootWait().who().equals("table"));
    System.out.println(found);
    watch.remove();
    run.cancelAndAwait("seen enough");
    assertThat(found.rootWait().cause()).isEqualTo(Diagnosis.Cause.ACKNOWLEDGEMENT);
    assertThat(run.state()).isEqualTo(PipelineRun.State.CANCELLED);
  }

  private static StreamOptions bytesOf(String name) {
    return StreamOptions.bytes().named(name);
  }

  /// Rows go into a table, on a thread.
  record Table(List<String> rows, ExecutorService threads) implements PullTarget<String> {
    @Override
    public String name() {
      return "table";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("rows");
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Put<String> put() {
      return new Inserting(rows, threads);
    }
  }

  static final class Inserting implements Put<String>, WorksElsewhere.Counted {
    private final List<String> rows;
    private final ExecutorService threads;
    private volatile boolean inserting;
    private boolean over;
    private @Nullable PartContext context;

    Inserting(List<String> rows, ExecutorService threads) {
      this.rows = rows;
      this.threads = threads;
    }

    private volatile @Nullable Elsewhere elsewhere;

    @Override
    public void open(PartContext context) {
      this.context = context;
      elsewhere = Elsewhere.of(context.strand(), 1); // one call at a time
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return elsewhere;
    }

    private void insert(String row, Elsewhere elsewhere) { // called on the thread
      elsewhere.begins();
      try {
        rows.add(row);
      } finally {
        elsewhere.ends();
      }
    }

    @Override
    public Progress poll() {
      if (inserting) return Progress.WAITING;
      return over ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(String row) {
      var counts = elsewhere;
      var run = context;
      if (counts == null || run == null) throw new AssertionError("open comes first");
      inserting = true;
      threads.execute(
          () -> {
            insert(row, counts);
            inserting = false;
            run.wake();
          });
    }

    @Override
    public void finish() {
      over = true;
    }
  }

  @Test
  void aPartOfOnesOwnOnAThreadIsSeen() {
    var rows = new ArrayList<String>();
    try (var threads = Executors.newSingleThreadExecutor()) {
      var report = Pipeline.from(Origin.values("ada", "grace", "hedy")).to(new Table(rows, threads)).run();
      assertThat(report.stages().getLast().busyNanos()).isPositive();
    }
    assertThat(rows).containsExactly("ada", "grace", "hedy");
  }
}
