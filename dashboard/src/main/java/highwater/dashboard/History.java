package highwater.dashboard;

import highwater.pipeline.Report;
import java.util.Arrays;

/// The last moments of one run, for a page that is opened later: when, how much had reached the target, and how long each
/// stage had held the work. A ring: `moments` × (3 + stages) numbers of 8 bytes, and no more. Thread rule: its owner's.
final class History {
  private static final int ELAPSED = 0;
  private static final int BYTES = 1;
  private static final int CHUNKS = 2;
  private static final int BUSY = 3;

  private final int moments;
  private final long[][] columns;
  private long added;

  /// Room for so many moments of a run with so many stages; it grows into its room.
  History(int moments, int stages) {
    this.moments = moments;
    columns = new long[BUSY + stages][Math.min(16, moments)];
  }

  /// Adds a moment in place of the oldest.
  void add(Report report) {
    if (moments == 0) return;
    if (added == columns[0].length && added < moments) grow();
    int at = (int) (added++ % moments);
    columns[ELAPSED][at] = report.elapsed().toNanos();
    columns[BYTES][at] = report.bytesOut();
    columns[CHUNKS][at] = report.stages().getLast().chunksIn();
    for (int i = 0; i < columns.length - BUSY; i++) columns[BUSY + i][at] = report.stages().get(i).busyNanos();
  }

  private void grow() {
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Arrays.copyOf(columns[i], Math.min(moments, 2 * columns[i].length));
    }
  }

  /// Writes the members `elapsedNanos`, `bytes`, `chunks` and, an array for each stage, `busyNanos`; the oldest first.
  void write(Json json) {
    write(json, "elapsedNanos", ELAPSED);
    write(json, "bytes", BYTES);
    write(json, "chunks", CHUNKS);
    json.array("busyNanos");
    for (int column = BUSY; column < columns.length; column++) write(json, "", column);
    json.close(']');
  }

  private void write(Json json, String name, int column) {
    json.array(name);
    for (long i = Math.max(0, added - moments); i < added; i++) json.put("", columns[column][(int) (i % moments)]);
    json.close(']');
  }
}
