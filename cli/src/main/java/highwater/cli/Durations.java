package highwater.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Spans of time as options write them: `500ms`, `30s`, `5m`, `12h`.
final class Durations {
  private static final String EXPECTED = "(expected: a whole number and a unit: 500ms, 30s, 5m, 12h)";

  private Durations() {}

  /// The span `text` says, null for null; `what` is named in the error, such as `--timeout`.
  static @Nullable Duration parse(String what, @Nullable String text) throws CommandException {
    if (text == null) return null;
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') digits++;
    if (digits == 0 || digits > 9) throw CommandException.usage(what + ": " + text + " " + EXPECTED);
    long count = Long.parseLong(text.substring(0, digits));
    var span =
        switch (text.substring(digits)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ZERO;
        };
    if (span.isZero()) throw CommandException.usage(what + ": " + text + " " + EXPECTED);
    return span;
  }
}
