package highwater.lab;

import highwater.dashboard.Json;
import java.util.List;

/// All figures of the experiment as one JSON document: what is printed with `--json`, and what the report plots.
final class Figures {
  private final Json json = new Json();

  private Figures() {}

  /// The document.
  static String of(Outcome outcome) {
    var figures = new Figures();
    figures.write(outcome);
    return figures.json.toString();
  }

  private void write(Outcome outcome) {
    var plan = outcome.plan();
    var speeds = outcome.speeds();
    json.object("").put("version", 1).put("machine", outcome.machine()).put("java", outcome.java());
    if (outcome.node() != null) json.put("node", outcome.node());
    json.put("sizeBytes", plan.sizeBytes()).put("seed", plan.seed()).put("trials", plan.trials());
    json.put("level", plan.level()).put("gzipBytesPerSecond", speeds.gzipBytes());
    json.put("paceBytesPerSecond", speeds.paceBytes()).put("readerBytesPerSecond", speeds.readerBytes());
    json.put("sinkBytesPerSecond", speeds.sinkBytes());
    json.array("flags");
    for (String flag : outcome.flags()) json.put("", flag);
    json.close(']');
    latency("bystanderAlone", outcome.alone());
    json.array("comparisons");
    for (var group : outcome.groups()) {
      if (group.manner() == Manner.HONEST) comparison(group.engine(), outcome.comparison(group.engine()));
    }
    json.close(']').array("groups");
    for (var group : outcome.groups()) group(group);
    json.close(']').close('}');
  }

  private void comparison(Engine engine, Comparison comparison) {
    json.object("").put("engine", engine.title).put("sentence", comparison.sentence());
    json.put("timeRatio", comparison.timeRatio()).put("memoryRatio", comparison.memoryRatio());
    json.close('}');
  }

  private void group(Group group) {
    json.object("").put("engine", group.engine().title).put("manner", group.manner().word);
    json.put("title", group.title()).put("meanSeconds", group.mean(TrialResult::realSeconds));
    json.put("peakResidentBytes", group.peakResidentBytes());
    json.put("meanPauseMillis", group.pause().mean()).put("maxPauseMillis", group.pause().max());
    thirds("pauseMillisByCollections", group.byCollections());
    thirds("pauseMillisByTime", group.byTime());
    json.array("trials");
    for (var trial : group.trials()) trial(trial);
    json.close(']').close('}');
  }

  private void thirds(String name, Thirds thirds) {
    json.object(name).put("first", thirds.first()).put("middle", thirds.middle()).put("last", thirds.last());
    json.put("growth", thirds.growth()).close('}');
  }

  private void trial(TrialResult trial) {
    var proc = trial.proc();
    json.object("").put("realSeconds", trial.realSeconds()).put("readSeconds", trial.readSeconds());
    if (trial.death() != null) json.put("death", trial.death());
    json.put("bytesIn", trial.bytesIn()).put("bytesOut", trial.bytesOut()).put("crc32", trial.crc());
    json.put("peakBufferedBytes", trial.peakBufferedBytes()).put("falseAnswers", trial.falseAnswers());
    json.put("drains", trial.drains()).put("userSeconds", proc.userNanos() / 1e9);
    json.put("systemSeconds", proc.systemNanos() / 1e9).put("peakResidentBytes", proc.residentPeakBytes());
    json.put("minorFaults", proc.minorFaults()).put("majorFaults", proc.majorFaults());
    json.put("voluntarySwitches", proc.voluntarySwitches()).put("involuntarySwitches", proc.involuntarySwitches());
    json.put("readBytes", proc.readBytes()).put("writtenBytes", proc.writtenBytes());
    latency("bystander", trial.bystander());
    samples("resident", trial.resident());
    samples("buffered", trial.buffered());
    json.array("pauses");
    for (var pause : trial.pauses()) {
      json.array("").put("", pause.atSeconds()).put("", pause.millis()).put("", pause.what());
      json.put("", pause.heapBeforeBytes()).put("", pause.heapAfterBytes()).put("", pause.heapBytes()).close(']');
    }
    json.close(']').close('}');
  }

  private void samples(String name, List<Sample> samples) {
    json.array(name);
    for (var sample : samples) json.array("").put("", sample.atSeconds()).put("", sample.bytes()).close(']');
    json.close(']');
  }

  private void latency(String name, Latency latency) {
    json.object(name).put("count", latency.count()).put("p50Micros", latency.p50());
    json.put("p99Micros", latency.p99()).put("maxMicros", latency.max()).close('}');
  }
}
