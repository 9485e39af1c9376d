package highwater.cli;

import highwater.pipeline.Report;
import org.jspecify.annotations.Nullable;

/// The words of the progress line: how much has passed, how fast, how long still, in how much memory, who waits for whom.
///
/// ```
/// 1.46 GiB  312 MiB/s  14 %  ETA 0:07  heap 13M  rss 64M  huge.log waits for gzip
/// ```
///
/// Made from one snapshot after another; rate and waiting are those since the last one, the rate smoothed.
final class ProgressLine {
  /// How much of the newest rate goes into the shown one: a change shows within about a second of five looks.
  private static final double NEWEST_SHARE = 0.3;

  private final long totalBytes;
  private @Nullable Report before;
  private double bytesPerNano;

  /// Begins; `totalBytes` is what the sources will give, negative where that is not known.
  ProgressLine(long totalBytes) {
    this.totalBytes = totalBytes;
  }

  /// The line for this moment, in at most `columns` columns: whole facts, as many as fit, never less than the first.
  String render(Report now, long heapBytes, long residentBytes, int columns) {
    long bytes = now.stages().getFirst().bytesOut();
    measure(now, bytes);
    var line = new StringBuilder(Figures.bytes(bytes));
    append(line, Figures.bytes((long) (bytesPerNano * 1e9)) + "/s", columns);
    if (totalBytes >= 0) {
      double share = totalBytes == 0 ? 1 : Math.min(1, (double) bytes / totalBytes);
      append(line, Figures.decimal(Math.floor(share * 100), 0) + " %", columns);
      if (bytesPerNano > 0) {
        append(line, "ETA " + Figures.clock((long) (Math.max(0, totalBytes - bytes) / bytesPerNano)), columns);
      }
    } else {
      append(line, Figures.clock(now.elapsed().toNanos()), columns);
    }
    append(line, "heap " + mebibytes(heapBytes), columns);
    if (residentBytes > 0) append(line, "rss " + mebibytes(residentBytes), columns);
    append(line, waiting(now), columns);
    before = now;
    return line.length() > columns ? line.substring(0, Math.max(0, columns)) : line.toString();
  }

  private static void append(StringBuilder line, String fact, int columns) {
    if (!fact.isEmpty() && line.length() + 2 + fact.length() <= columns) line.append("  ").append(fact);
  }

  private static String mebibytes(long bytes) {
    return Math.ceilDiv(bytes, 1 << 20) + "M";
  }

  private void measure(Report now, long bytes) {
    long nanos = now.elapsed().toNanos();
    long newBytes = bytes;
    if (before != null) {
      nanos -= before.elapsed().toNanos();
      newBytes -= before.stages().getFirst().bytesOut();
    }
    if (nanos <= 0) return;
    double newest = (double) newBytes / nanos;
    bytesPerNano = before == null ? newest : bytesPerNano + NEWEST_SHARE * (newest - bytesPerNano);
  }

  /// Names the stage that held the work longest since the last look, and a neighbour that waits for it.
  private String waiting(Report now) {
    int slowest = -1;
    long longest = 0;
    for (int i = 0; i < now.stages().size(); i++) {
      long busy = now.stages().get(i).busyNanos();
      if (before != null) busy -= before.stages().get(i).busyNanos();
      if (busy > longest) {
        longest = busy;
        slowest = i;
      }
    }
    if (slowest < 0) return "";
    int waiter = slowest == 0 ? 1 : slowest - 1;
    return shortName(now, waiter) + " waits for " + shortName(now, slowest);
  }

  /// An end's last name, a stage's first word: a line has room for little.
  private static String shortName(Report now, int stage) {
    String name = now.stages().get(stage).name();
    boolean isEnd = stage == 0 || stage == now.stages().size() - 1;
    int end = isEnd ? -1 : name.indexOf(' ');
    return isEnd ? name.substring(name.lastIndexOf('/') + 1) : name.substring(0, end < 0 ? name.length() : end);
  }
}
