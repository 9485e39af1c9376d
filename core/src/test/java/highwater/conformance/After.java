package highwater.conformance;

import com.fasterxml.jackson.annotation.JsonCreator;

/// When something scripted is due: inside the call, in a tick, or some turns later.
sealed interface After {
  /// Inside the call.
  record Sync() implements After {}

  /// As a task of `nextTick`.
  record Tick() implements After {}

  /// As a macrotask, `turns` later.
  record Turns(int turns) implements After {}

  /// Not at all.
  record Never() implements After {}

  /// Reads what a scenario says: `"sync"`, `"tick"`, `"never"` or a number of turns.
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static After of(Object json) {
    return switch (json) {
      case String word when word.equals("sync") -> new Sync();
      case String word when word.equals("tick") -> new Tick();
      case String word when word.equals("never") -> new Never();
      case Integer turns when turns >= 0 -> new Turns(turns);
      default ->
          throw new IllegalArgumentException(
              "after: " + json + " (expected: \"sync\", \"tick\", \"never\" or a number of turns)");
    };
  }
}
