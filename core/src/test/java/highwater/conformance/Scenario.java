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
/// @param streams the streams, in the order in which they are observed
/// @param ops what is done to them; those of one turn are one macrotask
/// @param trace Node's lines
record Scenario(String id, String family, int turns, List<StreamSpec> streams, List<Op> ops, List<String> trace) {
  Scenario {
    Objects.requireNonNull(id, "id is missing");
    Objects.requireNonNull(family, "family is missing");
    streams = List.copyOf(Objects.requireNonNull(streams, "streams is missing"));
    ops = List.copyOf(Objects.requireNonNull(ops, "ops is missing"));
    var ids = streams.stream().map(StreamSpec::id).collect(Collectors.toSet());
    for (var op : ops) {
      for (var named : op.streams()) {
        if (!ids.contains(named)) throw new IllegalArgumentException("no stream " + named + " for " + op);
      }
    }
    trace = List.copyOf(Objects.requireNonNull(trace, "trace is missing"));
  }

  /// Checks what a stream turns over again and again.
  static <T> List<T> rotation(List<T> steps, String field) {
    if (steps == null || steps.isEmpty()) throw new IllegalArgumentException(field + " is missing or empty");
    return List.copyOf(steps);
  }

  /// How an acknowledgement comes: when, and with which error.
  record Completion(After after, @Nullable String error) {
    Completion {
      Objects.requireNonNull(after, "a completion without after");
    }
  }

  /// What a source does when it is asked once: push a chunk per size, then fail, then end.
  record SourceStep(After after, List<Integer> push, @Nullable String error, @Nullable Boolean end) {
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

  /// What a transformer does after the last chunk.
  record Flush(After after, List<Integer> push, @Nullable String error) {
    Flush {
      Objects.requireNonNull(after, "a flush without after");
      push = push == null ? List.of() : List.copyOf(push);
    }
  }
}
