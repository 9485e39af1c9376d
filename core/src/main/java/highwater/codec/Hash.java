package highwater.codec;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/// A hash being computed: a message digest or a checksum, by its name.
sealed interface Hash {
  /// Takes the bytes from position to limit.
  void update(ByteBuffer chunk);

  /// The value in lower-case hexadecimal digits; a checksum's eight, most significant first.
  String hex();

  /// The canonical name of `algorithm`: `sha256` is SHA-256, `crc32` is CRC-32. Throws `IllegalArgumentException` for a
  /// name that is not known here.
  static String canonicalName(String algorithm) {
    var name = algorithm.toUpperCase(Locale.ROOT);
    if (name.startsWith("SHA") && name.length() > 3 && Character.isDigit(name.charAt(3))) {
      if (!name.startsWith("SHA3-")) name = "SHA-" + name.substring(3);
    } else if (name.equals("CRC32") || name.equals("CRC32C")) {
      name = "CRC-" + name.substring(3);
    } else if (name.equals("ADLER32")) {
      name = "ADLER-32";
    }
    var _ = make(name, algorithm);
    return name;
  }

  /// How many hexadecimal digits the value has.
  static int hexDigits(String canonicalName) {
    return named(canonicalName).hex().length();
  }

  /// A fresh one for a name that [#canonicalName] gave.
  static Hash named(String canonicalName) {
    return make(canonicalName, canonicalName);
  }

  private static Hash make(String name, String given) {
    return switch (name) {
      case "CRC-32" -> new OfChecksum(new CRC32());
      case "CRC-32C" -> new OfChecksum(new CRC32C());
      case "ADLER-32" -> new OfChecksum(new Adler32());
      default -> new OfDigest(digest(name, given));
    };
  }

  private static MessageDigest digest(String name, String given) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException(
          ("hash: " + given) + " (expected: SHA-256 or another digest of this Java, CRC-32, CRC-32C, ADLER-32)", e);
    }
  }

  /// A message digest of the JDK or a provider.
  record OfDigest(MessageDigest digest) implements Hash {
    @Override
    public void update(ByteBuffer chunk) {
      digest.update(chunk);
    }

    @Override
    public String hex() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /// A 32-bit checksum.
  record OfChecksum(Checksum checksum) implements Hash {
    @Override
    public void update(ByteBuffer chunk) {
      checksum.update(chunk);
    }

    @Override
    public String hex() {
      return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
  }
}
