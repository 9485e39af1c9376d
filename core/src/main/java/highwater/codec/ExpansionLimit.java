package highwater.codec;

import highwater.pipeline.ByteSizes;

/// How much a decompressing stage may make of its input before it fails: the guard against bombs, the same for all formats.
///
/// A few kilobytes may be made to expand to petabytes; whatever comes next (a disk, an upload, a parser) is then the victim.
/// Each stage checks before a chunk passes on, so nothing beyond the limit ever does.
///
/// @param outputBytes the most bytes that may come out
/// @param ratio the most bytes that may come out for each byte that was read
/// @param ratioFromBytes the bytes that may come out before the ratio counts
public record ExpansionLimit(long outputBytes, long ratio, long ratioFromBytes) {
  /// No limit in bytes, and a ratio of 1,000 : 1 once more than 1 GiB came out.
  ///
  /// Logs reach 10 to 100 : 1, and deflate 1,032 : 1 at its very best, for one byte again and again.
  public static final ExpansionLimit DEFAULT = new ExpansionLimit(Long.MAX_VALUE, 1000, 1L << 30);

  /// Checks that the figures make sense.
  public ExpansionLimit {
    if (outputBytes < 0) {
      throw new IllegalArgumentException("outputAtMost: " + outputBytes + " bytes (expected: 0 or more bytes)");
    }
    if (ratio < 1) throw new IllegalArgumentException("ratioAtMost: " + ratio + " : 1 (expected: 1 or more)");
    if (ratioFromBytes < 0) {
      throw new IllegalArgumentException("ratioFrom: " + ratioFromBytes + " bytes (expected: 0 or more bytes)");
    }
  }

  /// The same with at most `bytes` out.
  public ExpansionLimit outputAtMost(long bytes) {
    return new ExpansionLimit(bytes, ratio, ratioFromBytes);
  }

  /// The same with at most `ratio` bytes out for each byte in.
  public ExpansionLimit ratioAtMost(long ratio) {
    return new ExpansionLimit(outputBytes, ratio, ratioFromBytes);
  }

  /// The same with a ratio that counts once more than `bytes` came out.
  public ExpansionLimit ratioFrom(long bytes) {
    return new ExpansionLimit(outputBytes, ratio, bytes);
  }

  /// Fails for the stage called `stage` where `outBytes` made of `inBytes` are more than may be.
  public void check(String stage, long outBytes, long inBytes) throws DataException {
    if (outBytes > outputBytes) throw tooLong(stage, outBytes, inBytes);
    // Divided, for the product may not fit; the remainder counts as one more.
    if (outBytes > ratioFromBytes && Math.ceilDiv(outBytes, ratio) > inBytes) throw tooEven(stage, outBytes, inBytes);
  }

  private DataException tooLong(String stage, long outBytes, long inBytes) {
    return new DataException(
        (stage + ": " + figures(outBytes, inBytes))
            + (" (expected: at most " + ByteSizes.grouped(outputBytes) + " bytes out")
            + "; for more: a larger outputAtMost, in the command max=SIZE)",
        inBytes);
  }

  private DataException tooEven(String stage, long outBytes, long inBytes) {
    long found = Math.ceilDiv(outBytes, Math.max(1, inBytes));
    long enough = 2 * Math.min(Math.max(ratio, found), Long.MAX_VALUE / 2);
    // The word that names the stage: `raw inflate` is inflate.
    var word = stage.substring(stage.lastIndexOf(' ') + 1);
    return new DataException(
        (stage + ": " + figures(outBytes, inBytes) + ", more than " + ByteSizes.grouped(ratio) + " : 1")
            + (" (expected: at most that ratio once " + ByteSizes.inWords(ratioFromBytes) + " came out")
            + ("; for data that really is so even: " + word + ",ratio=" + enough + ")"),
        inBytes);
  }

  private static String figures(long outBytes, long inBytes) {
    return ByteSizes.grouped(outBytes) + " bytes out of " + ByteSizes.grouped(inBytes) + " in";
  }
}
