package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.LiveStream;
import highwater.contract.Remains;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What the contracts of the kit share: a strand in virtual time, the rules that were seen broken, and the look at what
/// is left.
///
/// After each test every rule must have been kept, no work may be left on the strand, no thread of a run, and no more
/// files may be open than before (where `/proc` tells). Random cuts print their seed, and take it back with `-Dseed=`.
@Timeout(120)
public abstract class Contract {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /// The most states of one kind that a test looks at, so that long content does not make long tests.
  static final int STATES = 24;

  private final VirtualTime time = new VirtualTime();
  private final Rules rules = new Rules();
  private @Nullable List<String> open;

  Contract() {}

  /// The strand and the clock of the test.
  protected final VirtualTime time() {
    return time;
  }

  final Rules rules() {
    return rules;
  }

  /// How long threads of others are waited for, in real time, before something counts as never coming; 20 s.
  protected Duration patience() {
    return VirtualTime.PATIENCE;
  }

  /// Whether it works in threads of its own, or of others: time then passes in the test as it does outside. False by
  /// default, and time jumps from timer to timer.
  protected boolean usesThreads() {
    return false;
  }

  /// Whether open files and sockets are counted; false where others open some meanwhile.
  protected boolean countsDescriptors() {
    return true;
  }

  /// Throws where something of one's own is left: a lock, a row, a lease. Called after each test; nothing by default.
  protected void assertReleased() throws Exception {}

  static long seed() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    return seed;
  }

  @BeforeEach
  final void countWhatIsOpen() {
    if (usesThreads()) time.passAsOutside();
    if (countsDescriptors() && Files.isDirectory(DESCRIPTORS)) open = files();
  }

  @AfterEach
  final void nothingIsLeft() throws Exception {
    time.close();
    rules.check();
    awaitOutside("the end of every thread of a run", () -> Remains.threads().isEmpty(), Remains::threads);
    var before = open;
    if (before != null) {
      awaitOutside("the close of every file and socket", () -> files().size() <= before.size(), Contract::files);
    }
    assertReleased();
  }

  private void awaitOutside(String what, BooleanSupplier state, Supplier<List<String>> left) {
    long began = System.nanoTime();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() - began > patience().toNanos()) {
        throw new AssertionError(what + " does not come: there are " + left.get());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Those that lead to files and sockets of somebody: not the devices and pipes of the process itself.
  private static List<String> files() {
    return Remains.descriptors().stream()
        .filter(target -> target.startsWith("socket:") || (target.startsWith("/") && !target.startsWith("/dev/")))
        .toList();
  }

  /// Drives everything until `state` is so.
  final void await(String what, BooleanSupplier state) {
    time.await(what, state, patience(), rules::inWords);
  }

  static void assertSame(Content found, Iterable<?> expected, String how) {
    assertThat(found).as(how).isEqualTo(Content.of(expected));
  }

  /// What was destroyed has the error it was destroyed with, or none; whatever else there is, its release failed with.
  static void assertErrorAfterDestroy(LiveStream stream, @Nullable Throwable error, String what) {
    assertThat(stream.errored()).as("the error of %s, which its release may add none to", what).isSameAs(error);
    if (error != null) assertThat(error.getSuppressed()).as("what failed in the release of %s", what).isEmpty();
  }

  /// What a contract fails or destroys with; nobody else throws one.
  static final class Boom extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Boom(String where) {
      super("boom " + where);
    }
  }
}
