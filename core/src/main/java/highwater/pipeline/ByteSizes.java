package highwater.pipeline;

/// Writes numbers of bytes the way plans, reports and messages show them, the same in every locale.
public final class ByteSizes {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private ByteSizes() {}

  /// Writes every byte: `64 KiB`, `1 MiB`, `1,059`, `1 MiB + 1,059`.
  public static String exact(long bytes) {
    long kibibytes = bytes / KIB;
    if (bytes >= MIB && bytes % MIB != 0) return exact(bytes - bytes % MIB) + " + " + exact(bytes % MIB);
    if (bytes < KIB || bytes % KIB != 0) return grouped(bytes);
    int unit = 1;
    while (kibibytes % KIB == 0 && unit < UNITS.length - 1) {
      kibibytes /= KIB;
      unit++;
    }
    return grouped(kibibytes) + " " + UNITS[unit];
  }

  /// Writes every byte as a sentence needs it: `64 KiB`, `1,059 bytes`.
  public static String inWords(long bytes) {
    var text = exact(bytes);
    return Character.isDigit(text.charAt(text.length() - 1)) ? text + (bytes == 1 ? " byte" : " bytes") : text;
  }

  /// Writes a figure to read at a glance, never below the truth: `8.3 MiB`, `64 KiB`, `512 bytes`.
  public static String rounded(long bytes) {
    int unit = 0;
    // Compared in whole units, so that 1023.99 KiB becomes 1 MiB rather than 1,024 KiB.
    double size = bytes;
    while (unit < UNITS.length - 1 && Math.ceil(size * 10) / 10 >= KIB) {
      size /= KIB;
      unit++;
    }
    if (unit == 0) return grouped(bytes) + (bytes == 1 ? " byte" : " bytes");
    long tenths = (long) Math.ceil(size * 10);
    var digits = grouped(tenths / 10);
    return (tenths % 10 == 0 ? digits : digits + "." + tenths % 10) + " " + UNITS[unit];
  }

  /// Writes a number with its thousands apart: `1,059`.
  public static String grouped(long number) {
    // By hand: a DecimalFormat looks for locales and their providers, 6 ms at the start of the command.
    var text = new StringBuilder(Long.toString(number));
    for (int i = text.length() - 3; i > (number < 0 ? 1 : 0); i -= 3) text.insert(i, ',');
    return text.toString();
  }
}
