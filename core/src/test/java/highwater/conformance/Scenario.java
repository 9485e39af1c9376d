package highwater.conformance;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What to do with a few streams, turn by turn, and the trace that Node left when it did so.
///
/// @param id unique in its recording
/// @param family what kind of scenario it is, such as `pipe`
/// @param turns the last turn that is played
/// @param tells how closely the trace looks: null for each macrotask
/// @param outcome whose lines alone are told, where only an outcome is
/// @param streams the streams, in the order in which they are observed
/// @param ops what is done to them; those of one turn are one macrotask
/// @param trace Node's lines
record Scenario(
    String id,
    String family,
    int turns,
    @Nullable Closeness tells,
    @Nullable String outcome,
    List<StreamSpec> streams,
    List<Op> ops,
    List<String> trace) {
  Scenario {
    Objects.requireNonNull(id, "id is missing");
    Objects.requireNonNull(family, "family is missing");
    streams = List.copyOf(Objects.requireNonNull(streams, "streams is missing"));
    ops = List.copyOf(Objects.requireNonNull(ops, "ops is missing"));
    var ids = streams.stream().map(StreamSpec::id).collect(Collectors.toSet());
    for (var op : ops) {
      if (op instanceof Op.Operate operate) ids.add(operate.as());
      for (var named : op.streams()) {
        if (!ids.contains(named)) throw new IllegalArgumentException("no stream " + named + " for " + op);
      }
    }
    trace = List.copyOf(Objects.requireNonNull(trace, "trace is missing"));
  }

  /// How closely a trace looks where Node does something in microtasks.
  enum Closeness {
    /// The lines of a turn, sorted by the name at their beginning, and the streams at its end.
    @JsonProperty("turns")
    TURNS,
    /// The lines of one name, and which streams are released in the end.
    @JsonProperty("outcome")
    OUTCOME,
    /// The same without turns.
    @JsonProperty("order")
    ORDER
  }

  boolean isCoarse() {
    return tells != null;
  }

  boolean tellsOutcomeOnly() {
    return outcome != null;
  }

  boolean tellsTurns() {
    return tells != Closeness.ORDER;
  }

  /// Checks what a stream turns over again and again.
  static <T> List<T> rotation(List<T> steps, String field) {
    if (steps == null || steps.isEmpty()) throw new IllegalArgumentException(field + " is missing or empty");
    return List.copyOf(steps);
  }

  /// How an acknowledgement comes: when and with which error, when once more, and what the call throws in the end.
  record Completion(
      After after, @Nullable String error, @Nullable After again, @JsonProperty("throws") @Nullable String thrown) {
    Completion {
      Objects.requireNonNull(after, "a completion without after");
    }
  }

  /// What a source does when it is asked once: push a chunk per size, then fail, then end; the call itself
  /// may throw.
  record SourceStep(
      After after,
      List<Integer> push,
      @Nullable String error,
      @Nullable Boolean end,
      @JsonProperty("throws") @Nullable String thrown) {
    SourceStep {
      Objects.requireNonNull(after, "a step of a source without after");
      push = push == null ? List.of() : List.copyOf(push);
    }
  }

  /// What a transformer makes of a chunk.
  enum Output {
    /// The chunk.
    @JsonProperty("same")
    SAME,
    /// The chunk, twice.
    @JsonProperty("twice")
    TWICE,
    /// Its two halves, or the chunk in object mode.
    @JsonProperty("halves")
    HALVES,
    /// Nothing.
    @JsonProperty("none")
    NONE
  }

  /// What a transformer does with a chunk.
  record TransformStep(After after, Output out, @Nullable String error) {
    TransformStep {
      Objects.requireNonNull(after, "a step of a transform without after");
      Objects.requireNonNull(out, "a step of a transform without out");
    }
  }

  /// What a transformer does after the last chunk; the call itself may throw.
  record Flush(
      After after, List<Integer> push, @Nullable String error, @JsonProperty("throws") @Nullable String thrown) {
    Flush {
      Objects.requireNonNull(after, "a flush without after");
      push = push == null ? List.of() : List.copyOf(push);
    }
  }
}
