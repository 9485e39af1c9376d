package highwater.cli;

import highwater.dashboard.Dashboard;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.MemoryReport;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Runs `highwater pipe`: from the words to the exit code.
///
/// ```
/// words ─▶ Route ─▶ Preflight ─▶ Plan ─▶ run, watched by ProgressLine and Interruption ─▶ results, report, exit code
/// ```
final class PipeCommand {
  /// A run that takes longer is watched, and listens to SIGUSR1; most do not, and a handler costs 7 ms.
  private static final long SOON_MILLIS = 200;

  private static final long DRAW_MILLIS = 200;
  private static final long LINE_MILLIS = 1000;
  private static final long WIDTH_MILLIS = 5000;

  /// What the JVM's own channels may take of the memory outside the heap.
  private static final long JVM_OWN_BYTES = 2 << 20;

  private final Settings settings;
  private final Stderr stderr;
  private final Interruption interruption;
  private final boolean debug;

  /// Makes one that says its words on `stderr` and is ended by `interruption`, with stack traces if `debug`.
  PipeCommand(Settings settings, Stderr stderr, Interruption interruption, boolean debug) {
    this.settings = settings;
    this.stderr = stderr;
    this.interruption = interruption;
    this.debug = debug;
  }

  /// Pipes as `words` say.
  ExitCode run(List<String> words) throws CommandException {
    var route = Route.parse(words).withNamedSink();
    settings.checkFit(route);
    var plan = new Plan(route, settings, this::remark);
    if (settings.explain()) return Main.print(plan.pipeline().explain() + System.lineSeparator());
    var preflight = new Preflight(route, settings);
    preflight.check(this::remark);
    // What kills a thread of the library has failed the run too, whose line says it; the JVM would print a stack trace.
    Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
    try (var _ = dashboard()) {
      return run(plan, route, preflight);
    }
  }

  /// Opens the page about the run where one is wanted; its classes are loaded only then. It ends with the run.
  private @Nullable Dashboard dashboard() throws CommandException {
    if (settings.dashboardPort() < 0) return null;
    try {
      var dashboard = Dashboard.start(settings.dashboardPort());
      stderr.line("highwater: dashboard: " + dashboard.link());
      return dashboard;
    } catch (IOException e) {
      throw new CommandException(ExitCode.USAGE, "--dashboard: " + e.getMessage(), e);
    }
  }

  private ExitCode run(Plan plan, Route route, Preflight preflight) throws CommandException {
    var run = begin(plan, route);
    // A signal has come already; the exit that follows waits for its end.
    if (run == null) return ExitCode.INTERRUPTED;
    Report report;
    try {
      report = await(run, plan.totalBytes());
    } catch (CancelledException e) {
      // Only a signal cancels, and it says what is to be said; the exit that follows waits for its end.
      return ExitCode.INTERRUPTED;
    } catch (RuntimeException e) {
      stderr.erase();
      return failed(run, plan, preflight, Failure.of(e, route));
    }
    stderr.erase();
    if (!settings.json() || settings.reportFile() != null) {
      for (var result : plan.results()) stderr.line(result.stage() + "  " + result.value());
    }
    // Not before it is known to be wanted: the JVM's own accounts of its heap take 10 ms to open.
    if (settings.report()) {
      try {
        report(RunReport.now("done", null, report, plan.pipeline().bound(), plan.results()), preflight);
      } catch (PipelineException | CommandException e) {
        String sink = route.sink().name();
        throw CommandException.failed("the run succeeded: " + sink + " is complete; " + Failure.ofReport(e), e);
      }
    }
    boolean owed = !plan.results().isEmpty() || (settings.report() && settings.reportFile() == null);
    return owed && stderr.hasFailed() ? ExitCode.FAILED : ExitCode.OK;
  }

  /// Starts the run under a budget of what the JVM lends outside its heap, which is by default as much as the heap: gzip then
  /// makes do with fewer blocks, and a run that cannot begin with so little is refused. zstd takes its memory from the system,
  /// so with it the run has at least its minimum.
  private @Nullable PipelineRun begin(Plan plan, Route route) throws CommandException {
    long bytes = Math.max(JVM_OWN_BYTES, Runtime.getRuntime().maxMemory() - JVM_OWN_BYTES);
    if (route.usesZstd()) bytes = Math.max(bytes, plan.pipeline().bound().minimumBytes());
    try {
      return interruption.begin(
          plan.pipeline().withBudget(Budget.of(bytes)),
          "; " + (route.sink() instanceof End.Stdio ? "the result" : route.sink().name()) + " is complete",
          afterFailure(route),
          leftBehind(route));
    } catch (IllegalArgumentException e) {
      long megabytes = ((plan.pipeline().bound().minimumBytes() + JVM_OWN_BYTES) >> 20) + 1;
      throw new CommandException(ExitCode.USAGE, e.getMessage() + " (or: HIGHWATER_OPTS=-Xmx" + megabytes + "m)", e);
    }
  }

