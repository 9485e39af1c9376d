package highwater.lab;

/// What goes on between producer and consumer, as one sentence says it; found from what the streams do, never from the
/// sliders.
enum WaterPhase {
  /// No answer was false.
  FREE("Every write says true: nobody waits."),
  /// Answers are false and the producer heeds them.
  HELD_BACK("The answer is false at the mark, and the producer waits for drain: it runs at the consumer’s pace."),
  /// Answers are ignored, and it does not show.
  UNNOTICED("The answer is ignored, and it does not show yet: the tank is not above its mark."),
  /// Answers are ignored, and the tank is above its mark.
  OVERFLOWING("The answer is false and the producer writes on: what the consumer cannot take piles up in memory."),
  /// Answers are heeded again, and what piled up is still there.
  RECOVERING("The answer is heeded again: the producer waits until all that piled up is gone, for then comes drain."),
  /// What piled up has reached the limit.
  DEAD("The process would have died here: out of memory."),
  /// Time stands still.
  PAUSED("Paused.");

  /// The sentence; without figures, so that it is read out only when the phase changes.
  final String sentence;

  WaterPhase(String sentence) {
    this.sentence = sentence;
  }
}
