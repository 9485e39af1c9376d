package highwater.cli;

/// Sizes and rates as GNU's tools write them: `10MB` is 10^7 bytes, `10M` and `10MiB` are 10 × 2^20.
final class Sizes {
  private static final String EXPECTED =
      "(expected: a whole number and a unit: 512, 64K or 64KiB = 65536, 64KB = 64000; also M, G, T, P, E)";
  private static final String UNITS = "kmgtpe";

  private Sizes() {}

  /// The bytes `text` says; `what` is named in the error, such as `--mark`.
  static long parse(String what, String text) throws CommandException {
    int digits = 0;
    long bytes = 0;
    boolean tooLarge = false;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      int digit = text.charAt(digits++) - '0';
      tooLarge |= bytes > (Long.MAX_VALUE - digit) / 10;
      bytes = bytes * 10 + digit;
    }
    String unit = text.substring(digits);
    long factor = factor(unit);
    if (digits == 0 || factor == 0) throw CommandException.usage(what + ": " + text + " is no size " + EXPECTED);
    if (tooLarge || bytes > Long.MAX_VALUE / factor) {
      throw CommandException.usage(what + ": " + text + " is too large (expected: less than 8E)");
    }
    return bytes * factor;
  }

  /// As [#parse], of something that must be more than nothing.
  static long parsePositive(String what, String text) throws CommandException {
    long bytes = parse(what, text);
    if (bytes == 0) throw CommandException.usage(what + ": " + text + " (expected: 1 byte or more)");
    return bytes;
  }

  /// The bytes a second that `text` says: a size, with or without `/s`.
  static long parseRate(String what, String text) throws CommandException {
    return parsePositive(what, text.endsWith("/s") ? text.substring(0, text.length() - 2) : text);
  }

  /// What one of `unit` is in bytes, 0 for a unit nobody knows.
  private static long factor(String unit) {
    if (unit.isEmpty() || unit.equals("B")) return 1;
    int power = UNITS.indexOf(Character.toLowerCase(unit.charAt(0))) + 1;
    if (power == 0) return 0;
    return switch (unit.substring(1)) {
      case "", "iB" -> 1L << (10 * power);
      case "B" -> {
        long factor = 1;
        for (int i = 0; i < power; i++) factor *= 1000;
        yield factor;
      }
      default -> 0;
    };
  }
}
