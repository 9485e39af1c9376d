package highwater.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Reads what a JVM says of its collector: the lines of `-Xlog:gc:file=NAME:uptime`.
final class GcLog {
  private static final Pattern PAUSE =
      Pattern.compile(
          "\\[([0-9.]+)s\\] GC\\([0-9]+\\) (Pause .*?) ([0-9]+)([BKMG])->([0-9]+)([BKMG])\\(([0-9]+)([BKMG])\\)"
              + " ([0-9.]+)ms");

  private GcLog() {}

  /// The pauses, in order; lines that tell of something else are passed over.
  static List<Pause> parse(List<String> lines) {
    var pauses = new ArrayList<Pause>();
    for (String line : lines) {
      var matcher = PAUSE.matcher(line);
      if (!matcher.matches()) continue;
      double millis = Double.parseDouble(matcher.group(9));
      // The line is written at the end of the pause.
      double atSeconds = Double.parseDouble(matcher.group(1)) - millis / 1000;
      pauses.add(
          new Pause(
              Math.max(0, atSeconds),
              millis,
              // A handful of names, thousands of times.
              matcher.group(2).intern(),
              bytes(matcher.group(3), matcher.group(4)),
              bytes(matcher.group(5), matcher.group(6)),
              bytes(matcher.group(7), matcher.group(8))));
    }
    return pauses;
  }

  private static long bytes(String number, String unit) {
    return Long.parseLong(number) << (10 * "BKMG".indexOf(unit));
  }
}
