package highwater.micrometer;

import highwater.pipeline.Report.StageReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The figures of all runs that share a pipeline's tag. Thread rule: under the lock of its [Ledger].
final class PipelineSeries {
  /// So many stages have a tag of their own; more than a pipeline has, unless its stages are called after their data.
  static final int STAGES_MAX = 32;

  private static final String OTHER = "other";

  final String tag;
  private final Map<String, StageSeries> stages = new LinkedHashMap<>();
  private int running;

  PipelineSeries(String tag) {
    this.tag = tag;
  }

  /// The series of a run's stages, in order.
  List<StageSeries> of(List<StageReport> reports) {
    var series = new ArrayList<StageSeries>(reports.size());
    for (var name : tags(reports)) series.add(stage(name));
    return series;
  }

  private StageSeries stage(String name) {
    var known = stages.get(name);
    if (known != null) return known;
    return stages.computeIfAbsent(stages.size() < STAGES_MAX ? name : OTHER, _ -> new StageSeries());
  }

  /// The ends by their places, since they are called after files and addresses; the others by their names, which are
  /// numbered where they come again.
  private static List<String> tags(List<StageReport> stages) {
    var tags = new ArrayList<String>(stages.size());
    var taken = new HashSet<String>();
    int last = stages.size() - 1;
    for (int i = 0; i <= last; i++) {
      var name = i == 0 ? "source" : i == last ? "sink" : stages.get(i).name();
      var tag = name;
      for (int again = 2; !taken.add(tag); again++) tag = name + " #" + again;
      tags.add(tag);
    }
    return tags;
  }

  /// The stages by their tags, as they are now.
  Map<String, StageSeries> stages() {
    return Map.copyOf(stages);
  }

  void clearLive() {
    running = 0;
    stages.values().forEach(StageSeries::clearLive);
  }

  void addLive(List<StageReport> reports) {
    running++;
    var series = of(reports);
    for (int i = 0; i < series.size(); i++) series.get(i).addLive(reports.get(i));
  }

  void end(List<StageReport> reports) {
    var series = of(reports);
    for (int i = 0; i < series.size(); i++) series.get(i).end(reports.get(i));
  }

  void show() {
    stages.values().forEach(StageSeries::show);
  }

  int running() {
    return running;
  }
}
