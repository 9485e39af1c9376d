package highwater;

import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.Diagnosis.Wait;
import highwater.Relay.Side;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds out what live streams wait for.
///
/// Each side of a stream is a node, and its state alone tells what it waits for: another side (an edge), something outside
/// (a root), or nothing. All edges are followed from the streams given. Of the roots and cycles that are found the one is
/// chosen that hurts most; the chain is who is blocked by it and who is starved by it. Strand: that of the streams.
final class Examination {
  /// What one side waits for: `to` another side, or what `whom` says.
  private record Edge(Cause cause, @Nullable Side to, String whom) {}

  private final SequencedMap<Life, String> names = new LinkedHashMap<>();
  private final SequencedMap<Side, List<Edge>> waits = new LinkedHashMap<>();

  /// Whether one of the streams is not over.
  private boolean anyOpen;

  Examination(SequencedMap<? extends LiveStream, String> named) {
    var toLook = new ArrayDeque<Side>();
    named.forEach(
        (stream, name) -> {
          var life = stream.life();
          names.put(life, name);
          if (life.readableSideOrNull() != null) toLook.add(Side.reading(life));
          if (life.writableSideOrNull() != null) toLook.add(Side.writing(life));
        });
    for (Side side; (side = toLook.poll()) != null; ) {
      if (waits.containsKey(side)) continue;
      anyOpen |= !side.life().has(Life.CLOSED);
      var edges = edges(side);
      waits.put(side, edges);
      for (var edge : edges) if (edge.to() != null) toLook.add(edge.to());
    }
  }

  Diagnosis diagnose(String subject, Duration still) {
    List<Side> cycle = cycle();
    if (!cycle.isEmpty()) {
      var chain = new ArrayList<>(waitsOf(cycle).values());
      int length = chain.size();
      chain.addAll(besides(cycle));
      return new Diagnosis(subject, Finding.WAITS, still, chain, length, 0, true);
    }
    var root = worstRoot();
    if (root == null) return Diagnosis.ofNoWait(subject, anyOpen ? Finding.MOVES : Finding.OVER, still);
    // In the direction of the flow: who is blocked by it, the root, who is starved by it.
    var blocked = pathTo(root, Cause.BLOCKED);
    var starved = pathTo(root, Cause.STARVED);
    var byLife = waitsOf(blocked);
    int rootIndex = byLife.size() - 1;
    waitsOf(starved).reversed().forEach(byLife::putIfAbsent);
    var path = new ArrayList<>(blocked);
    path.addAll(starved);
    var chain = new ArrayList<>(byLife.values());
    int length = chain.size();
    chain.addAll(besides(path));
    return new Diagnosis(subject, finding(root, path), still, chain, length, rootIndex, false);
  }

  // ---------------------------------------------------------------- the roots

  private @Nullable Side worstRoot() {
    @Nullable Side worst = null;
    int least = Integer.MAX_VALUE;
    for (var entry : waits.entrySet()) {
      for (var edge : entry.getValue()) {
        if (edge.to() != null) continue;
        int rank = rank(entry.getKey(), edge.cause());
        if (rank < least) {
          least = rank;
          worst = entry.getKey();
        }
      }
    }
    return worst;
  }

  /// The less, the more likely it is what all wait for.
  private static int rank(Side side, Cause cause) {
    boolean holds = held(side) > 0;
    return switch (cause) {
      case ACKNOWLEDGEMENT, CALL, RESULT, CORKED -> 0;
      case PAUSED, NOBODY_READS -> holds ? 1 : 6;
      case PEER, BUDGET, NO_THREAD, UNKNOWN -> 2;
      case SOURCE -> 3;
      case WORK -> 4;
      case TIMER -> 5;
      case NOBODY_WRITES -> 7;
      case BLOCKED, STARVED -> throw new AssertionError(cause);
    };
  }

  private Finding finding(Side root, List<Side> path) {
    return switch (rootEdge(root).cause()) {
      case TIMER -> Finding.TIMER;
      case WORK -> Finding.MOVES;
      case SOURCE, NOBODY_WRITES, NOBODY_READS, PAUSED ->
          path.stream().allMatch(side -> held(side) == 0) ? Finding.IDLE : Finding.WAITS;
      case PEER -> root.reads() && path.stream().allMatch(side -> held(side) == 0) ? Finding.IDLE : Finding.WAITS;
      default -> Finding.WAITS;
    };
  }

  private Edge rootEdge(Side side) {
    for (var edge : edgesOf(side)) if (edge.to() == null) return edge;
    throw new AssertionError(side + " is no root");
  }

  private List<Edge> edgesOf(Side side) {
    return waits.getOrDefault(side, List.of());
  }

