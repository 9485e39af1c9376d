package highwater.pipeline;

import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// A synchronous operator as a recipe knows it: it is called on the run's strand, makes what it makes at once, and so
/// can share one part with its neighbours ([Chain]).
///
/// @param name what messages and plans call it
/// @param looks whether it only looks: every output is an input chunk, neither changed nor copied
/// @param footprint what it holds, given the largest chunk that reaches it
/// @param link makes its live link
record Operator(String name, boolean looks, LongFunction<Footprint> footprint, Supplier<Link<?, ?>> link) {
  /// An operator that passes on what it was given, or drops it.
  static Operator looking(String name, Supplier<Link<?, ?>> link) {
    return new Operator(name, true, inputMax -> passesOn("passes on what it looks at", inputMax), link);
  }

  /// An operator that makes what nobody has weighed.
  static Operator making(String name, String how, Supplier<Link<?, ?>> link) {
    return new Operator(name, false, _ -> Footprint.unknown(how), link);
  }

  /// What is said of one that holds nothing and gives chunks no larger than those it gets.
  static Footprint passesOn(String how, long inputMaxBytes) {
    return new Footprint(how, List.of(), inputMaxBytes, true);
  }
}
