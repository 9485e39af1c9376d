package highwater;

/// What one side was given after it said false: made with the first such chunk, dropped when it drains or is asked.
///
/// Strand: the stream's.
final class Overrun {
  /// A batch that is corked is made on purpose: it may have so many marks.
  private static final int MARKS_FORGIVEN_CORKED = 16;

  private int chunks;
  private long length;
  private boolean told;

  /// Counts one chunk, and says whether it is one too many that has to be told.
  ///
  /// As much again as the mark must have come since the false, and be held: a stream that only stays full while its
  /// sink works is none of it.
  boolean isTooMuch(long size, long held, long mark, boolean corked) {
    chunks++;
    length += size;
    long allowed = corked ? Math.multiplyExact(Math.min(mark, Long.MAX_VALUE / 64), MARKS_FORGIVEN_CORKED) : mark;
    if (chunks <= Misuse.CHUNKS_FORGIVEN || length < allowed || held - allowed < mark) return false;
    boolean first = !told;
    told = true;
    return first || Misuse.isThrowing();
  }

  /// `length` in words.
  static String inWords(long length, boolean objects, boolean weighed) {
    if (!objects) return length == 1 ? "1 byte" : length + " bytes";
    if (weighed) return length + " by its sizer";
    return length == 1 ? "1 object" : length + " objects";
  }

  int chunks() {
    return chunks;
  }

  long length() {
    return length;
  }
}
