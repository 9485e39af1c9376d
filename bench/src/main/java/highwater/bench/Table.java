package highwater.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The table of a case in Markdown, and what became of its bars.
final class Table {
  private Table() {}

  static String of(Rounds rounds, Pace pace) {
    var measured = rounds.measured();
    var beside = beside(rounds);
    var rows = new ArrayList<List<String>>();
    rows.add(headings(rounds, beside));
    for (var contender : rounds.contenders()) rows.add(row(rounds, contender, beside));
    var text = new StringBuilder("\n### " + measured.work().word + "\n\n" + measured.title(pace) + "\n\n");
    append(text, rows);
    text.append('\n');
    for (var bar : measured.bars()) text.append("- ").append(verdict(rounds, bar, pace)).append('\n');
    return text.toString();
  }

  /// To whom there are ratios: those that the case names, and of several peers of a bar the best.
  private static List<String> beside(Rounds rounds) {
    var beside = new LinkedHashSet<>(rounds.measured().beside());
    beside.addAll(best(rounds));
    return beside.stream().filter(rounds::has).toList();
  }

  private static Set<String> best(Rounds rounds) {
    var found = new LinkedHashSet<String>();
    for (var bar : rounds.measured().bars()) {
      var best = bar.peers().size() > 1 ? best(rounds, bar) : null;
      if (best != null) found.add(best);
    }
    return found;
  }

  private static List<String> headings(Rounds rounds, List<String> beside) {
    var row = new ArrayList<String>();
    row.add("contender");
    for (var figure : rounds.figures()) {
      row.add(figure);
      if (row.size() == 2) row.add("min..max");
    }
    var best = best(rounds);
    for (var peer : beside) {
      row.add("/ " + peer + (best.contains(peer) ? " (best)" : ""));
      row.add("min..max");
    }
    return row;
  }

  private static List<String> row(Rounds rounds, String contender, List<String> beside) {
    var row = new ArrayList<String>();
    row.add(contender);
    for (var figure : rounds.figures()) {
      var spread = rounds.spread(contender, figure);
      row.add(number(spread.median()));
      if (row.size() == 2) row.add(number(spread.least()) + ".." + number(spread.most()));
    }
    for (var peer : beside) {
      var ratio = rounds.ratio(contender, peer, rounds.measured().figure());
      row.add(twoPlaces(ratio.median()));
      row.add(twoPlaces(ratio.least()) + ".." + twoPlaces(ratio.most()));
    }
    return row;
  }

  private static void append(StringBuilder text, List<List<String>> rows) {
    int columns = rows.getFirst().size();
    var widths = new int[columns];
    for (var row : rows) for (int i = 0; i < columns; i++) widths[i] = Math.max(widths[i], row.get(i).length());
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < columns; i++) {
        text.append("| ").append(padded(rows.get(r).get(i), widths[i], i == 0)).append(' ');
      }
      text.append("|\n");
      if (r > 0) continue;
      for (int i = 0; i < columns; i++) text.append(i == 0 ? "| --- " : "| ---: ");
      text.append("|\n");
    }
  }

  private static String padded(String word, int width, boolean left) {
    var space = " ".repeat(width - word.length());
    return left ? word + space : space + word;
  }

  private static String verdict(Rounds rounds, Bar bar, Pace pace) {
    if (bar.peers().isEmpty()) {
      var found = rounds.spread(bar.contender(), bar.figure());
      return sentence(bar, "", number(bar.most()), number(found.median()), bar.isMet(found.median()), pace);
    }
    var best = best(rounds, bar);
    if (best == null) return bar.contender() + ": no peer to compare " + bar.figure() + " with is here";
    var ratio = rounds.ratio(bar.contender(), best, bar.figure());
    var reached = twoPlaces(ratio.median()) + " (" + twoPlaces(ratio.least()) + ".." + twoPlaces(ratio.most()) + ")";
    var of = bar.peers().size() == 1 ? " of " + best : " of the best peer's, " + best;
    return sentence(bar, of, twoPlaces(bar.most()), reached, bar.isMet(ratio.median()), pace);
  }

  private static String sentence(Bar bar, String of, String most, String reached, boolean isMet, Pace pace) {
    var bound = (bar.isBelow() ? " below " : " at most ") + most + of + ": " + reached + ": ";
    return bar.contender() + ": " + bar.figure() + bound + word(isMet, pace);
  }

  private static String word(boolean isMet, Pace pace) {
    if (!pace.isFull()) return (isMet ? "met" : "not met") + ", which a look does not decide";
    return isMet ? "met" : "MISSED";
  }

  private static @Nullable String best(Rounds rounds, Bar bar) {
    String best = null;
    for (var peer : bar.peers()) {
      if (!rounds.has(peer)) continue;
      double median = rounds.spread(peer, bar.figure()).median();
      if (best == null || median < rounds.spread(best, bar.figure()).median()) best = peer;
    }
    return best;
  }

  private static String twoPlaces(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  /// A number with three digits that count, or all before the point.
  static String number(double value) {
    if (Double.isNaN(value)) return "-";
    double size = Math.abs(value);
    if (size >= 100 || value == Math.rint(value)) return String.format(Locale.ROOT, "%,.0f", value);
    if (size >= 10) return String.format(Locale.ROOT, "%.1f", value);
    if (size >= 0.01) return String.format(Locale.ROOT, "%.2f", value);
    return "0.00";
  }
}
