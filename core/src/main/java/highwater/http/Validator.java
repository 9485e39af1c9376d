package highwater.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// What tells one version of a resource from another, byte for byte: a strong ETag, else a date of change that is safe to use.
///
/// Source: RFC 9110, 8.8.
///
/// @param text as `If-Range` wants it
/// @param entityTag whether it is an ETag
record Validator(String text, boolean entityTag) {
  /// The validator of a response that can be resumed by ranges, or null.
  static @Nullable Validator of(HttpHeaders headers) {
    if (headers.firstValue("Accept-Ranges").orElse("").strip().equalsIgnoreCase("none")) return null;
    var tag = headers.firstValue("ETag").orElse("").strip();
    if (tag.startsWith("\"")) return new Validator(tag, true);
    var changed = headers.firstValue("Last-Modified").orElse("").strip();
    return isSafeDate(changed, headers.firstValue("Date").orElse("")) ? new Validator(changed, false) : null;
  }

  /// A date has no more than seconds, so it is safe only where the answer was given in a later one.
  private static boolean isSafeDate(String changed, String answered) {
    try {
      var format = DateTimeFormatter.RFC_1123_DATE_TIME;
      return ZonedDateTime.parse(answered.strip(), format).isAfter(ZonedDateTime.parse(changed, format));
    } catch (DateTimeException e) {
      return false;
    }
  }

  /// Whether a response that has a validator of this kind has another one.
  boolean contradicts(HttpHeaders headers) {
    var other = headers.firstValue(entityTag ? "ETag" : "Last-Modified");
    return other.isPresent() && !other.get().strip().equals(text);
  }
}
