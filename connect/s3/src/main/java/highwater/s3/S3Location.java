package highwater.s3;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.regex.Pattern;

/// The place of an object, or of all objects that begin alike: `s3://bucket/key`.
///
/// A key is taken as it stands, without any decoding, as the AWS command line does.
///
/// @param bucket the bucket's name
/// @param key the object's key, or the beginning of keys; empty for all of the bucket
public record S3Location(String bucket, String key) {
  private static final String SCHEME = "s3://";
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9._-]{1,255}");

  /// The longest key that S3 takes, in bytes of UTF-8.
  static final int KEY_MAX_BYTES = 1024;

  /// Checks the bucket's name.
  public S3Location {
    requireNonNull(key, "key");
    if (!BUCKET.matcher(bucket).matches()) throw refused(bucket);
  }

  private static IllegalArgumentException refused(String bucket) {
    // Whatever stands before an @ may be a key with its secret.
    if (bucket.contains("@")) {
      return new IllegalArgumentException(
          "an s3:// address takes no credentials (expected: s3://BUCKET/KEY; set AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY, or a profile)");
    }
    return new IllegalArgumentException(
        "not a bucket's name: "
            + printable(bucket)
            + " (expected: letters, digits, . and -; an access point wants a client of your own)");
  }

  /// Reads `s3://bucket/key`; the key may be missing or end with `/`.
  public static S3Location parse(String address) {
    if (!address.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw new IllegalArgumentException("not an address of S3 (expected: s3://BUCKET/KEY)");
    }
    int slash = address.indexOf('/', SCHEME.length());
    return slash < 0
        ? new S3Location(address.substring(SCHEME.length()), "")
        : new S3Location(address.substring(SCHEME.length(), slash), address.substring(slash + 1));
  }

  /// Whether `address` begins with `s3://`, in any case.
  public static boolean isOne(String address) {
    return address.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /// Whether it names no object: no key, or one that ends with `/`.
  public boolean isFolder() {
    return key.isEmpty() || key.endsWith("/");
  }

  /// The same, with `name` behind its key: what a file of that name is called in a [folder][#isFolder()].
  public S3Location resolve(String name) {
    return new S3Location(bucket, key + name);
  }

  S3Location ofObject() {
    if (key.isEmpty()) {
      throw new IllegalArgumentException(
          SCHEME + bucket + " names a bucket (expected: s3://" + bucket + "/KEY; add the object's key)");
    }
    return this;
  }

  /// The address on one line: control characters are written as `\x0a`.
  @Override
  public String toString() {
    return SCHEME + bucket + "/" + printable(key);
  }

  static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) return text;
    var line = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) line.append(String.format(Locale.ROOT, "\\x%02x", c));
              else line.append((char) c);
            });
    return line.toString();
  }
}
