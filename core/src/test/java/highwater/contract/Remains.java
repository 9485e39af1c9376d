package highwater.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a run could leave behind in its process: threads, descriptors, child processes.
///
/// Peers are real, so some waits are too: for a state that must come, and fails the test if it does not.
public final class Remains {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private Remains() {}

  /// The platform threads of the library that belong to a run, which the shared pools' do not.
  public static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.matches("highwater-(reader|writer|ender) .*"))
        .toList();
  }

  /// What the open descriptors lead to, those of classes and of the listing left out.
  public static List<String> descriptors() {
    var open = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (var entry : entries) {
        var leadsTo = link(entry);
        if (leadsTo != null && !leadsTo.endsWith(".jar") && !leadsTo.startsWith("/proc/")) open.add(leadsTo);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return open;
  }

  /// Waits until no more descriptors are open than in `before`; fails with what is new if that does not come.
  public static void awaitDescriptors(List<String> before) {
    await(
        "the close of every descriptor",
        () -> descriptors().size() <= before.size(),
        () -> {
          var fresh = new ArrayList<>(descriptors());
          before.forEach(fresh::remove);
          return "open beyond the " + before.size() + " before: " + fresh;
        });
  }

  private static @Nullable String link(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (IOException e) {
      return null;
    }
  }

  /// Waits until `state` is so; fails with `what` if it does not come.
  public static void await(String what, BooleanSupplier state) {
    await(what, state, () -> "after " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s");
  }

  private static void await(String what, BooleanSupplier state, Supplier<String> found) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!state.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError(what + " does not come: " + found.get());
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /// Waits until `figure` has not changed for a while, and returns it.
  public static long awaitQuiet(LongSupplier figure) {
    long last = figure.getAsLong();
    long since = System.nanoTime();
    long deadline = since + PATIENCE_NANOS;
    while (System.nanoTime() - since < QUIET_NANOS) {
      if (System.nanoTime() > deadline) throw new AssertionError("it does not come to rest");
      LockSupport.parkNanos(LOOK_NANOS);
      long now = figure.getAsLong();
      if (now != last) since = System.nanoTime();
      last = now;
    }
    return last;
  }
}
