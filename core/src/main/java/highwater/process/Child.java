package highwater.process;

import static java.util.Objects.requireNonNull;

import highwater.blocking.CallThread;
import highwater.pipeline.Term;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run's process: started once, its stderr read by a thread of its own, ended when the run does not want it any more.
///
/// ```
/// start() ─▶ output() / input() … ─▶ requireSuccess() ─▶ close()       stop(), or its time is over ─▶ a thread ends the
///                                                                       tree, then closes the pipes ─▶ close() returns
/// ```
/// The pipes are closed only when the process is gone, so that one that is being ended never sees an end of its input. Thread
/// rule: each method says by its name who calls it: the reader, the writer, or (`stop`) anybody; a stage has both.
final class Child {
  /// How long its stderr may take to end once its output has and it has exited: 200 ms. A process that it left behind may
  /// hold it for ever.
  static final long WORDS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /// How long a process that reads no more may take to exit before its exit code is not waited for: 2 s.
  static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final int ERROR_BYTES = LastWords.KEPT_BYTES;
  private static final File EMPTY = new File("/dev/null");

  /// What a run has it for.
  enum Role {
    SOURCE,
    TARGET,
    STAGE
  }

  /// What it is started with.
  record Settings(Command command, ProcessTarget.Stdout stdout, Duration timeout, Consumer<Said> onStderr) {}

  private final Settings settings;
  private final Role role;
  private final String name;
  private final LastWords words = new LastWords();

  private final AtomicBoolean ending = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> deadline = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> pumped = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

  private volatile boolean stopped;
  private volatile boolean timedOut;
  private volatile boolean inputEnded;

  /// What went in and what came out, for messages: each is counted by one thread and read by any.
  private final AtomicLong takenBytes = new AtomicLong();

  private final AtomicLong givenBytes = new AtomicLong();

  /// Set under the lock; the pipes before `process`, which whoever reads them has seen.
  private volatile @Nullable Process process;

  private @Nullable ChildPipe stdin;
  private @Nullable ChildPipe stdout;
  private @Nullable ChildPipe stderr;
  private @Nullable IOException startFailure;

  Child(Settings settings, Role role) {
    this.settings = settings;
    this.role = role;
    name = settings.command().name();
  }

  /// What is held for its stderr: the end that is kept, the buffer it is read into, and the JDK's copy of that.
  static Term stderrTerm() {
    return Term.of("stderr", 3, ERROR_BYTES);
  }

  // ---------------------------------------------------------------- the start

  /// Starts it, unless that was done.
  synchronized void start() throws IOException {
    if (startFailure != null) throw startFailure;
    if (process != null) return;
    if (stopped) throw endedEarly(null);
    try {
      launch();
    } catch (IOException e) {
      startFailure = e;
      throw e;
    } finally {
      if (process == null) closePipes();
    }
    // Whoever stopped it before this line saw no process.
    if (stopped) beginEnding();
  }

  private void launch() throws IOException {
    var builder = settings.command().builder();
    connect(builder);
    Process started;
    try {
      started = builder.start();
    } catch (IOException e) {
      throw StartFailure.of(settings.command(), e);
    }
    if (stdin != null) stdin.onlyWrite();
    if (stdout != null) stdout.onlyRead();
    requireNonNull(stderr).onlyRead();
    try {
      CallThread.PLATFORM.start("reader of stderr of " + name, this::pumpErrors);
    } catch (Throwable noThread) {
      started.toHandle().destroyForcibly();
      throw noThread;
    }
    process = started;
    if (role == Role.TARGET) closeInputAfterExit(started, requireNonNull(stdin));
    var _ =
        deadline
            .orTimeout(settings.timeout().toNanos(), TimeUnit.NANOSECONDS)
            .exceptionally(
                _ -> {
                  expire();
                  return null;
                });
  }

  /// A process that it left behind with its stdin, and that does not read, must not hold the writer: the exit code decides.
  private static void closeInputAfterExit(Process started, ChildPipe stdin) {
    var later = CompletableFuture.delayedExecutor(EXIT_NANOS, TimeUnit.NANOSECONDS);
    var _ = started.onExit().thenRunAsync(stdin::close, later);
  }

