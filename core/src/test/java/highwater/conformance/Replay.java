package highwater.conformance;

import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.WritableStream;
import highwater.conformance.Cast.Player;
import highwater.strand.HandTurned;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// One scenario played on Highwater's streams, on a strand turned by hand, and the trace it leaves.
///
/// It does with the public API what the recorder did with Node's, call by call. Whatever it is given, it shows first and
/// consumes then, so that a buffer with two owners is noticed.
final class Replay {
  private final Scenario scenario;
  private final Cast cast;
  private final Ops ops;
  private final HandTurned strand;

  private Replay(Scenario scenario) {
    this.scenario = scenario;
    this.cast = new Cast(scenario);
    this.ops = new Ops(cast);
    this.strand = new HandTurned(error -> cast.log("uncaught " + Cast.name(error)));
  }

  /// Plays `scenario` and returns its trace.
  static List<String> of(Scenario scenario) {
    var replay = new Replay(scenario);
    replay.play();
    return replay.cast.trace;
  }

  private void play() {
    strand.turn(() -> scenario.streams().forEach(this::create));
    var turns =
        scenario.ops().stream().collect(Collectors.groupingBy(Op::turn, LinkedHashMap::new, Collectors.toList()));
    turns.forEach((turn, together) -> cast.clock.at(turn, () -> together.forEach(ops::perform)));
    cast.clock.run(
        scenario.turns(),
        macrotask -> {
          strand.turn(macrotask);
          if (scenario.isCoarse() && !cast.clock.endsTurn()) return;
          cast.tell();
          if (!scenario.tellsOutcomeOnly()) strand.turn(this::observe);
        });
    if (scenario.tellsOutcomeOnly()) {
      for (var player : cast.players()) {
        cast.trace.add(player.id() + " is " + (player.stream().closed() ? "closed" : "open"));
      }
    }
  }

  private void create(StreamSpec spec) {
    var player = cast.enter(spec);
    var stream = Scripts.open(cast, player);
    player.stream = stream;
    listen(cast, player.id(), stream);
  }

  /// Logs every event of a stream but `data` and `readable`.
  static void listen(Cast cast, String id, LiveStream stream) {
    stream.onClose(() -> cast.log(id + "!close"));
    stream.onError(error -> cast.log(id + "!error " + Cast.name(error)));
    if (stream instanceof WritableStream<?> writable) {
      writable.onDrain(() -> cast.log(id + "!drain"));
      writable.onFinish(() -> cast.log(id + "!finish"));
      writable.onPipe(from -> cast.log(id + "!pipe " + cast.idOf(from)));
      writable.onUnpipe(from -> cast.log(id + "!unpipe " + cast.idOf(from)));
    }
    if (stream instanceof ReadableStream<?> readable) {
      readable.onEnd(() -> cast.log(id + "!end"));
      readable.onPause(() -> cast.log(id + "!pause"));
      readable.onResume(() -> cast.log(id + "!resume"));
    }
  }

  /// Logs the line of each stream that is not what it was after the last macrotask.
  private void observe() {
    for (var player : cast.players()) {
      var line = line(player);
      if (!line.equals(player.observed)) {
        player.observed = line;
        cast.observe(line);
      }
    }
  }

  private static String line(Player player) {
    var stream = player.stream();
    var sides = new ArrayList<String>();
    if (stream instanceof WritableStream<?> w) {
      sides.add(
          "w="
              + w.writableLength()
              + flag(w.writableNeedDrain(), "needDrain")
              + flag(w.writableCorked() > 0, "corked")
              + flag(w.writableEnded(), "ended")
              + flag(w.writableFinished(), "finished"));
    }
    if (stream instanceof ReadableStream<?> r) {
      var flowing =
          switch (r.readableFlowing()) {
            case UNDECIDED -> "null";
            case PAUSED -> "false";
            case FLOWING -> "true";
          };
      sides.add("r=" + r.readableLength() + " flowing=" + flowing + flag(r.readableEnded(), "ended"));
    }
    var life =
        flag(stream.destroyed(), "destroyed")
            + flag(stream.closed(), "closed")
            + flag(stream.errored() != null, "errored");
    return player.id() + "{" + String.join("; ", sides) + ";" + (life.isEmpty() ? " " : life) + "}";
  }

  private static String flag(boolean on, String name) {
    return on ? " " + name : "";
  }
}
