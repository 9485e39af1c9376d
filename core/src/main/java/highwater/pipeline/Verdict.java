package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// Which stage sets the pace of a run, and how sure that is.
///
/// @param stage an index into the report's stages, or -1 where no stage stands out
/// @param sureness from 0, a guess, to 1; 0 where no stage stands out
/// @param sentence the verdict in words, such as `gzip level 6 is busy 97 % of the time; the others wait for it`
/// @param advice what would help, such as `give it another worker, or a lower level`, or null where nothing is known
public record Verdict(int stage, double sureness, String sentence, @Nullable String advice) {
  /// No stage stands out.
  public static Verdict undecided(String sentence) {
    return new Verdict(-1, 0, sentence, null);
  }

  /// Whether a stage stands out.
  public boolean isDecided() {
    return stage >= 0;
  }
}
