package highwater.io;

import highwater.strand.Strand;
import java.util.HashMap;
import java.util.Map;

/// Knows which files each strand reads and which it changes in place, so that no run feeds on its own output: a copy that
/// appends to its source would never end, and one that overwrites it would destroy it.
///
/// Thread rule: any thread. Holds an entry only from a part's open to its close.
final class SameFile {
  private static final Map<Held, Integer> HELD = new HashMap<>();

  private SameFile() {}

  /// One file, identified by [Place#identity], in one role on one strand.
  private record Held(Strand strand, Object file, boolean changed) {
    // Written out: a record's own are linked at run time, which no AOT cache saves (25 ms and 4 MiB of the command's
    // start).
    @Override
    public boolean equals(Object other) {
      return other instanceof Held held && held.strand == strand && held.changed == changed && held.file.equals(file);
    }

    @Override
    public int hashCode() {
      return file.hashCode();
    }
  }

  /// Says that `strand` reads `file`; throws when it also changes it in place. Run the result once to take it back.
  static Runnable reads(Strand strand, Object file) throws Refusal {
    return hold(strand, file, false, "the same pipeline writes into this file");
  }

  /// Says that `strand` changes `file` in place; throws when it also reads it. Run the result once to take it back.
  static Runnable changes(Strand strand, Object file) throws Refusal {
    return hold(strand, file, true, "the same pipeline reads this file");
  }

  private static Runnable hold(Strand strand, Object file, boolean changed, String reason) throws Refusal {
    var held = new Held(strand, file, changed);
    synchronized (HELD) {
      if (HELD.containsKey(new Held(strand, file, !changed))) {
        throw new Refusal(reason, "expected: two different files; write another one, or replace it as a whole");
      }
      HELD.merge(held, 1, Integer::sum);
    }
    return () -> {
      synchronized (HELD) {
        HELD.computeIfPresent(held, (_, times) -> times == 1 ? null : times - 1);
      }
    };
  }

  /// The number of entries, for tests.
  static int heldNow() {
    synchronized (HELD) {
      return HELD.size();
    }
  }
}
