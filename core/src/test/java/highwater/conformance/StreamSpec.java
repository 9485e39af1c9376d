package highwater.conformance;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import highwater.StreamOptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A stream of a scenario: its kind, its options and the script of its implementation.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StreamSpec.WritableSpec.class, name = "writable"),
  @JsonSubTypes.Type(value = StreamSpec.ReadableSpec.class, name = "readable"),
  @JsonSubTypes.Type(value = StreamSpec.TransformSpec.class, name = "transform"),
  @JsonSubTypes.Type(value = StreamSpec.DuplexSpec.class, name = "duplex"),
})
sealed interface StreamSpec {
  String id();

  boolean objectMode();

  StreamOptions options();

  /// How it is constructed, or null where it needs no construction.
  Scenario.@Nullable Completion construct();

  /// What its destroy hook does, or null where it has none.
  Scenario.@Nullable Completion destroy();

  private static StreamOptions common(String id, boolean objectMode, boolean emitClose, boolean autoDestroy) {
    return (objectMode ? StreamOptions.objects() : StreamOptions.bytes())
        .withEmitClose(emitClose)
        .withAutoDestroy(autoDestroy)
        .named(id);
  }

  /// The script of a sink: completions in rotation, one for each call.
  ///
  /// @param batches whether the sink takes batches
  /// @param last the completion of its final step, or null without one
  record SinkScript(List<Scenario.Completion> completions, boolean batches, Scenario.@Nullable Completion last) {}

  /// A writable.
  record WritableSpec(
      String id,
      boolean objectMode,
      boolean emitClose,
      boolean autoDestroy,
      long highWaterMark,
      List<Scenario.Completion> sink,
      boolean writev,
      @JsonProperty("final") Scenario.@Nullable Completion last,
      Scenario.@Nullable Completion construct,
      Scenario.@Nullable Completion destroy)
      implements StreamSpec {
    public WritableSpec {
      sink = Scenario.rotation(sink, "sink");
    }

    SinkScript sinkScript() {
      return new SinkScript(sink, writev, last);
    }

    @Override
    public StreamOptions options() {
      return common(id, objectMode, emitClose, autoDestroy).withMark(highWaterMark);
    }
  }

  /// A readable.
  record ReadableSpec(
      String id,
      boolean objectMode,
      boolean emitClose,
      boolean autoDestroy,
      long highWaterMark,
      List<Scenario.SourceStep> source,
      Scenario.@Nullable Completion construct,
      Scenario.@Nullable Completion destroy)
      implements StreamSpec {
    public ReadableSpec {
      source = List.copyOf(Objects.requireNonNull(source, "source is missing"));
    }

    @Override
    public StreamOptions options() {
      return common(id, objectMode, emitClose, autoDestroy).withMark(highWaterMark);
    }
  }

  /// A transform.
  record TransformSpec(
      String id,
      boolean objectMode,
      boolean emitClose,
      boolean autoDestroy,
      long readableHighWaterMark,
      long writableHighWaterMark,
      List<Scenario.TransformStep> steps,
      Scenario.@Nullable Flush flush,
      Scenario.@Nullable Completion construct,
      Scenario.@Nullable Completion destroy)
      implements StreamSpec {
    public TransformSpec {
      steps = Scenario.rotation(steps, "steps");
    }

    @Override
    public StreamOptions options() {
      return common(id, objectMode, emitClose, autoDestroy)
          .withReadableMark(readableHighWaterMark)
          .withWritableMark(writableHighWaterMark);
    }
  }

  /// A duplex.
  record DuplexSpec(
      String id,
      boolean objectMode,
      boolean emitClose,
      boolean autoDestroy,
      boolean allowHalfOpen,
      long readableHighWaterMark,
      long writableHighWaterMark,
      List<Scenario.Completion> sink,
      boolean writev,
      @JsonProperty("final") Scenario.@Nullable Completion last,
      List<Scenario.SourceStep> source,
      Scenario.@Nullable Completion construct,
      Scenario.@Nullable Completion destroy)
      implements StreamSpec {
    public DuplexSpec {
      sink = Scenario.rotation(sink, "sink");
      source = List.copyOf(Objects.requireNonNull(source, "source is missing"));
    }

    SinkScript sinkScript() {
      return new SinkScript(sink, writev, last);
    }

    @Override
    public StreamOptions options() {
      return common(id, objectMode, emitClose, autoDestroy)
          .withAllowHalfOpen(allowHalfOpen)
          .withReadableMark(readableHighWaterMark)
          .withWritableMark(writableHighWaterMark);
    }
  }
}