  private void connect(ProcessBuilder builder) throws IOException {
    try {
      if (role == Role.SOURCE) {
        builder.redirectInput(EMPTY);
      } else {
        stdin = ChildPipe.open();
        stdin.feed(builder);
      }
      if (role == Role.TARGET) {
        builder.redirectOutput(
            switch (settings.stdout()) {
              case DISCARD -> ProcessBuilder.Redirect.DISCARD;
              case INHERIT -> ProcessBuilder.Redirect.INHERIT;
            });
      } else {
        stdout = ChildPipe.open();
        stdout.takeOutput(builder);
      }
      stderr = ChildPipe.open();
      stderr.takeErrors(builder);
    } catch (IOException e) {
      throw new ProcessException(
          "cannot run "
              + name
              + ": no pipe to it can be made: "
              + Words.printable(String.valueOf(e.getMessage()))
              + " (expected: Linux with /proc, and free descriptors; raise `ulimit -n`)",
          e);
    }
  }

  private void pumpErrors() {
    var pipe = requireNonNull(stderr);
    var buffer = ByteBuffer.allocate(ERROR_BYTES);
    try {
      while (pipe.read(buffer) >= 0) {
        words.add(buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      // It was closed, for nobody waits for more of it.
    } finally {
      pumped.complete(null);
    }
  }

  // ---------------------------------------------------------------- bytes

  /// Reads some of its output; -1 at the end of that, which says nothing of its exit code.
  int readOutput(ByteBuffer buffer) throws IOException {
    try {
      int read = requireNonNull(stdout).read(buffer);
      if (read > 0) givenBytes.addAndGet(read);
      return read;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /// Writes some of `chunk` to its stdin; throws the system's error.
  void writeInput(ByteBuffer chunk) throws IOException {
    takenBytes.addAndGet(requireNonNull(stdin).write(chunk));
  }

  /// Ends its input.
  void endInput() {
    inputEnded = true;
    requireNonNull(stdin).endInput();
  }

  /// Ends its input, and waits until it has ended, with exit code 0 and after it took everything.
  void endInputAndExit() throws IOException {
    try (var rest = requireNonNull(stdin).unread()) {
      endInput();
      requireSuccess();
      int unread = rest.available();
      if (unread > 0) {
        takenBytes.addAndGet(-unread);
        throw tookNotAll();
      }
    } catch (ProcessException e) {
      throw e;
    } catch (IOException e) {
      throw broken(e);
    }
    tellWords();
  }

  /// What a target fails with whose process takes no more: its exit code where it soon has one.
  IOException refusal(IOException cause) {
    if (stopped || timedOut) return endedEarly(cause);
    try {
      takenBytes.addAndGet(-unreadBytes());
      if (requireNonNull(process).waitFor(EXIT_NANOS, TimeUnit.NANOSECONDS)) {
        requireSuccess();
        return tookNotAll();
      }
      return failure(
          "it closed its stdin and runs on" + words.forMessage(), "a program that reads its input to the end");
    } catch (ProcessException e) {
      return e;
    } catch (IOException e) {
      return broken(e);
    } catch (InterruptedException e) {
      return interrupted(e);
    }
  }

  /// What it left in the pipe; 0 where that is closed and cannot be asked.
  private int unreadBytes() throws IOException {
    try (var rest = requireNonNull(stdin).unread()) {
      return rest.available();
    } catch (ClosedChannelException e) {
      return 0;
    }
  }

  private ProcessException tookNotAll() {
    return failure(
        "it ended with exit code 0 before it had taken all of its input" + words.forMessage(),
        "a program that reads its input to the end");
  }

  /// Waits until a stage needs no more input.
  void awaitOver() {
    over.join();
  }

  // ---------------------------------------------------------------- the end

  /// Waits until it has ended; throws unless with exit code 0.
  void requireSuccess() throws IOException {
    int code;
    try {
      code = requireNonNull(process).waitFor();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (stopped || timedOut) throw endedEarly(null);
    awaitWords();
    if (code == 0) return;
    throw new ProcessException(
        what()
            + ": "
            + ExitCode.words(code)
            + words.forMessage()
            + " (expected: "
            + ExitCode.advice(code)
            + afterwards()
            + ")",
        code,
        null);
  }

  /// Throws where a stage's process has succeeded without reading a byte of an input that had not ended: it is no stage, and
  /// what was to pass through it would be lost.
  void requireInputRead() throws IOException {
    if (role != Role.STAGE || inputEnded || takenBytes.get() > unreadBytes()) return;
    throw failure(
        "it ended with exit code 0 and read nothing of its input" + words.forMessage(),
        "a program that reads its stdin; to read two programs one after another, make one of them: sh:'A; B'");
  }

  private void awaitWords() {
    // Nothing is thrown: it completes with null alone.
    var _ = pumped.copy().completeOnTimeout(null, WORDS_NANOS, TimeUnit.NANOSECONDS).join();
  }

  /// Hands on what a process said that succeeded.
  void tellWords() {
    var said = words.said(name);
    if (!said.lines().isEmpty()) settings.onStderr().accept(said);
  }

  /// Ends it and all its descendants. Any thread; returns at once.
  void stop() {
    stopped = true;
    over.complete(null);
    if (process != null) beginEnding();
  }

  private void expire() {
    timedOut = true;
    over.complete(null);
    beginEnding();
  }

  private void beginEnding() {
    if (ended.isDone() || ending.getAndSet(true)) return;
    try {
      CallThread.PLATFORM.start("ender of " + name, this::end);
    } catch (Throwable noThread) {
      requireNonNull(process).toHandle().destroyForcibly();
      closePipes();
      ended.complete(null);
      throw noThread;
    }
  }

  private void end() {
    boolean gone = false;
    try {
      gone = new ProcessTree(requireNonNull(process)).end();
    } finally {
      closePipes();
      if (gone) ended.complete(null);
      else ended.completeExceptionally(new ProcessException(stillRuns(), null));
    }
  }

  private String stillRuns() {
    return name
        + " still runs "
        + TimeUnit.NANOSECONDS.toSeconds(ProcessTree.KILL_NANOS)
        + " s after SIGKILL (expected: its end; it waits in the system, as for a file server: look for process "
        + requireNonNull(process).pid()
        + ")";
  }

  /// Closes everything, when it has ended; ends it where it has not. Twice where a stage's two threads do it.
  void close() throws IOException {
    over.complete(null);
    deadline.complete(null);
    Process running;
    synchronized (this) {
      running = process;
      if (running == null) stopped = true;
    }
    if (running == null) return;
    if (running.isAlive()) beginEnding();
    if (ending.get()) awaitEnded();
    else ended.complete(null);
    closePipes();
    pumped.join();
  }

  private void awaitEnded() throws IOException {
    try {
      ended.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ProcessException failure) throw failure;
      throw new IOException(e);
    }
  }

  private void closePipes() {
    if (stdin != null) stdin.close();
    if (stdout != null) stdout.close();
    if (stderr != null) stderr.close();
  }

  // ---------------------------------------------------------------- words

  /// What it is waited for when its output does not come.
  String waitsForOutput() {
    var running = process;
    return running == null || running.isAlive()
        ? "the output of its program"
        : "the end of what its program left behind with its stdout";
  }

  /// What it is waited for when its input does not go.
  String waitsForInput() {
    return "its program to read";
  }

  /// What it is waited for when its input has ended.
  String waitsForExit() {
    return "its program to end";
  }

  private IOException broken(IOException cause) {
    if (stopped || timedOut) return endedEarly(cause);
    return new ProcessException(
        what()
            + ": "
            + Words.printable(String.valueOf(cause.getMessage()))
            + " (expected: a pipe that works; the system's log may say more)",
        cause);
  }

  /// It was ended by this side: its time was over, or the run's, of which nobody reads.
  private ProcessException endedEarly(@Nullable IOException cause) {
    return timedOut
        ? failure(
            "it ran for longer than "
                + seconds(settings.timeout())
                + " s, its timeout, and was ended"
                + words.forMessage(),
            "an end within its timeout; set a longer one")
        : new ProcessException(what() + ": the run was ended (expected: nothing more of it)", cause);
  }

  /// `0.3`, `86400`.
  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
  }

  private ProcessException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new ProcessException(
        what() + ": its thread was interrupted (expected: no interrupts; cancel the run)", cause);
  }

  private ProcessException failure(String happened, String expected) {
    return new ProcessException(what() + ": " + happened + " (expected: " + expected + afterwards() + ")", null);
  }

  private String what() {
    return switch (role) {
      case SOURCE -> "cannot read " + name + " at byte " + givenBytes;
      case TARGET -> "cannot write " + name + " at byte " + takenBytes;
      case STAGE ->
          "cannot pipe through "
              + name
              + " at byte "
              + takenBytes
              + " of its input and byte "
              + givenBytes
              + " of its output";
    };
  }

  private String afterwards() {
    return switch (role) {
      case SOURCE, STAGE -> "";
      case TARGET -> "; what it has done with these bytes is not undone";
    };
  }
}
