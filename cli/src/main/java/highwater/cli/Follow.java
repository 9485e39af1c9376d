package highwater.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What `--follow` and its like say of the source.
///
/// @param idle how long it is quiet before the run ends well, or null for never
/// @param lines how many lines before its end it begins, -1 for its first byte
record Follow(@Nullable Duration idle, long lines) {
  private static final int DIGITS_MAX = 12;

  /// What the options say, one of which is there.
  static Follow of(Options options) throws CommandException {
    String idle = options.value(Flag.FOLLOW_IDLE);
    String lines = options.value(Flag.FOLLOW_LINES);
    return new Follow(Durations.parse("--follow-idle", idle), lines == null ? -1 : count(lines));
  }

  private static long count(String text) throws CommandException {
    boolean valid = !text.isEmpty() && text.length() <= DIGITS_MAX;
    for (int i = 0; i < text.length(); i++) valid &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    if (valid) return Long.parseLong(text);
    throw CommandException.usage("--follow-lines: " + text + " (expected: a number of lines, 0 for the file's end)");
  }
}