  /// The one that is told of a side: what lies outside, or else the first.
  private Edge edgeOf(Side side) {
    var edges = edgesOf(side);
    for (var edge : edges) if (edge.to() == null) return edge;
    return edges.getFirst();
  }

  // ---------------------------------------------------------------- the chain

  /// A way to `root`, its end, along edges of one kind.
  private List<Side> pathTo(Side root, Cause kind) {
    List<Side> path = new ArrayList<>(List.of(root));
    var seen = new HashSet<Side>(path);
    for (@Nullable Side at = root; (at = whoWaitsFor(at, kind, seen)) != null; ) {
      path.addFirst(at);
      seen.add(at);
    }
    return path;
  }

  private @Nullable Side whoWaitsFor(Side side, Cause cause, Set<Side> seen) {
    for (var entry : waits.entrySet()) {
      if (seen.contains(entry.getKey())) continue;
      for (var edge : entry.getValue()) {
        if (edge.cause() == cause && side.equals(edge.to())) return entry.getKey();
      }
    }
    return null;
  }

  /// The sides of a cycle, each waiting for the next and nothing else; empty where there is none.
  private List<Side> cycle() {
    for (var start : waits.keySet()) {
      var way = new LinkedHashSet<Side>();
      for (@Nullable Side at = start; at != null; at = onlyNext(at)) {
        if (way.add(at)) continue;
        // From where it bites itself.
        var cycle = new ArrayList<>(way);
        return cycle.subList(cycle.indexOf(at), cycle.size());
      }
    }
    return List.of();
  }

  private @Nullable Side onlyNext(Side side) {
    @Nullable Side next = null;
    for (var edge : edgesOf(side)) {
      if (edge.to() == null) return null;
      if (next == null) next = edge.to();
    }
    return next;
  }

  /// One wait for each stream of `path`: that of its side furthest along it.
  private SequencedMap<Life, Wait> waitsOf(List<Side> path) {
    var byLife = new LinkedHashMap<Life, Wait>();
    for (int i = 0; i < path.size(); i++) {
      var side = path.get(i);
      var edge = edgeOf(side);
      if (i + 1 < path.size()) {
        var next = path.get(i + 1);
        for (var each : edgesOf(side)) if (next.equals(each.to())) edge = each;
      }
      // What its own other side waits for is told of that one.
      boolean inside = edge.to() != null && edge.to().life() == side.life();
      if (!inside || !byLife.containsKey(side.life())) byLife.put(side.life(), wait(side, edge));
    }
    return byLife;
  }

  private List<Wait> besides(List<Side> path) {
    var told = new HashSet<Life>();
    for (var side : path) told.add(side.life());
    var others = new ArrayList<Wait>();
    for (Map.Entry<Side, List<Edge>> entry : waits.entrySet()) {
      var side = entry.getKey();
      if (entry.getValue().isEmpty() || told.contains(side.life())) continue;
      var edge = edgeOf(side);
      if (edge.to() != null && edge.to().life() == side.life()) continue;
      told.add(side.life());
      others.add(wait(side, edge));
    }
    return others;
  }

  private Wait wait(Side side, Edge edge) {
    var life = side.life();
    var to = edge.to();
    boolean objects =
        side.reads() ? readable(side).has(ReadableSide.OBJECT_MODE) : writable(side).has(WritableSide.OBJECT_MODE);
    long mark = side.reads() ? readable(side).mark : writable(side).mark;
    var place = life.madeAt();
    return new Wait(
        nameOf(life),
        to == null ? edge.whom() : nameOf(to.life()),
        edge.cause(),
        place == null ? null : place.toString(),
        held(side),
        mark,
        objects);
  }

  private String nameOf(Life life) {
    var name = names.get(life);
    return name != null ? name : life.name();
  }

  private static long held(Side side) {
    return side.reads() ? readable(side).length : writable(side).length;
  }

  private static ReadableSide<?> readable(Side side) {
    var readable = side.life().readableSideOrNull();
    if (readable == null) throw new AssertionError(side);
    return readable;
  }

  private static WritableSide<?> writable(Side side) {
    var writable = side.life().writableSideOrNull();
    if (writable == null) throw new AssertionError(side);
    return writable;
  }

  // ---------------------------------------------------------------- what one side waits for

  private static List<Edge> edges(Side side) {
    var life = side.life();
    if (life.has(Life.CLOSED)) return List.of();
    if (!life.has(Life.CONSTRUCTED)) return List.of(owed(side, "construct"));
    if (life.has(Life.DESTROYED)) return List.of(owed(side, "destroy"));
    if (life.errored != null) return List.of();
    return side.reads() ? ofReading(life, readable(side)) : ofWriting(life, writable(side));
  }

