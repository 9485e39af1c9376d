package highwater.conformance;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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
  @JsonSubTypes.Type(value = Op.Forget.class, name = "forget"),
  @JsonSubTypes.Type(value = Op.Alien.class, name = "alien"),
  @JsonSubTypes.Type(value = Op.React.class, name = "react"),
  @JsonSubTypes.Type(value = Op.Iterate.class, name = "iterate"),
  @JsonSubTypes.Type(value = Op.Next.class, name = "next"),
  @JsonSubTypes.Type(value = Op.Return.class, name = "return"),
  @JsonSubTypes.Type(value = Op.Throw.class, name = "throw"),
  @JsonSubTypes.Type(value = Op.Operate.class, name = "operate"),
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
      case React react -> Stream.concat(Stream.of(react.on()), react.then().streams().stream()).toList();
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

  /// Watches until the stream is over; `as` numbers the watch.
  record Finished(int turn, String on, @Nullable Sides options, @Nullable Integer as) implements Op {}

  /// Calls off the watch that was numbered so.
  record Forget(int turn, String on, int as) implements Op {}

  /// Hands a stream a chunk that it refuses: a number among bytes, null among objects.
  record Alien(int turn, String on, Way how) implements Op {
    public Alien {
      Objects.requireNonNull(how, "an alien without how");
    }
  }

  /// The call that is given an alien.
  enum Way {
    /// `write(chunk)`.
    @JsonProperty("write")
    WRITE,
    /// `end(chunk)`.
    @JsonProperty("end")
    END,
    /// `push(chunk)`.
    @JsonProperty("push")
    PUSH,
    /// `unshift(chunk)`.
    @JsonProperty("unshift")
    UNSHIFT
  }

  /// Does `then`, whose own turn counts for nothing, at the next `event`.
  record React(int turn, String on, Signal event, Op then) implements Op {
    public React {
      Objects.requireNonNull(event, "a reaction without event");
      Objects.requireNonNull(then, "a reaction without then");
    }
  }

  /// Makes iterator `as`; with `every` it is asked at once, and again so many turns after each answer.
  record Iterate(int turn, String on, int as, @Nullable Boolean destroyOnReturn, @Nullable Integer every)
      implements Op {}

  /// Asks an iterator.
  record Next(int turn, String on, int as) implements Op {}

  /// Leaves an iterator, once no question is open.
  record Return(int turn, String on, int as) implements Op {}

  /// Leaves an iterator because of an error of its user.
  record Throw(int turn, String on, int as, String error) implements Op {}

  /// Applies an operator, whose stream or value is called `as`.
  ///
  /// @param calls what the calls of its function come to, in rotation
  /// @param concurrency how many calls may be under way; null where one call settles before the next
  /// @param highWaterMark how many results may wait besides
  /// @param modulo a predicate accepts the chunks that leave `rest` when divided by it
  /// @param count how many chunks are taken or dropped
  record Operate(
      int turn,
      String on,
      String as,
      Operator with,
      @Nullable List<Scenario.Completion> calls,
      @Nullable Integer concurrency,
      @Nullable Integer highWaterMark,
      @Nullable Integer modulo,
      @Nullable Integer rest,
      @Nullable Integer count)
      implements Op {
    public Operate {
      Objects.requireNonNull(as, "an operator without as");
      Objects.requireNonNull(with, "an operator without with");
    }
  }

  /// The operators, by Node's names.
  enum Operator {
    /// A stream of what a function makes of each chunk.
    MAP("map"),
    /// A stream of the chunks that a predicate accepts.
    FILTER("filter"),
    /// A stream of all the chunks that a function makes of each.
    FLAT_MAP("flatMap"),
    /// A stream without its first chunks.
    DROP("drop"),
    /// A stream of the first chunks.
    TAKE("take"),
    /// A call for each chunk.
    FOR_EACH("forEach"),
    /// All chunks.
    TO_ARRAY("toArray"),
    /// Whether a predicate accepts a chunk.
    SOME("some"),
    /// Whether a predicate accepts every chunk.
    EVERY("every"),
    /// The first chunk that a predicate accepts.
    FIND("find"),
    /// The sum.
    REDUCE("reduce");

    private final String word;

    Operator(String word) {
      this.word = word;
    }

    @Override
    @JsonValue
    public String toString() {
      return word;
    }
  }

  /// An event that something can be done at.
  enum Signal {
    /// `close`.
    @JsonProperty("close")
    CLOSE,
    /// `error`.
    @JsonProperty("error")
    ERROR,
    /// `end`.
    @JsonProperty("end")
    END,
    /// `pause`.
    @JsonProperty("pause")
    PAUSE,
    /// `resume`.
    @JsonProperty("resume")
    RESUME,
    /// `finish`.
    @JsonProperty("finish")
    FINISH,
    /// `drain`.
    @JsonProperty("drain")
    DRAIN,
    /// `pipe`.
    @JsonProperty("pipe")
    PIPE,
    /// `unpipe`.
    @JsonProperty("unpipe")
    UNPIPE
  }

  /// Node's options of `finished`; null where the scenario says nothing.
  record Sides(@Nullable Boolean readable, @Nullable Boolean writable, @Nullable Boolean error) {}
}
