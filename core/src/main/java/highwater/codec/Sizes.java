package highwater.codec;

/// Sizes as plans print them, put together without number formats: a plan is made before every run, and those would be
/// most of a short command's start.
final class Sizes {
  private Sizes() {}

  /// `bytes` in the largest binary unit that divides it, such as `128 KiB` or `1000 bytes`.
  static String of(long bytes) {
    if (bytes == 0 || (bytes & 1023) != 0) return bytes + (bytes == 1 ? " byte" : " bytes");
    if ((bytes & ((1 << 20) - 1)) != 0) return (bytes >> 10) + " KiB";
    return (bytes >> 20) + " MiB";
  }
}
