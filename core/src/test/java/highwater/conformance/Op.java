package highwater.conformance;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One thing that a scenario does in a turn, to the stream `on`.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Op.Write.class, name = "write"),
  @JsonSubTypes.Type(value = Op.WriteUntilFull.class, name = "writeUntilFull"),
  @JsonSubTypes.Type(value = Op.End.class, name = "end"),
  @JsonSubTypes.Type(value = Op.Cork.class, name = "cork"),
  @JsonSubTypes.Type(value = Op.Uncork.class, name = "uncork"),
  @JsonSubTypes.Type(value = Op.Destroy.class, name = "destroy"),
  @JsonSubTypes.Type(value = Op.OnData.class, name = "onData"),
  @JsonSubTypes.Type(value = Op.OffData.class, name = "offData"),
  @JsonSubTypes.Type(value = Op.OnReadable.class, name = "onReadable"),
  @JsonSubTypes.Type(value = Op.Read.class, name = "read"),
  @JsonSubTypes.Type(value = Op.Push.class, name = "push"),
  @JsonSubTypes.Type(value = Op.PushEnd.class, name = "pushEnd"),
  @JsonSubTypes.Type(value = Op.Unshift.class, name = "unshift"),
  @JsonSubTypes.Type(value = Op.Pause.class, name = "pause"),
  @JsonSubTypes.Type(value = Op.Resume.class, name = "resume"),
  @JsonSubTypes.Type(value = Op.Pipe.class, name = "pipe"),
  @JsonSubTypes.Type(value = Op.Unpipe.class, name = "unpipe"),
  @JsonSubTypes.Type(value = Op.Pipeline.class, name = "pipeline"),
  @JsonSubTypes.Type(value = Op.Finished.class, name = "finished"),
})
sealed interface Op {
  int turn();

  /// The stream's id; `pipeline` has none and lists its streams instead.
  @Nullable String on();

  /// The ids of every stream it names.
  default List<String> streams() {
    return switch (this) {
      case Pipe pipe -> List.of(pipe.on(), pipe.to());
      case Unpipe unpipe when unpipe.to() != null -> List.of(unpipe.on(), unpipe.to());
      case Pipeline pipeline -> pipeline.through();
      default -> List.of(Objects.requireNonNull(on(), "an op without on"));
    };
  }

  /// Writes a chunk and asks for its callback.
  record Write(int turn, String on, int size) implements Op {}

  /// Writes chunks until `write` says false, `max` at most.
  record WriteUntilFull(int turn, String on, int size, int max) implements Op {}

  /// Ends, with a last chunk where there is a size.
  record End(int turn, String on, @Nullable Integer size) implements Op {}

  /// Corks.
  record Cork(int turn, String on) implements Op {}

  /// Uncorks.
  record Uncork(int turn, String on) implements Op {}

  /// Destroys, with an error where there is one.
  record Destroy(int turn, String on, @Nullable String error) implements Op {}

  /// Listens to `data`; with `pauseFor` each chunk pauses the stream for so many turns.
  record OnData(int turn, String on, @Nullable Integer pauseFor) implements Op {}

  /// Takes the last `data` listener off.
  record OffData(int turn, String on) implements Op {}

  /// Listens to `readable` and reads once, or until there is nothing.
  record OnReadable(int turn, String on, @Nullable Integer size, @Nullable Boolean all) implements Op {}

  /// Reads, a number of bytes or what there is.
  record Read(int turn, String on, @Nullable Integer size) implements Op {}

  /// Pushes a chunk that the source was not asked for.
  record Push(int turn, String on, int size) implements Op {}

  /// Pushes the end.
  record PushEnd(int turn, String on) implements Op {}

  /// Puts a chunk back in front.
  record Unshift(int turn, String on, int size) implements Op {}

  /// Pauses.
  record Pause(int turn, String on) implements Op {}

  /// Resumes.
  record Resume(int turn, String on) implements Op {}

  /// Pipes; the target is ended unless `end` is false.
  record Pipe(int turn, String on, String to, @Nullable Boolean end) implements Op {}

  /// Unpipes one target, or all.
  record Unpipe(int turn, String on, @Nullable String to) implements Op {}

  /// Ties streams into a pipeline.
  record Pipeline(int turn, @Nullable String on, List<String> through) implements Op {
    public Pipeline {
      through = List.copyOf(Objects.requireNonNull(through, "a pipeline without through"));
    }
  }

  /// Watches until the stream is over.
  record Finished(int turn, String on, @Nullable Sides options) implements Op {}

  /// Node's options of `finished`; null where the scenario says nothing.
  record Sides(@Nullable Boolean readable, @Nullable Boolean writable, @Nullable Boolean error) {}
}