  /// What an implementer owes: what it says itself, or that its callback was not called.
  private static Edge owed(Side side, String call) {
    Object implementer = side.reads() ? readable(side).source() : writable(side).sink();
    if (implementer instanceof TransformCore<?, ?> core) implementer = core.transformer();
    if (implementer instanceof Waiting waiting) {
      var whom = waiting.waitsFor();
      if (whom != null) return new Edge(waiting.waitCause(), null, whom);
    }
    return new Edge(Cause.ACKNOWLEDGEMENT, null, "the callback of its " + call + ", which was not called");
  }

  private static List<Edge> ofReading(Life life, ReadableSide<?> side) {
    if (side.has(ReadableSide.END_EMITTED)) return List.of();
    var awaited = side.awaited();
    if (!awaited.isEmpty() && !side.isFlowing()) {
      var edges = new ArrayList<Edge>();
      for (var target : awaited) edges.add(new Edge(Cause.BLOCKED, Side.writing(target.life()), ""));
      return edges;
    }
    var reluctant = whoDoesNotTake(life, side);
    if (reluctant != null) return List.of(reluctant);
    return side.isAsked() ? List.of(ofSource(life, side)) : List.of();
  }

  /// Who should take what this readable has, and does not; null where somebody wants more than there is.
  private static @Nullable Edge whoDoesNotTake(Life life, ReadableSide<?> side) {
    if (side.isFlowing()) return null;
    var owner = side.owner;
    boolean heard = false;
    for (var hook : life.hooks(Event.READABLE)) {
      if (hook instanceof Taking<?> taking) {
        if (taking.isAsking()) return null;
        var output = taking.output();
        return output != null
            ? new Edge(Cause.BLOCKED, output, "")
            : new Edge(Cause.NOBODY_READS, null, taking.claim().describe() + ", which does not ask");
      }
      if (hook instanceof Listener listener) {
        heard = true;
        if (side.length > 0 || side.has(ReadableSide.ENDED)) {
          return new Edge(Cause.NOBODY_READS, null, "read() by " + listener.describe());
        }
      }
    }
    if (heard) return null;
    if (owner != null) return new Edge(Cause.NOBODY_READS, null, owner.describe() + ", which does not read");
    for (var taker : side.takers) return new Edge(Cause.NOBODY_READS, null, taker.describe() + ", which does not ask");
    return side.flowing() == Flowing.PAUSED
        ? new Edge(Cause.PAUSED, null, "a resume(), for it is paused")
        : new Edge(Cause.NOBODY_READS, null, "a reader, for nobody reads it");
  }

  private static Edge ofSource(Life life, ReadableSide<?> side) {
    var source = side.source();
    if (source instanceof TransformCore<?, ?>) return new Edge(Cause.STARVED, Side.writing(life), "");
    if (source instanceof Relay relay) {
      var inlet = relay.inlet();
      if (inlet != null) return new Edge(Cause.STARVED, inlet, "");
    }
    if (source instanceof Waiting waiting) {
      var whom = waiting.waitsFor();
      if (whom != null) return new Edge(waiting.waitCause(), null, whom);
    }
    return new Edge(Cause.SOURCE, null, "its source, which was asked and has given nothing");
  }

  private static List<Edge> ofWriting(Life life, WritableSide<?> side) {
    if (side.has(WritableSide.FINISHED)) return List.of();
    if (side.isAckOwed()) return List.of(ofSink(life, side, "write"));
    if (side.isFinishOwed()) return List.of(ofSink(life, side, "finish"));
    if (side.corked > 0 && side.length > 0) {
      return List.of(new Edge(Cause.CORKED, null, "an uncork(), for it is corked"));
    }
    if (side.has(WritableSide.ENDING)) return List.of();
    var edges = new ArrayList<Edge>();
    for (var hook : life.hooks(Event.UNPIPE)) {
      if (hook instanceof Pipe<?> pipe) edges.add(new Edge(Cause.STARVED, Side.reading(pipe.source().life()), ""));
    }
    if (edges.isEmpty())
      edges.add(new Edge(Cause.NOBODY_WRITES, null, "a write or its end(), for nobody writes to it"));
    return edges;
  }

  private static Edge ofSink(Life life, WritableSide<?> side, String call) {
    var sink = side.sink();
    if (sink instanceof TransformCore<?, ?> core) {
      if (core.ackWaits()) return new Edge(Cause.BLOCKED, Side.reading(life), "");
      return owed(Side.writing(life), call.equals("write") ? "transform" : "flush");
    }
    if (sink instanceof Relay relay) {
      var outlet = relay.outlet();
      if (outlet != null) return new Edge(Cause.BLOCKED, outlet, "");
    }
    // One that both takes and gives, and is not asked to give, keeps what it was given.
    var readable = life.readableSideOrNull();
    if (readable != null && readable.source() == sink && !readable.isAsked()) {
      return new Edge(Cause.BLOCKED, Side.reading(life), "");
    }
    return owed(Side.writing(life), call);
  }
}
