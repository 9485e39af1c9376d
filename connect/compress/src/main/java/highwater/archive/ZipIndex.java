package highwater.archive;

import java.util.ArrayList;
import java.util.List;

/// The entries that were read of a zip, each by where it began and a fingerprint of what it was, for the comparison with the
/// directory that comes last.
///
/// 24 bytes an entry, whatever its name. The fingerprint is half of a SHA-256: whoever makes a zip could make two entries with
/// one fingerprint if it were a checksum.
final class ZipIndex {
  static final int ENTRY_BYTES = 3 * Long.BYTES;
  private static final int BLOCK_ENTRIES = 1 << 10;

  private final List<long[]> blocks = new ArrayList<>();
  private int entries;
  private int found;

  /// Adds an entry behind those before it.
  void add(long offset, long high, long low) {
    int in = entries % BLOCK_ENTRIES;
    if (in == 0) blocks.add(new long[3 * BLOCK_ENTRIES]);
    var block = blocks.getLast();
    block[3 * in] = offset;
    block[3 * in + 1] = high;
    block[3 * in + 2] = low;
    entries++;
  }

  /// Whether the entry that began at `offset` is this one, and was not asked for before.
  boolean take(long offset, long high, long low) {
    int from = 0;
    int to = entries - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      var block = blocks.get(middle / BLOCK_ENTRIES);
      int at = 3 * (middle % BLOCK_ENTRIES);
      // What was taken stands negated.
      long offsetThere = block[at] < 0 ? ~block[at] : block[at];
      if (offsetThere == offset) {
        if (block[at] < 0 || block[at + 1] != high || block[at + 2] != low) return false;
        block[at] = ~offset;
        found++;
        return true;
      }
      if (offsetThere < offset) from = middle + 1;
      else to = middle - 1;
    }
    return false;
  }

  int entries() {
    return entries;
  }

  boolean isAllTaken() {
    return found == entries;
  }
}
