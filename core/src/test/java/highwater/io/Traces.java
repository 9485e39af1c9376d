package highwater.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a run could leave behind: descriptors, threads, temporary files, entries in the process's lists.
final class Traces {
  private Traces() {}

  /// Waits until the library's reader and writer threads have ended; they are past their last call when a run is over.
  static void awaitThreads() throws InterruptedException {
    for (var thread : ours()) {
      thread.join(TimeUnit.SECONDS.toMillis(20));
      assertThat(thread.isAlive()).as("%s still runs", thread.getName()).isFalse();
    }
  }

  private static List<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread.getName().startsWith("highwater-reader") || thread.getName().startsWith("highwater-writer"))
        .toList();
  }

  /// The files this process has open, by their names.
  static List<String> descriptors() throws IOException {
    var open = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (var entry : entries) {
        try {
          open.add(Files.readSymbolicLink(entry).toString());
        } catch (IOException e) {
          // The listing's own descriptor.
        }
      }
    }
    open.removeIf(name -> name.startsWith("/proc/") || name.endsWith(".jar") || name.endsWith(".class"));
    open.sort(null);
    return open;
  }

  static List<String> names(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  /// Nothing of this library is open, locked or listed.
  static void assertNone(Path directory) throws Exception {
    awaitThreads();
    assertThat(descriptors()).noneMatch(name -> name.startsWith(directory.toString()));
    assertThat(Unfinished.now()).isEmpty();
    assertThat(SameFile.heldNow()).isZero();
    assertThat(names(directory)).noneMatch(name -> name.contains(TemporarySibling.MARK));
  }

  static void command(String... command) throws Exception {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  static Path fifo(Path path) throws Exception {
    command("mkfifo", path.toString());
    return path;
  }
}
