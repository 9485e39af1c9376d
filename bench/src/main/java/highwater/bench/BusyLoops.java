package highwater.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Loops of the lowest priority that keep cores from sleeping: where they run, a measurement does not show how long a
/// virtual machine takes to wake one.
final class BusyLoops implements AutoCloseable {
  private final List<Process> loops = new ArrayList<>();

  private BusyLoops() {}

  static BusyLoops none() {
    return new BusyLoops();
  }

  /// One for each core.
  static BusyLoops onEveryCore() throws IOException {
    var made = new BusyLoops();
    Runtime.getRuntime().addShutdownHook(new Thread(made::close));
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      made.loops.add(new ProcessBuilder("nice", "-n", "19", "sh", "-c", "while :; do :; done").start());
    }
    return made;
  }

  @Override
  public void close() {
    for (var loop : loops) loop.destroyForcibly();
  }
}
