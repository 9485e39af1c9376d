package highwater.io;

import highwater.strand.Strand;
import java.util.HashMap;
import java.util.Map;

/// Knows which files each strand reads, changes in place and replaces, so that no run feeds on its own output or destroys it:
/// a copy that appends to its source would never end, one that overwrites it would destroy it, and of two results in one file
/// one would be lost. A file may be read and replaced, because the old one stays until all is read.
///
/// Thread rule: any thread. Holds an entry only from a part's open to its close.
final class SameFile {
  private static final Map<Held, Integer> HELD = new HashMap<>();
  private static final String TWO_FILES = "expected: two different files; write another one";

  private SameFile() {}

  private enum Role {
    READS,
    CHANGES,
    REPLACES
  }

  /// One file, identified by [Place#identity], in one role on one strand.
  private record Held(Strand strand, Object file, Role role) {
    // Written out: a record's own are linked at run time, which no AOT cache saves (25 ms and 4 MiB of the command's
    // start).
    @Override
    public boolean equals(Object other) {
      return other instanceof Held held && held.strand == strand && held.role == role && held.file.equals(file);
    }

    @Override
    public int hashCode() {
      return file.hashCode();
    }
  }

  /// Says that `strand` reads `file`; throws when it also changes it in place. Run the result once to take it back.
  static Runnable reads(Strand strand, Object file) throws Refusal {
    synchronized (HELD) {
      refuseIf(
          Role.CHANGES,
          strand,
          file,
          "the same pipeline writes into this file",
          TWO_FILES + ", or replace it as a whole");
      return hold(strand, file, Role.READS);
    }
  }

  /// Says that `strand` changes `file` in place; throws when it also reads or writes it. Run the result once to take it back.
  static Runnable changes(Strand strand, Object file) throws Refusal {
    synchronized (HELD) {
      refuseIf(Role.READS, strand, file, "the same pipeline reads this file", TWO_FILES + ", or replace it as a whole");
      refuseIfWritten(strand, file);
      return hold(strand, file, Role.CHANGES);
    }
  }

  /// Says that `strand` puts a new file in the place of `file`; throws when it also writes it in another way. Run the result
  /// once to take it back.
  static Runnable replaces(Strand strand, Object file) throws Refusal {
    synchronized (HELD) {
      refuseIfWritten(strand, file);
      return hold(strand, file, Role.REPLACES);
    }
  }

  private static void refuseIfWritten(Strand strand, Object file) throws Refusal {
    String reason = "the same pipeline writes this file twice";
    refuseIf(Role.CHANGES, strand, file, reason, TWO_FILES);
    refuseIf(Role.REPLACES, strand, file, reason, TWO_FILES);
  }

  private static void refuseIf(Role role, Strand strand, Object file, String reason, String advice) throws Refusal {
    if (HELD.containsKey(new Held(strand, file, role))) throw new Refusal(reason, advice);
  }

  private static Runnable hold(Strand strand, Object file, Role role) {
    var held = new Held(strand, file, role);
    HELD.merge(held, 1, Integer::sum);
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
