package highwater.cli;

import highwater.pipeline.Report;
import highwater.pipeline.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The words of the progress line: how much has passed, how fast, how long still, who waits for whom, in how much memory.
///
/// ```
/// 1.46 GiB  312 MiB/s  14 %  ETA 0:07  huge.log waits for gzip  heap 13M  rss 64M
/// ```
///
/// Made from one snapshot after another; rate and waiting are those since the last one, the rate smoothed.
final class ProgressLine {
  /// How much of the newest rate goes into the shown one: a change shows within about a second of five looks.
  private static final double NEWEST_SHARE = 0.3;

  private static final String GAP = "  ";
  private static final String WAITS_FOR = " waits for ";

  /// What is left of a long name at least; where even that is too much, the fact is left out.
  private static final int NAME_CHARS_MIN = 8;

  private final long totalBytes;
  private @Nullable Report before;
  private double bytesPerNano;

  /// Begins; `totalBytes` is what the sources will give, negative where that is not known.
  ProgressLine(long totalBytes) {
    this.totalBytes = totalBytes;
  }

  /// The line for this moment, in at most `columns` columns: whole facts from the left, as many as fit, never less than the
  /// first.
  String render(Report now, long heapBytes, long residentBytes, int columns) {
    long bytes = now.stages().getFirst().bytesOut();
    measure(now, bytes);
    var facts = new ArrayList<String>();
    facts.add(Figures.bytes(bytes));
    facts.add(Figures.bytes((long) (bytesPerNano * 1e9)) + "/s");
    if (totalBytes >= 0) {
      double share = totalBytes == 0 ? 1 : Math.min(1, (double) bytes / totalBytes);
      facts.add(Figures.decimal(Math.floor(share * 100), 0) + " %");
      if (bytesPerNano > 0) {
        facts.add("ETA " + Figures.clock((long) (Math.max(0, totalBytes - bytes) / bytesPerNano)));
      }
    } else {
      facts.add(Figures.clock(now.elapsed().toNanos()));
    }
    String waiting = waiting(now, columns - String.join(GAP, facts).length() - GAP.length());
    if (!waiting.isEmpty()) facts.add(waiting);
    facts.add("heap " + mebibytes(heapBytes));
    if (residentBytes > 0) facts.add("rss " + mebibytes(residentBytes));
    before = now;
    return joined(facts, columns);
  }

  private static String joined(List<String> facts, int columns) {
    String first = facts.getFirst();
    var line = new StringBuilder(first.length() > columns ? first.substring(0, Math.max(0, columns)) : first);
    for (String fact : facts.subList(1, facts.size())) {
      if (line.length() + GAP.length() + fact.length() > columns) break;
      line.append(GAP).append(fact);
    }
    return line.toString();
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

  /// Names the stage that has set the pace since the last look, and a neighbour that waits for it; empty where none stands out.
  private String waiting(Report now, int columns) {
    var verdict = before == null ? now.verdict() : Verdict.of(before, now);
    if (!verdict.isDecided()) return "";
    int slowest = verdict.stage();
    String waiter = shortName(now, slowest == 0 ? 1 : slowest - 1);
    String holder = shortName(now, slowest);
    // Long names share the room, and a short one leaves more to the other.
    int room = columns - WAITS_FOR.length();
    int share = Math.max(NAME_CHARS_MIN, room / 2);
    waiter = cut(waiter, Math.max(share, room - holder.length()));
    return waiter + WAITS_FOR + cut(holder, Math.max(share, room - waiter.length()));
  }

  private static String cut(String name, int chars) {
    return name.length() <= chars ? name : name.substring(0, chars - 1) + "…";
  }

  /// An end's last name, a stage's first word: a line has room for little.
  private static String shortName(Report now, int stage) {
    String name = now.stages().get(stage).name();
    boolean isEnd = stage == 0 || stage == now.stages().size() - 1;
    int end = isEnd ? -1 : name.indexOf(' ');
    return isEnd ? name.substring(name.lastIndexOf('/') + 1) : name.substring(0, end < 0 ? name.length() : end);
  }
}