  private void uncaught(Thread thread, Throwable error) {
    if (!(error instanceof VirtualMachineError)) {
      stderr.line("highwater: unexpected on " + thread.getName() + ": " + Failure.oneLine(error.toString()));
    }
    if (debug) stderr.trace(error);
  }

  private ExitCode failed(PipelineRun run, Plan plan, Preflight preflight, CommandException failure)
      throws CommandException {
    if (failure.code() == ExitCode.BROKEN_PIPE) return failure.code();
    if (settings.report()) {
      try {
        report(
            RunReport.now("failed", failure.getMessage(), run.report(), plan.pipeline().bound(), List.of()), preflight);
      } catch (PipelineException | CommandException e) {
        remark("the run failed, and " + Failure.ofReport(e));
      }
      // The document on stderr holds the line.
      if (settings.json() && settings.reportFile() == null) return failure.code();
    }
    throw failure;
  }

  /// Waits for the end, drawing the progress line where one is wanted.
  private Report await(PipelineRun run, long totalBytes) {
    if (!isOverSoon(run)) new StallWords(stderr).begin(settings.stallAfter());
    boolean terminal = wantsProgress() && Terminal.isStderr();
    if (!wantsProgress() || (!terminal && settings.progress() == Settings.Progress.AUTO)) return join(run);
    var line = new ProgressLine(totalBytes);
    var ended = run.completion().toCompletableFuture();
    long interval = terminal ? DRAW_MILLIS : LINE_MILLIS;
    int columns = terminal ? 0 : Integer.MAX_VALUE;
    long wait = interval - SOON_MILLIS;
    for (long waited = 0; ; waited += interval, wait = interval) {
      try {
        var report = ended.get(wait, TimeUnit.MILLISECONDS);
        // A file that collects the lines gets the last one too, however short the run.
        if (!terminal) stderr.line(render(line, report, columns));
        return report;
      } catch (TimeoutException e) {
        if (terminal && waited % WIDTH_MILLIS == 0) columns = Terminal.columns() - 1;
        String text = render(line, run.report(), columns);
        if (terminal) stderr.draw(text);
        else stderr.line(text);
      } catch (ExecutionException e) {
        return join(run);
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts the main thread", e);
      }
    }
  }

  /// Waits a moment for the end.
  private static boolean isOverSoon(PipelineRun run) {
    try {
      var _ = run.completion().toCompletableFuture().get(SOON_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the main thread", e);
    }
  }

  private static String render(ProgressLine line, Report report, int columns) {
    return line.render(report, MemoryReport.heapBytesNow(), MemoryReport.residentBytesNow(), columns);
  }

  private boolean wantsProgress() {
    boolean jsonOnStderr = settings.json() && settings.reportFile() == null;
    return switch (settings.progress()) {
      case ALWAYS -> true;
      case AUTO -> !settings.quiet() && !jsonOnStderr;
      case NEVER -> false;
    };
  }

  private static Report join(PipelineRun run) {
    try {
      return run.join();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the main thread", e);
    }
  }

  private void remark(String text) {
    if (!settings.quiet()) stderr.line("highwater: " + Failure.oneLine(text));
  }

  private void report(RunReport report, Preflight preflight) throws PipelineException, CommandException {
    String text = settings.json() ? report.json() + "\n" : report.table();
    var file = settings.reportFile();
    if (file == null) stderr.line(text.substring(0, text.length() - 1));
    else {
      // Links may lead elsewhere by now.
      preflight.checkReportApart();
      file.write(text);
    }
  }

  /// What may be left of a run that did not stop in time.
  private static String leftBehind(Route route) throws CommandException {
    for (End end : Plan.written(route)) {
      if (end instanceof End.Stored stored) {
        return "; parts of an upload to "
            + stored.name()
            + " may be left: aws s3api list-multipart-uploads --bucket "
            + stored.bucket();
      }
    }
    return "";
  }

  /// What a signal's line says of the sink.
  private String afterFailure(Route route) {
    var tables = settings.tables();
    if (tables != null && route.sink().isDatabase()) {
      return tables.commitsEach()
          ? "; the batches that were committed stay in " + route.sink().name() + ": count its rows"
          : "; nothing of it stays in " + route.sink().name();
    }
    if (!(route.sink() instanceof End.File file) || settings.mode() == Settings.Mode.IN_PLACE) return "";
    boolean isWhole = route.unpacking() == null ? Files.isRegularFile(file.path()) : Files.isDirectory(file.path());
    if (isWhole) return "; " + file.name() + " is as it was";
    return Files.exists(file.path()) ? "" : "; there is no " + file.name();
  }
}
