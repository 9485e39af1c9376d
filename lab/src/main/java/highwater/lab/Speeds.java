package highwater.lab;

/// How fast the ends of every trial are, the same for all: set once, before the first.
///
/// @param gzipBytes what gzip takes a second where nothing holds it up, measured here; bytes of the log, as all but the last
/// @param paceBytes what the sink takes a second
/// @param readerBytes what the reader gives a second; 0 for as fast as it goes
/// @param sinkBytes the pace in compressed bytes
record Speeds(long gzipBytes, long paceBytes, long readerBytes, long sinkBytes) {
  /// The sink's share of what gzip can do: enough is left to catch up after a pause.
  private static final double PACE_PER_GZIP = 0.6;

  /// The reader's lead. In the guides' experiment it was 1.2: of 9 GB, 1.52 were ahead when all was read.
  private static final double READER_PER_PACE = 1.25;

  /// From what a run without limits did with `bytesIn`, and what the plan says.
  static Speeds of(Plan plan, long bytesIn, long bytesOut, double seconds) {
    long gzip = (long) (bytesIn / seconds);
    long pace = plan.paceBytes() > 0 ? plan.paceBytes() : Math.max(1, (long) (gzip * PACE_PER_GZIP));
    long reader = plan.readerBytes();
    if (reader == 0) reader = (long) (pace * READER_PER_PACE);
    long sink = Math.max(1, (long) ((double) pace * bytesOut / bytesIn));
    return new Speeds(gzip, pace, reader == Long.MAX_VALUE ? 0 : reader, sink);
  }
}
