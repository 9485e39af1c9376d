package highwater.micrometer;

import highwater.pipeline.Report.StageReport;

/// What only grows of a stage, and the meter that shows it.
enum Figure {
  CHUNKS_IN("chunks", "chunks", "The chunks a stage was given, or gave", "direction", "in"),
  CHUNKS_OUT("chunks", "chunks", CHUNKS_IN.description, "direction", "out"),
  BYTES_IN("bytes", "bytes", "The bytes in those chunks; objects count nothing", "direction", "in"),
  BYTES_OUT("bytes", "bytes", BYTES_IN.description, "direction", "out"),
  BUSY("time", "seconds", "The time a stage worked, or waited for those before or behind it", "state", "busy"),
  STARVED("time", "seconds", BUSY.description, "state", "starved"),
  BLOCKED("time", "seconds", BUSY.description, "state", "blocked"),
  TOLD_TO_WAIT(
      "pressure", "answers", "How often a stage told the one before it to wait, and to go on", "answer", "false"),
  TOLD_TO_GO_ON("pressure", "answers", TOLD_TO_WAIT.description, "answer", "drain");

  private static final double NANOS_PER_SECOND = 1e9;

  final String meter;
  final String unit;
  final String description;
  final String tag;
  final String value;

  Figure(String meter, String unit, String description, String tag, String value) {
    this.meter = "highwater.stage." + meter;
    this.unit = unit;
    this.description = description;
    this.tag = tag;
    this.value = value;
  }

  long of(StageReport stage) {
    return switch (this) {
      case CHUNKS_IN -> stage.chunksIn();
      case CHUNKS_OUT -> stage.chunksOut();
      case BYTES_IN -> stage.bytesIn();
      case BYTES_OUT -> stage.bytesOut();
      case BUSY -> stage.busyNanos();
      case STARVED -> stage.starvedNanos();
      case BLOCKED -> stage.blockedNanos();
      case TOLD_TO_WAIT -> stage.falseAnswers();
      case TOLD_TO_GO_ON -> stage.drains();
    };
  }

  /// In the meter's unit.
  double shown(long figure) {
    return switch (this) {
      case BUSY, STARVED, BLOCKED -> figure / NANOS_PER_SECOND;
      case CHUNKS_IN, CHUNKS_OUT, BYTES_IN, BYTES_OUT, TOLD_TO_WAIT, TOLD_TO_GO_ON -> (double) figure;
    };
  }
}
