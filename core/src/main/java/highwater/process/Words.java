package highwater.process;

import java.util.Locale;
import java.util.regex.Pattern;

/// How words of commands, and lines that they say, stand in messages.
final class Words {
  private static final int NAME_MAX = 80;

  private static final Pattern USER_OF_URL = Pattern.compile("://[^/\\s'\"]+@");
  private static final Pattern NAMED_SECRET =
      Pattern.compile(
          "(?i)((?:password|passwd|pwd|passphrase|secret|token|key|sig|signature|credential|authorization|bearer|basic)"
              + "[\\w-]*(?:\\s*[=:]\\s*|\\s+))(?!(?:bearer|basic)\\s)('[^']*'|\"[^\"]*\"|[^\\s'\"&;]+)");

  private Words() {}

  /// On one line: control characters are written as `\x0a`.
  static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) return text;
    var line = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) line.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      else line.append(c);
    }
    return line.toString();
  }

  /// Without what looks like a secret.
  static String masked(String text) {
    var masked = USER_OF_URL.matcher(text).replaceAll("://***@");
    return NAMED_SECRET.matcher(masked).replaceAll("$1***");
  }

  static String cut(String text) {
    if (text.length() <= NAME_MAX) return text;
    int end = NAME_MAX - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) end--;
    return text.substring(0, end) + "…";
  }
}
