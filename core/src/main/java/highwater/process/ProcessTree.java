package highwater.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A process and its descendants, and how they are ended: asked with SIGTERM, and after [#GRACE_NANOS] killed with SIGKILL.
///
/// A descendant whose parent has ended before belongs to another family and is not found. Thread rule: one thread, which
/// waits.
final class ProcessTree {
  /// How long a process may take to end when it was asked to: 1 s.
  static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How long a killed one may take: the system ends it when it leaves the call that it is in. 5 s.
  static final long KILL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Process root;
  private final Set<ProcessHandle> family = new LinkedHashSet<>();

  ProcessTree(Process root) {
    this.root = root;
  }

  /// Ends them all; false where the root still runs.
  boolean end() {
    look();
    // The parent first, or a shell goes on with its next command. Then the younger before the elder: in `a | b` an end
    // of `a`
    // would be the end of input for `b`, which must not take it for one.
    //
    // Not Process.destroy, which closes the pipes too: the child might see an end of its input before its signal.
    root.toHandle().destroy();
    youngestFirst().forEach(ProcessHandle::destroy);
    if (!await(GRACE_NANOS)) {
      look();
      root.toHandle().destroyForcibly();
      youngestFirst().forEach(ProcessHandle::destroyForcibly);
      await(KILL_NANOS);
    }
    return !root.isAlive();
  }

  /// Adds the descendants that there are now.
  private void look() {
    root.descendants().forEach(family::add);
    for (var member : List.copyOf(family)) member.descendants().forEach(family::add);
  }

  private List<ProcessHandle> youngestFirst() {
    return family.stream()
        .filter(ProcessTree::runs)
        .sorted(Comparator.comparingLong(ProcessHandle::pid).reversed())
        .toList();
  }

  private boolean await(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (root.isAlive() || family.stream().anyMatch(ProcessTree::runs)) {
      if (System.nanoTime() - deadline >= 0) return false;
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  /// Whether it still does something: the JDK calls one alive that has ended and whose parent has not asked for its exit code,
  /// which in a container may be never.
  private static boolean runs(ProcessHandle process) {
    if (!process.isAlive()) return false;
    try {
      var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"), ISO_8859_1);
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException | IndexOutOfBoundsException e) {
      return process.isAlive();
    }
  }
}
