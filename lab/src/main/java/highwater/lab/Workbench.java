package highwater.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The folder and the child processes of one experiment, which go with it, however that ends.
///
/// A signal kills the children and removes the folder before this process ends. Thread rule: the main thread, and the one that
/// the JVM runs at a signal; they meet in the lock of this object.
final class Workbench implements AutoCloseable {
  private static final String PREFIX = "highwater-lab-";
  private static final long DEATH_SECONDS = 2;

  private final Path folder;
  private final boolean keep;
  private final LabConsole console;
  private final Thread hook = new Thread(this::interrupted, "highwater-lab-interruption");
  private final CountDownLatch signalled = new CountDownLatch(1);

  /// Guarded by this, as all that follow.
  private final Set<Process> children = new HashSet<>();

  private boolean closed;

  private Workbench(Path folder, boolean keep, LabConsole console) {
    this.folder = folder;
    this.keep = keep;
    this.console = console;
  }

  /// Makes a folder of its own in `parent`, which stays at the end only if `keep`.
  static Workbench open(Path parent, boolean keep, LabConsole console) throws IOException {
    var bench = new Workbench(Files.createTempDirectory(parent, PREFIX), keep, console);
    Runtime.getRuntime().addShutdownHook(bench.hook);
    return bench;
  }

  /// The folder.
  Path folder() {
    return folder;
  }

  /// Starts a child that goes with this; it gets no options for JVMs or Node from the environment.
  synchronized Process start(ProcessBuilder builder) throws IOException {
    if (closed) throw new IOException("the laboratory is closing");
    var environment = builder.environment();
    for (String name : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "NODE_OPTIONS")) {
      environment.remove(name);
    }
    // One arena, as the command's own launcher has it: what one thread gives back another can use.
    environment.put("MALLOC_ARENA_MAX", "1");
    var process = builder.start();
    children.add(process);
    return process;
  }

  /// Forgets a child that has ended.
  synchronized void ended(Process child) {
    children.remove(child);
  }

  /// Whether a signal ends this process, which may be why a child is dead: waits a moment for it.
  boolean isInterrupted() throws InterruptedException {
    return signalled.await(1, TimeUnit.SECONDS);
  }

  /// Kills the children that still run, and removes the folder unless it is kept; does not return where a signal ends the process.
  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      awaitEnd();
    }
    clear();
  }

  /// A signal came first: its thread clears and speaks, and what failed meanwhile failed because of it.
  private static void awaitEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the main thread", e);
    }
  }

  private void interrupted() {
    signalled.countDown();
    String left = keep ? "; what was made is in " + folder : "; nothing is left behind";
    try {
      clear();
    } catch (IOException e) {
      left = "; " + folder + " could not be removed: " + e.getMessage();
    }
    console.line("highwater: lab interrupted" + left);
  }

  private synchronized void clear() throws IOException {
    closed = true;
    // By their handles: the process object would close the streams that the main thread reads.
    for (var child : children) {
      boolean _ = child.toHandle().destroyForcibly();
    }
    for (var child : children) await(child);
    children.clear();
    if (!keep) remove();
  }

  private static void await(Process child) {
    try {
      boolean _ = child.waitFor(DEATH_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void remove() throws IOException {
    if (!Files.exists(folder)) return;
    @Nullable IOException failure = null;
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) throw failure;
  }
}
