package highwater.codec;

import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;

/// The base64 format (RFC 4648, RFC 2045): bytes as 64 characters of ASCII.
///
/// Decoding is strict, as one text has one meaning: padding must be as it is written here, bits that belong to no byte
/// must be zero, and nothing may follow the padding. Only [#mime()] and [#skippingWhitespace()] let spaces and line ends
/// stand anywhere.
public final class Base64 {
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /// The alphabets, and whether the text is cut into lines.
  private enum Kind {
    STANDARD("base64", "+/"),
    URL("base64 url", "-_"),
    MIME("base64 mime", "+/");

    private final String inWords;
    private final String alphabet;

    Kind(String inWords, String last) {
      this.inWords = inWords;
      alphabet = LETTERS + last;
    }
  }

  private final Kind kind;
  private final boolean padded;
  private final boolean skipsSpace;

  private Base64(Kind kind, boolean padded, boolean skipsSpace) {
    this.kind = kind;
    this.padded = padded;
    this.skipsSpace = skipsSpace;
  }

  /// The alphabet with `+` and `/`, padded, in one line.
  public static Base64 standard() {
    return new Base64(Kind.STANDARD, true, false);
  }

  /// The alphabet for URLs and file names, with `-` and `_`, padded, in one line. (Tokens leave the padding out:
  /// [#unpadded()].)
  public static Base64 url() {
    return new Base64(Kind.URL, true, false);
  }

  /// The standard alphabet, padded, in lines of 76 characters with CRLF between them; decoding skips whitespace.
  public static Base64 mime() {
    return new Base64(Kind.MIME, true, true);
  }

  /// The same without padding: none is written, and any is refused. Input cut short between bytes is then whole.
  public Base64 unpadded() {
    return new Base64(kind, false, skipsSpace);
  }

  /// The same with spaces, tabs, CR and LF skipped when decoding.
  public Base64 skippingWhitespace() {
    return new Base64(kind, padded, true);
  }

  /// Makes text of bytes, in chunks of at most about 8 KiB; up to two bytes (a line of MIME: 57) wait for more.
  public PullStage<ByteBuffer, ByteBuffer> encode() {
    return StepStage.ofBytes(
        kind.inWords,
        Base64EncodeStep.OUT_BYTES,
        Base64EncodeStep.HELD_BYTES,
        () -> new Base64EncodeStep(encoder(), isMime()));
  }

  /// Makes bytes of text, in chunks of at most 8 KiB.
  ///
  /// Errors: [DataException] with the byte position for anything that [Base64] does not let stand, and for input that
  /// ends within a group.
  public PullStage<ByteBuffer, ByteBuffer> decode() {
    var digits = new Digits(kind.inWords, kind.alphabet, padded, skipsSpace);
    var name = "un" + kind.inWords;
    return StepStage.ofBytes(
        name, DigitsDecodeStep.OUT_BYTES, DigitsDecodeStep.OUT_BYTES, () -> new DigitsDecodeStep(name, digits));
  }

  private boolean isMime() {
    return kind == Kind.MIME;
  }

  private java.util.Base64.Encoder encoder() {
    var encoder =
        switch (kind) {
          case STANDARD -> java.util.Base64.getEncoder();
          case URL -> java.util.Base64.getUrlEncoder();
          case MIME -> java.util.Base64.getMimeEncoder();
        };
    return padded ? encoder : encoder.withoutPadding();
  }
}
