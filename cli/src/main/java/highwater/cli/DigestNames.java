package highwater.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The digests that the help names for `hash`; it takes more.
final class DigestNames {
  /// In the order of the help.
  static final List<String> ALL = List.of("sha256", "sha512", "sha1", "md5", "crc32", "crc32c", "adler32");

  private DigestNames() {}

  /// The name that `word` is, however it is written (`SHA-256`), or null.
  static @Nullable String named(String word) {
    String plain = word.toLowerCase(Locale.ROOT).replace("-", "");
    return ALL.contains(plain) ? plain : null;
  }
}
