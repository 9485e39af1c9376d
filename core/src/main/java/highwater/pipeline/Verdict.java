package highwater.pipeline;

import highwater.pipeline.Report.StageReport;
import highwater.strand.Elsewhere;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which stage sets the pace of a run, and how sure that is.
///
/// The slow stage is the first that is not blocked below the last one that is: what comes before it waits for room, what
/// comes behind it waits for chunks. In figures it is the one with the highest busy share, and it is named where that is
/// at least 1.28 times that of every other stage, half way (as ratios go) between one stage that is slower by a tenth,
/// which is no finding, and one that is by half. Stages of one pace are a tie: then none is named.
///
/// @param stage an index into the report's stages, or -1 where no stage stands out
/// @param sureness the chance, 0.75 to 1, that the stage really is the slowest, if what a chunk costs scatters as widely as
///   its mean: it grows with the ratio to the next busy stage and with the chunks that were seen. 0 where no stage stands out
/// @param sentence the verdict in words, such as `gzip level 6 is busy 97 % of the time; huge.log waits for it 96 %`
/// @param advice what would help, such as `give it another worker, or level 4`, or null where nothing is known
public record Verdict(int stage, double sureness, String sentence, @Nullable String advice) {
  /// The least ratio of the busiest stage to the next one: the geometric mean of 1.1 and 1.5.
  static final double RATIO_MIN = Math.sqrt(1.1 * 1.5);

  /// Below this a verdict is a guess, and is not given.
  static final double SURENESS_MIN = 0.75;

  /// In less time the start of a run, where code is loaded, is most of what was seen: 40 ms.
  static final long NANOS_MIN = 40_000_000;

  /// A stage that takes less for a chunk is not slow, whatever the others take: 500 ns.
  static final long CHUNK_NANOS_MIN = 500;

  /// No stage stands out.
  public static Verdict undecided(String sentence) {
    return new Verdict(-1, 0, sentence, null);
  }

  /// Whether a stage stands out.
  public boolean isDecided() {
    return stage >= 0;
  }

  /// The verdict of what happened between two reports of one run, for a live view of its last seconds. The advice is that
  /// of `later`'s own verdict where that names the same stage; [PipelineRun#verdictSince] knows it of all.
  ///
  /// Throws `IllegalArgumentException` where the reports are of different stages, or in the wrong order.
  public static Verdict of(Report earlier, Report later) {
    var whole = later.verdict();
    return of(earlier, later, stage -> whole.stage() == stage ? whole.advice() : null);
  }

  static Verdict of(Report earlier, Report later, Advice advice) {
    return new Finding(shares(earlier, later), later.elapsed().minus(earlier.elapsed()).toNanos(), advice).verdict();
  }

  /// The verdict of a whole run so far.
  static Verdict of(Report report, Advice advice) {
    var shares = new ArrayList<Share>();
    for (var stage : report.stages()) shares.add(Share.of(stage));
    return new Finding(shares, report.elapsed().toNanos(), advice).verdict();
  }

  private static List<Share> shares(Report earlier, Report later) {
    var before = earlier.stages();
    var after = later.stages();
    if (before.size() != after.size() || later.elapsed().compareTo(earlier.elapsed()) < 0) {
      throw new IllegalArgumentException(
          "a report of "
              + before.size()
              + " stages after "
              + earlier.elapsed()
              + ", then one of "
              + after.size()
              + " after "
              + later.elapsed()
              + " (expected: two of one run, the earlier one first)");
    }
    var shares = new ArrayList<Share>();
    for (int i = 0; i < after.size(); i++) shares.add(Share.of(after.get(i)).minus(Share.of(before.get(i))));
    return shares;
  }

  /// What would help where a stage is slow, or null.
  interface Advice {
    @Nullable String of(int stage);
  }

  /// The times of one stage, and the chunks that tell how much they mean.
  private record Share(String name, long busy, long starved, long blocked, long chunks) {
    static Share of(StageReport stage) {
      return new Share(
          stage.name(),
          stage.busyNanos(),
          stage.starvedNanos(),
          stage.blockedNanos(),
          Math.max(stage.chunksIn(), stage.chunksOut()));
    }

    Share minus(Share before) {
      return new Share(
          name, busy - before.busy, starved - before.starved, blocked - before.blocked, chunks - before.chunks);
    }
  }

  /// How a verdict is found.
  private record Finding(List<Share> shares, long nanos, Advice advice) {
    Verdict verdict() {
      if (!Elsewhere.COUNTED) return undecided("times are not accounted for (highwater.accounts=off)");
      if (nanos < NANOS_MIN) return undecided("too little was seen to say which stage sets the pace");
      int top = 0;
      for (int i = 1; i < shares.size(); i++) if (shares.get(i).busy > shares.get(top).busy) top = i;
      int second = top == 0 ? 1 : 0;
      for (int i = 0; i < shares.size(); i++) {
        if (i != top && shares.get(i).busy > shares.get(second).busy) second = i;
      }
      long busy = shares.get(top).busy;
      if (busy == 0) return undecided("no stage worked");
      double ratio = (double) busy / Math.max(1, shares.get(second).busy);
      if (ratio < RATIO_MIN) return undecided(tie(top, second));
      if (busy < CHUNK_NANOS_MIN * shares.get(top).chunks) return undecided(quick(top));
      double sureness = sureness(ratio, Math.max(1, shares.get(top).chunks));
      if (sureness < SURENESS_MIN) return undecided("too few chunks were seen to say which stage sets the pace");
      return new Verdict(top, sureness, sentence(top), advice.of(top));
    }

    /// That the logarithm of a ratio of two means of `chunks` costs each, whose spread is their mean, has the right sign.
    private static double sureness(double ratio, long chunks) {
      return normal(Math.log(ratio) / Math.sqrt(2.0 / chunks));
    }

    /// The normal distribution up to `z` (0 or more), to 1e-4: Abramowitz and Stegun, 26.2.18.
    private static double normal(double z) {
      double sum = 1 + z * (0.196854 + z * (0.115194 + z * (0.000344 + z * 0.019527)));
      return 1 - 0.5 / (sum * sum * sum * sum);
    }

    private String quick(int top) {
      var share = shares.get(top);
      var words = new StringBuilder("no stage is slow: the busiest one, ").append(share.name);
      words.append(", takes ").append(share.busy / share.chunks).append(" ns a chunk");
      return words.toString();
    }

    // By hand, here and below: the first concatenation of a process takes 10 ms to link.
    private String tie(int top, int second) {
      var first = shares.get(Math.min(top, second));
      var last = shares.get(Math.max(top, second));
      var text = new StringBuilder("no stage stands out: ");
      text.append(first.name).append(" is busy ").append(percent(first.busy)).append(" % of the time, ");
      text.append(last.name).append(' ').append(percent(last.busy)).append(" %");
      return text.toString();
    }

    private String sentence(int top) {
      var sentence = new StringBuilder(shares.get(top).name);
      sentence.append(" is busy ").append(percent(shares.get(top).busy)).append(" % of the time");
      if (shares.size() < 2) return sentence.toString();
      boolean isFirst = top == 0;
      var waiting = shares.get(isFirst ? 1 : top - 1);
      long waits = isFirst ? waiting.starved : waiting.blocked;
      sentence.append("; ").append(waiting.name).append(" waits for it ").append(percent(waits)).append(" %");
      return sentence.toString();
    }

    private long percent(long part) {
      return Math.round(100.0 * part / nanos);
    }
  }
}
