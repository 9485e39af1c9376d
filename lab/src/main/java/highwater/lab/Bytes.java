package highwater.lab;

import java.util.Locale;

/// Sizes as people write and read them: `10MB` is 10^7 bytes, `10M` and `10MiB` are 10 × 2^20.
final class Bytes {
  private static final String UNITS = "kmgt";
  private static final String[] NAMES = {"B", "kB", "MB", "GB", "TB"};

  private Bytes() {}

  /// The bytes `text` says, 1 or more; `what` is named in the error, such as `--size`.
  static long parsePositive(String what, String text) throws LabException {
    int digits = 0;
    while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0) digits++;
    long factor = factor(text.substring(digits));
    // Fifteen digits are more than any disk holds, and no overflow before the unit.
    if (digits == 0 || digits > 15 || factor == 0) throw noSize(what, text);
    long count = Long.parseLong(text.substring(0, digits));
    if (count == 0 || count > Long.MAX_VALUE / factor) throw noSize(what, text);
    return count * factor;
  }

  private static LabException noSize(String what, String text) {
    return LabException.usage(
        what + ": " + text + " is no size (expected: 1 byte or more, as in 512, 64KiB = 65536, 64KB = 64000, 2GB)");
  }

  private static long factor(String unit) {
    if (unit.isEmpty() || unit.equals("B")) return 1;
    int power = UNITS.indexOf(Character.toLowerCase(unit.charAt(0))) + 1;
    if (power == 0) return 0;
    return switch (unit.substring(1)) {
      case "", "iB" -> 1L << (10 * power);
      case "B" -> (long) Math.pow(1000, power);
      default -> 0;
    };
  }

  /// Bytes for people, in powers of 1000 with three digits: `512 B`, `64.0 MB`, `1.52 GB`.
  static String text(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < NAMES.length - 1) {
      value /= 1000;
      unit++;
    }
    int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, NAMES[unit]);
  }
}
