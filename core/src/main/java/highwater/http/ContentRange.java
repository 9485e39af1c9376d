package highwater.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which bytes a part of a resource has; source: RFC 9110, 14.4.
///
/// @param first the first of them
/// @param last the last, inclusive
/// @param total the bytes of the whole, or -1 where the server does not say
record ContentRange(long first, long last, long total) {
  private static final Pattern FORM = Pattern.compile("bytes +(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  /// Reads the header; null where it is none that makes sense.
  static @Nullable ContentRange parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) return null;
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    long total = matcher.group(3).equals("*") ? -1 : Long.parseLong(matcher.group(3));
    return last < first || (total >= 0 && last >= total) ? null : new ContentRange(first, last, total);
  }
}
