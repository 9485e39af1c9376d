package highwater.lab;

import java.util.List;

/// The water experiment at one moment: what was set, and what the streams did.
///
/// @param experiment a number that grows with each fresh start
/// @param phase what goes on
/// @param controls what was set
/// @param elapsedNanos how long the experiment has run, pauses left out
/// @param producedBytes what the producer made
/// @param consumedBytes what the consumer acknowledged
/// @param bufferedBytes what the stream holds: queued, and the chunk at the consumer
/// @param peakBytes the most it held
/// @param falseAnswers how often `write` said false
/// @param drains how often the stream emitted `drain`
/// @param waiting whether the producer waits now
/// @param waitedNanos how long it has waited in all
/// @param longestWaitNanos its longest wait
/// @param events the last events, the oldest first; at most [Water#EVENTS_MAX]
record WaterState(
    long experiment,
    WaterPhase phase,
    WaterControls controls,
    long elapsedNanos,
    long producedBytes,
    long consumedBytes,
    long bufferedBytes,
    long peakBytes,
    long falseAnswers,
    long drains,
    boolean waiting,
    long waitedNanos,
    long longestWaitNanos,
    List<Happening> events) {
  /// Freezes the events.
  WaterState {
    events = List.copyOf(events);
  }

  /// Something that happened in the experiment.
  ///
  /// @param number counts them, from 1, over all experiments
  /// @param atNanos when, in the experiment's time
  /// @param text what, in words
  record Happening(long number, long atNanos, String text) {}
}
