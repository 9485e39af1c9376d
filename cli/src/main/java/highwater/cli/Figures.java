package highwater.cli;

/// Figures for people, the same in every locale: `1.4 GiB`, `312 MiB/s`, `2:05`, `1,234,567`.
///
/// Made by hand: `String.format` would load the formatter, the locales and regular expressions (30 ms at start).
final class Figures {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Figures() {}

  /// Bytes in the largest unit that leaves at least one whole, with three digits: `0 B`, `64.0 KiB`, `1.46 GiB`, `312 MiB`.
  static String bytes(long bytes) {
    if (bytes < 1024) return bytes + " B";
    int unit = 0;
    double value = bytes;
    while (value >= 1023.5) {
      value /= 1024;
      unit++;
    }
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return decimal(value, decimals) + " " + UNITS[unit];
  }

  /// Bytes a second.
  static String rate(long bytes, long nanos) {
    return bytes((long) (bytes / (Math.max(1, nanos) / 1e9))) + "/s";
  }

  /// A number with commas between thousands.
  static String grouped(long number) {
    var text = new StringBuilder(Long.toString(number));
    int first = number < 0 ? 1 : 0;
    for (int at = text.length() - 3; at > first; at -= 3) text.insert(at, ',');
    return text.toString();
  }

  /// A time on a clock: `0:07`, `2:05`, `1:02:05`.
  static String clock(long nanos) {
    long seconds = nanos / 1_000_000_000;
    long hours = seconds / 3600;
    String minutes = Long.toString(seconds / 60 % 60);
    String rest = twoDigits(seconds % 60);
    return hours == 0 ? minutes + ":" + rest : hours + ":" + twoDigits(seconds / 60 % 60) + ":" + rest;
  }

  /// Seconds with three decimals, without a unit.
  static String seconds(long nanos) {
    return decimal(nanos / 1e9, 3);
  }

  /// A number that is not negative, rounded to so many decimals.
  static String decimal(double value, int decimals) {
    long scale = 1;
    for (int i = 0; i < decimals; i++) scale *= 10;
    long scaled = Math.round(value * scale);
    if (decimals == 0) return Long.toString(scaled);
    var fraction = new StringBuilder(Long.toString(scaled % scale));
    while (fraction.length() < decimals) fraction.insert(0, '0');
    return scaled / scale + "." + fraction;
  }

  private static String twoDigits(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}
