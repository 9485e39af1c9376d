package highwater.lab;

import highwater.dashboard.LocalServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The report: one HTML file with the figures, the plots and all that draws them, which asks nothing of any other host.
final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z.]+)\\}\\}");

  private ReportPage() {}

  /// Writes the report, whole or not at all.
  static void write(Outcome outcome, Path file) throws IOException {
    var unfinished = file.resolveSibling("." + file.getFileName() + ".highwater-" + ProcessHandle.current().pid());
    try {
      Files.writeString(unfinished, render(outcome));
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /// The page.
  static String render(Outcome outcome) throws IOException {
    var parts =
        Map.of(
            "uplot.licence", resource(LocalServer.class, "uPlot.LICENSE.txt"),
            "uplot.css", resource(LocalServer.class, "uPlot.min.css"),
            "uplot.js", resource(LocalServer.class, "uPlot.iife.min.js"),
            "style", resource(ReportPage.class, "report.css"),
            "script", resource(ReportPage.class, "report.js"),
            "figures", Figures.of(outcome),
            "sentences", sentences(outcome),
            "sections", sections(outcome),
            "tables", Tables.of(outcome).stream().map(ReportPage::table).collect(Collectors.joining()),
            "conditions",
                Experiment.conditions(outcome).stream()
                    .map(line -> "<li>" + escaped(line) + "</li>\n")
                    .collect(Collectors.joining()));
    var page = new StringBuilder();
    var template = resource(ReportPage.class, "report.html");
    var matcher = PLACE.matcher(template);
    int from = 0;
    while (matcher.find()) {
      String part = parts.get(matcher.group(1));
      if (part == null)
        throw new IOException("report.html has a place for " + matcher.group(1) + ", which is not there");
      page.append(template, from, matcher.start()).append(part);
      from = matcher.end();
    }
    return page.append(template, from, template.length()).toString();
  }

  private static String resource(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) throw new IOException(name + " is not in the jar");
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    }
  }

  private static String sentences(Outcome outcome) {
    var text = new StringBuilder();
    boolean several = outcome.groups().stream().anyMatch(group -> group.engine() != Engine.HIGHWATER);
    for (var group : outcome.groups()) {
      if (group.manner() != Manner.HONEST) continue;
      String who = several ? "<strong>" + escaped(group.engine().title) + ".</strong> " : "";
      text.append("<p class=\"lead\">").append(who);
      text.append(escaped(outcome.comparison(group.engine()).sentence())).append("</p>\n");
    }
    return text.toString();
  }

  // ---------------------------------------------------------------- a section for each engine

  private static String sections(Outcome outcome) {
    var text = new StringBuilder();
    for (var group : outcome.groups()) {
      if (group.manner() == Manner.HONEST) section(text, outcome.comparison(group.engine()));
    }
    return text.toString();
  }

  private static void section(StringBuilder text, Comparison comparison) {
    var engine = comparison.honest().engine();
    String id = engine.name().toLowerCase(Locale.ROOT);
    text.append("<section aria-labelledby=\"").append(id).append("\">\n<div class=\"heads\"><h2 id=\"").append(id);
    text.append("\">").append(escaped(engine.title)).append("</h2>\n");
    choice(text, engine, comparison.honest().trials().size());
    text.append("</div>\n<div class=\"tiles\">\n");
    tile(text, comparison, "Time, mean", "s", group -> group.mean(TrialResult::realSeconds), "ratio N");
    tile(text, comparison, "Most resident memory", "B", Group::peakResidentBytes, "N times as much");
    tile(text, comparison, "Mean pause, last third", "ms", group -> group.byCollections().last(), "N times as long");
    text.append("</div>\n<div class=\"plots\">\n");
    plot(text, engine, "resident", "Resident memory", "What the process takes from the system.");
    plot(
        text,
        engine,
        "buffered",
        "Waiting before gzip",
        "What write() was handed and gzip has not taken; the mark is 64 KiB.");
    if (engine == Engine.HIGHWATER) {
      plot(
          text,
          engine,
          "heap",
          "Heap after each collection",
          "What lives, and what the collector has not found dead yet.");
    }
    plot(
        text,
        engine,
        "pauses",
        "Pauses of the collector",
        "Each dot is a time in which the program stood still. The scale is logarithmic.");
    text.append("</div>\n</section>\n");
  }

  private static void choice(StringBuilder text, Engine engine, int trials) {
    if (trials == 1) return;
    text.append("<label>Plots show <select data-engine=\"").append(engine.title).append("\">");
    for (int trial = 0; trial < trials; trial++) {
      text.append("<option value=\"").append(trial).append("\">trial ").append(trial + 1).append("</option>");
    }
    text.append("</select></label>\n");
  }

  private static void tile(
      StringBuilder text,
      Comparison comparison,
      String title,
      String unit,
      Function<Group, Number> figure,
      String ratioWords) {
    double honest = figure.apply(comparison.honest()).doubleValue();
    double ignoring = figure.apply(comparison.ignoring()).doubleValue();
    double most = Math.max(honest, ignoring);
    text.append("<div class=\"card tile\"><h3>").append(escaped(title)).append("</h3>\n<dl>");
    bar(text, "honest", "respects write()", honest, most, unit);
    bar(text, "ignoring", "ignores write()", ignoring, most, unit);
    text.append("</dl>");
    double ratio = ignoring / honest;
    if (Double.isFinite(ratio)) {
      String number = String.format(Locale.ROOT, ratio >= 10 ? "%.0f" : "%.2f", ratio);
      text.append("<p>").append(escaped(ratioWords.replace("N", number))).append("</p>");
    }
    text.append("</div>\n");
  }

  private static void bar(StringBuilder text, String manner, String label, double value, double most, String unit) {
    double share = Double.isFinite(value) && most > 0 ? value / most * 100 : 0;
    text.append(
        String.format(
            Locale.ROOT,
            "<dt class=\"%s\" aria-label=\"%s\"><span style=\"width:%.1f%%\"></span></dt><dd>%s</dd>",
            manner,
            label,
            share,
            escaped(value(value, unit))));
  }

  private static String value(double value, String unit) {
    if (!Double.isFinite(value)) return "none";
    if (unit.equals("B")) return Bytes.text((long) value);
    return String.format(Locale.ROOT, "%.1f %s", value, unit);
  }

  private static void plot(StringBuilder text, Engine engine, String plot, String title, String words) {
    text.append("<figure class=\"card\"><figcaption><h3>").append(escaped(title)).append("</h3><p>");
    text.append(escaped(words)).append("</p></figcaption><div class=\"plot\" role=\"img\" aria-label=\"");
    text.append(escaped(title))
        .append(" over time, of both manners; the figures are in the tables below\" data-plot=\"");
    text.append(plot).append("\" data-engine=\"").append(engine.title).append("\"></div></figure>\n");
  }

  private static String table(Table table) {
    var text = new StringBuilder("<div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    text.append(escaped(table.title())).append("\"><table><caption>").append(escaped(table.title()));
    text.append("</caption>\n<thead><tr><td></td>");
    for (String column : table.columns()) text.append("<th scope=\"col\">").append(escaped(column)).append("</th>");
    text.append("</tr></thead>\n<tbody>\n");
    for (var row : table.rows()) {
      text.append("<tr><th scope=\"row\">").append(escaped(row.label())).append("</th>");
      for (String cell : row.cells()) text.append("<td>").append(escaped(cell)).append("</td>");
      text.append("</tr>\n");
    }
    return text.append("</tbody></table></div>\n").toString();
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
