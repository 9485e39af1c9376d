package highwater.lab;

import highwater.dashboard.Json;
import java.util.List;

/// The result of a sweep as one JSON document on one line.
final class MarksDocument {
  private static final double NANOS = 1e9;

  private MarksDocument() {}

  /// Renders it; rates are bytes a second, times seconds.
  static String of(MarkSweep.Plan plan, List<MarkFigures> figures, Knee knee) {
    var json = new Json();
    json.object("");
    json.put("file", plan.file().toString());
    json.put("bytes", figures.getFirst().bytes());
    json.put("writes", plan.target() != null);
    json.put("sync", plan.sync());
    json.put("repeat", plan.rounds());
    json.put("seed", plan.seed());
    json.array("marks");
    for (var each : figures) row(json, each);
    json.close(']');
    json.put("kneeBytes", knee.markBytes());
    json.put("bestBytes", knee.bestBytes());
    json.put("maybeBytes", knee.maybeBytes());
    json.put("differs", knee.differs());
    json.put("sentence", knee.sentence());
    return json.close('}') + "\n";
  }

  private static void row(Json json, MarkFigures each) {
    json.object("");
    json.put("markBytes", each.markBytes());
    json.put("medianRate", Math.round(each.median()));
    json.put("lowerQuartileRate", Math.round(each.lowerQuartile()));
    json.put("upperQuartileRate", Math.round(each.upperQuartile()));
    json.array("seconds");
    for (long nanos : each.nanos()) json.put("", nanos / NANOS);
    json.close(']');
    json.put("cpuSeconds", each.cpuNanos() / NANOS);
    json.put("chunks", each.chunks());
    json.put("inFlightBytes", each.inFlightBytes());
    json.close('}');
  }
}
