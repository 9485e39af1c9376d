package highwater.compress;

import highwater.codec.DataException;
import org.jspecify.annotations.Nullable;

/// What a decoder says of input that is not what it should be, the same for all formats.
///
/// @param stage the name of the stage
/// @param format the name of the format
record Complaints(String stage, String format) {
  DataException empty() {
    return new DataException(stage + ": the input is empty (expected: " + format + " data)", 0);
  }

  DataException cutShort(long at, @Nullable Throwable cause) {
    return because(
        stage
            + (": unexpected end of input after " + at + " bytes (expected: more " + format)
            + " data; it is cut short, fetch it again)",
        at,
        cause);
  }

  DataException damaged(long at, String why, @Nullable Throwable cause) {
    return because(
        stage
            + (": damaged data near byte " + at + ": " + oneLine(why) + " (expected: sound " + format)
            + " data; fetch the input again)",
        at,
        cause);
  }

  /// `begins` says how data of the format begin.
  DataException otherFormat(String begins) {
    return new DataException(
        (stage + ": not in " + format + " format (expected: " + begins + "; leave " + stage)
            + " out if the input is plain)",
        0);
  }

  DataException goesOn(long at, String expected) {
    return new DataException(
        (stage + ": the data ends at byte " + at + " but the input goes on (expected: " + expected)
            + "; cut the input there)",
        at);
  }

  DataException unsupported(long at, String what, String expected, @Nullable Throwable cause) {
    return because(stage + ": " + oneLine(what) + " (expected: " + expected + ")", at, cause);
  }

  private static DataException because(String message, long at, @Nullable Throwable cause) {
    return cause == null ? new DataException(message, at) : new DataException(message, at, cause);
  }

  /// What a library said, without what would break the line.
  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
