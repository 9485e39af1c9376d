package highwater.lab;

import highwater.pipeline.ByteSizes;
import java.util.List;

/// The smallest mark that does about as well as the best: what a sweep of marks is for.
///
/// The rule: the *best* mark is the one with the highest median, the *knee* the smallest whose median is at least 95 %
/// of the best one's. The *spread* of a mark is the middle half of its runs. A mark whose spread reaches into that of
/// the best, or above it, *may do* as well; where that is so of all marks, they do not differ beyond their spread, and
/// there is no knee to speak of. Neither is there one where a run moves less than [#ENOUGH_BYTES]: it is over too soon.
///
/// @param markBytes the smallest mark whose median is within 5 % of the best one's
/// @param bestBytes the mark with the highest median
/// @param maybeBytes the smallest mark that may do as well: the knee itself, or a smaller one
/// @param differs whether any mark is below the spread of the best one, and the runs were long enough to tell
/// @param slowerFromBytes the smallest mark above the knee that is slower by more than 5 %, and beyond the spread, or 0
/// @param noisy whether the spread of the best mark is more than a fifth of its median: no measurement to rely on
/// @param tooSmall whether the runs moved too little to tell marks apart
record Knee(
    long markBytes,
    long bestBytes,
    long maybeBytes,
    boolean differs,
    long slowerFromBytes,
    boolean noisy,
    boolean tooSmall) {
  /// What a run moves at least if marks are to be told apart.
  static final long ENOUGH_BYTES = 64 << 20;

  /// What part of the best median is as good as the best.
  static final double AS_GOOD = 0.95;

  private static final double NOISY = 0.2;

  /// Finds it in what the marks gave, the smallest mark first; one or more.
  static Knee of(List<MarkFigures> figures) {
    var best = figures.getFirst();
    for (var each : figures) if (each.median() > best.median()) best = each;
    var knee = best;
    var maybe = best;
    boolean differs = false;
    for (var each : figures.reversed()) {
      boolean asGood = isAsGood(each, best);
      if (asGood) knee = each;
      if (asGood || overlaps(each, best)) maybe = each;
      if (!overlaps(each, best)) differs = true;
    }
    long slowerFrom = 0;
    for (var each : figures.reversed()) {
      boolean larger = each.markBytes() > knee.markBytes();
      if (larger && !isAsGood(each, best)) slowerFrom = each.markBytes();
    }
    boolean noisy = best.upperQuartile() - best.lowerQuartile() > NOISY * best.median();
    boolean tooSmall = best.bytes() < ENOUGH_BYTES;
    return new Knee(
        knee.markBytes(), best.markBytes(), maybe.markBytes(), differs && !tooSmall, slowerFrom, noisy, tooSmall);
  }

  private static boolean isAsGood(MarkFigures each, MarkFigures best) {
    return each.median() >= AS_GOOD * best.median();
  }

  private static boolean overlaps(MarkFigures each, MarkFigures best) {
    return each.upperQuartile() >= best.lowerQuartile();
  }

  /// What the sweep says, in a few sentences.
  String sentence() {
    if (tooSmall) {
      return "No knee: the file is too small to tell marks apart (expected: " + size(ENOUGH_BYTES) + " or more).";
    }
    var text = new StringBuilder();
    if (differs) {
      text.append("The knee is at ").append(size(markBytes)).append(kneeInWords());
    } else {
      text.append("The marks do not differ beyond their spread: any mark from ")
          .append(size(maybeBytes))
          .append(" on does.");
    }
    if (noisy) {
      text.append(
          " But runs with one mark differ by more than a fifth: a quieter machine, or more runs, would tell more.");
    }
    return text.toString();
  }

  private String kneeInWords() {
    String which =
        markBytes == bestBytes
            ? ", the best: no smaller mark is within 5 % of it."
            : ": the smallest mark within 5 % of the best, " + size(bestBytes) + ".";
    String smaller =
        maybeBytes < markBytes && !noisy ? " " + size(maybeBytes) + " may do as well: its spread reaches as far." : "";
    String larger =
        slowerFromBytes == 0
            ? " Any mark from " + size(markBytes) + " on does."
            : " Larger is not better: " + size(slowerFromBytes) + " is slower by more than 5 %.";
    return which + smaller + larger;
  }

  private static String size(long bytes) {
    return ByteSizes.inWords(bytes);
  }
}
