package highwater.conformance;

import highwater.Feed;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.Registration;
import highwater.StreamException;
import highwater.WritableStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the parts of one replay share: the streams by name, the clock, and the trace so far.
final class Cast {
  private static final Pattern WORD = Pattern.compile("^\\w*");

  /// An error that a scenario asks for.
  static final class Scripted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Scripted(String message) {
      super(message, null, false, false);
    }
  }

  /// One of the scenario's streams as it plays.
  static final class Player {
    private final String id;
    private final @Nullable StreamSpec spec;
    private final @Nullable Chunks chunks;
    @Nullable LiveStream stream;
    @Nullable Feed<Object> feed;
    @Nullable Registration dataListener;

    /// The line last seen of it.
    String observed = "";

    private Player(StreamSpec spec) {
      this.id = spec.id();
      this.spec = spec;
      this.chunks = new Chunks(id, spec.objectMode());
    }

    /// One that an operator has made.
    private Player(String id, LiveStream stream) {
      this.id = id;
      this.spec = null;
      this.chunks = null;
      this.stream = stream;
    }

    String id() {
      return id;
    }

    StreamSpec spec() {
      return Objects.requireNonNull(spec);
    }

    Chunks chunks() {
      return Objects.requireNonNull(chunks);
    }

    LiveStream stream() {
      return Objects.requireNonNull(stream);
    }
  }

  final VirtualClock clock = new VirtualClock();
  final List<String> trace = new ArrayList<>();

  private final Scenario scenario;

  /// The lines of this macrotask.
  private final List<String> lines = new ArrayList<>();

  private final Map<String, Player> players = new LinkedHashMap<>();

  Cast(Scenario scenario) {
    this.scenario = scenario;
  }

  Player enter(StreamSpec spec) {
    var player = new Player(spec);
    players.put(spec.id(), player);
    return player;
  }

  /// Adds a line about what a macrotask has left.
  void observe(String line) {
    trace.add(scenario.tellsTurns() ? clock.turn() + " " + line : line);
  }

  /// Takes a stream that an operator has made among the others.
  Player enter(String id, LiveStream stream) {
    var player = new Player(id, stream);
    players.put(id, player);
    return player;
  }

  Collection<Player> players() {
    return players.values();
  }

  Player player(String id) {
    return Objects.requireNonNull(players.get(id), () -> "no stream " + id);
  }

  LiveStream stream(String id) {
    return player(id).stream();
  }

  @SuppressWarnings("unchecked")
  ReadableStream<Object> readable(String id) {
    return (ReadableStream<Object>) stream(id);
  }

  @SuppressWarnings("unchecked")
  WritableStream<Object> writable(String id) {
    return (WritableStream<Object>) stream(id);
  }

  String idOf(LiveStream stream) {
    return players.values().stream()
        .filter(player -> player.stream == stream)
        .findFirst()
        .map(Player::id)
        .orElse("undefined");
  }

  void log(String line) {
    if (scenario.tellsOutcomeOnly() && !subject(line).equals(scenario.outcome())) return;
    lines.add(line);
  }

  /// What a line is about: the name at its beginning.
  private static String subject(String line) {
    return WORD.matcher(line).results().findFirst().orElseThrow().group();
  }

  /// Moves the lines since the last time into the trace.
  void tell() {
    // Sorting is stable: each subject's lines stay in order.
    if (scenario.isCoarse()) lines.sort(Comparator.comparing(Cast::subject));
    lines.forEach(this::observe);
    lines.clear();
  }

  /// Names an outcome as the trace does: Node's code, or the message of an error without one, or `ok`.
  static String name(@Nullable Throwable error) {
    return switch (error) {
      case null -> "ok";
      case StreamException found -> found.code().name();
      case Throwable other -> Objects.requireNonNullElse(other.getMessage(), other.toString());
    };
  }

  void push(Player player, Feed<Object> feed, Object chunk) {
    push(player, feed, chunk, Chunks.show(chunk));
  }

  void push(Player player, Feed<Object> feed, Object chunk, String shown) {
    boolean more = feed.push(chunk);
    log(player.id() + ".push(" + shown + ")" + (scenario.isCoarse() ? "" : " > " + more));
  }

  /// Pushes the end; in Node that is `push(null)`, which says false always.
  void pushEnd(Player player, Feed<Object> feed) {
    feed.end();
    log(player.id() + ".push(null)" + (scenario.isCoarse() ? "" : " > false"));
  }
}
