package highwater.lab;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that the experiment found.
///
/// @param plan what was to be done
/// @param speeds how fast the ends were
/// @param flags the flags of the child JVMs
/// @param java the JVM's version
/// @param node Node's version, or null where it did not run
/// @param machine processors, memory and system
/// @param alone the bystander without a neighbour
/// @param groups the trials by kind, the honest one of each engine before the other
record Outcome(
    Plan plan,
    Speeds speeds,
    List<String> flags,
    String java,
    @Nullable String node,
    String machine,
    Latency alone,
    List<Group> groups) {
  /// The trials of one kind.
  Group group(Engine engine, Manner manner) {
    for (var group : groups) if (group.engine() == engine && group.manner() == manner) return group;
    throw new IllegalArgumentException(engine + " " + manner + " did not run");
  }

  /// The comparison of the two manners.
  Comparison comparison(Engine engine) {
    return new Comparison(group(engine, Manner.HONEST), group(engine, Manner.IGNORING));
  }
}
