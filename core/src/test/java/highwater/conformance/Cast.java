package highwater.conformance;

import highwater.Feed;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.Registration;
import highwater.StreamException;
import highwater.WritableStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the parts of one replay share: the streams by name, the clock, and the trace so far.
final class Cast {
  /// An error that a scenario asks for.
  static final class Scripted extends Exception {
    private static final long serialVersionUID = 1L;

    Scripted(String message) {
      super(message, null, false, false);
    }
  }

  /// One of the scenario's streams as it plays.
  static final class Player {
    final StreamSpec spec;
    final Chunks chunks;
    @Nullable LiveStream stream;
    @Nullable Feed<Object> feed;
    @Nullable Registration dataListener;

    /// The line last seen of it.
    String observed = "";

    private Player(StreamSpec spec) {
      this.spec = spec;
      this.chunks = new Chunks(spec.id(), spec.objectMode());
    }

    String id() {
      return spec.id();
    }

    LiveStream stream() {
      return Objects.requireNonNull(stream);
    }
  }

  final VirtualClock clock = new VirtualClock();
  final List<String> trace = new ArrayList<>();
  private final Map<String, Player> players = new LinkedHashMap<>();

  Player enter(StreamSpec spec) {
    var player = new Player(spec);
    players.put(spec.id(), player);
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
    trace.add(clock.turn() + " " + line);
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
    log(player.id() + ".push(" + shown + ") > " + feed.push(chunk));
  }

  /// Pushes the end; in Node that is `push(null)`, which says false always.
  void pushEnd(Player player, Feed<Object> feed) {
    feed.end();
    log(player.id() + ".push(null) > false");
  }
}
