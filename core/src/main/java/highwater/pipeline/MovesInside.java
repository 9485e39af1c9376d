package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// A part in which work goes on that the run does not see: objects pass between operators, or between parts of its own.
interface MovesInside {
  /// A figure that changes with what has moved inside, if not with every object. On the strand it never falls; another
  /// thread may ask too, which sees it without order, and so a little late.
  long movedInside();

  /// The same of any part; 0 where the run sees all there is.
  static long of(@Nullable Part part) {
    return part instanceof MovesInside moving ? moving.movedInside() : 0;
  }
}
