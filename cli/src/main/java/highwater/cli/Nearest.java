package highwater.cli;

import org.jspecify.annotations.Nullable;

/// Guesses what a mistyped word was meant to be.
final class Nearest {
  private Nearest() {}

  /// The candidate within two edits of `word` (one, for a word of up to four letters) that is nearest, or null.
  static @Nullable String to(String word, Iterable<String> candidates) {
    int farthest = word.length() <= 4 ? 1 : 2;
    String nearest = null;
    for (String candidate : candidates) {
      int edits = edits(word, candidate);
      if (edits <= farthest) {
        nearest = candidate;
        farthest = edits - 1;
      }
    }
    return nearest;
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
  static int edits(String a, String b) {
    int[][] least = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) least[i][0] = i;
    for (int j = 0; j <= b.length(); j++) least[0][j] = j;
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replaced = least[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(least[i - 1][j], least[i][j - 1]));
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, least[i - 2][j - 2] + 1);
        }
        least[i][j] = best;
      }
    }
    return least[a.length()][b.length()];
  }
}
