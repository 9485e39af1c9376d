package highwater;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Who waits for whom, and whom all of them wait for in the end: what the stall doctor says of a run, or of the streams of a
/// strand.
///
/// The first [#chain] waits hang together, in the order in which the data flows; one of them, the *root*, waits for something
/// outside, which is where to look. In a cycle each waits for the next and the last for the first. What else waits follows.
/// It is a snapshot of one moment: a wait is a stall only if it lasts ([#still()]).
///
/// @param subject what was looked at: the name of a run, or of a strand
/// @param finding what it amounts to
/// @param still for how long nothing has moved, as far as is known; zero where that is not known
/// @param waits who waits, the chain first; empty where nobody does
/// @param chain how many of them are the chain
/// @param root which of them the others wait for, an index into `waits`; -1 where nobody waits
/// @param isCycle whether the chain is a cycle
public record Diagnosis(
    String subject, Finding finding, Duration still, List<Wait> waits, int chain, int root, boolean isCycle) {
  /// What a diagnosis amounts to.
  public enum Finding {
    /// Nobody waits for what will not come by itself: it goes on.
    MOVES,
    /// All wait for a timer, which will come.
    TIMER,
    /// All wait for a source that gives nothing, and nobody holds anything: a stall only if something was due.
    IDLE,
    /// Somebody waits for somebody else: a stall, if it lasts.
    WAITS,
    /// Everything is closed.
    OVER
  }

  /// Why something waits.
  public enum Cause {
    /// The buffer behind it is full.
    BLOCKED("blocked by", ""),
    /// The one before it gives nothing.
    STARVED("waits for data of", ""),
    /// An implementer was called and has not called its callback.
    ACKNOWLEDGEMENT(
        "waits for",
        "call done.ok() or done.fail(error) once on every path, also where an asynchronous call fails; a timeout on"
            + " that call bounds the wait"),
    /// A source was asked, and has pushed nothing.
    SOURCE("waits for", "a source that is asked owes a push, end() or fail(error): call one, now or later"),
    /// It holds chunks, or its end, and nobody takes them.
    NOBODY_READS(
        "waits for",
        "give it a consumer: pipe it, listen for data, take its chunks; resume() drops what it holds, destroy() lets it"
            + " go"),
    /// It was paused.
    PAUSED("waits for", "call resume() when there is room again, such as on drain"),
    /// It was corked.
    CORKED("waits for", "call uncork() as often as cork(), in a tick: nextTick(stream::uncork)"),
    /// It is open, and nobody writes to it or ends it.
    NOBODY_WRITES("waits for", "call end() when everything is written, or pipe into it"),
    /// A call of the user's, or of the system, on the strand has not returned.
    CALL(
        "waits for",
        "nothing on the strand goes on until the call returns: move what waits off it, with mapBlocking or mapAsync,"
            + " and give it a timeout"),
    /// A result that was promised has not come: a future, an asynchronous call.
    RESULT("waits for", "complete the future on every path, the failing ones too; orTimeout(…) bounds the wait"),
    /// The other side is silent: a server, a program, the other end of a pipe.
    PEER("waits for", "look whether the other side lives and whom it waits for itself; a timeout bounds the wait"),
    /// The budget is lent out.
    BUDGET("waits for", "make the budget larger, let fewer runs share it, or end the run that holds it"),
    /// A timer.
    TIMER("waits for", "nothing: it goes on by itself"),
    /// Work in a thread of the library's own.
    WORK("waits for", "nothing: it works; another worker or a cheaper setting makes it faster"),
    /// No thread drives the strand.
    NO_THREAD("waits for", "let the threads that drive strands go: none of their calls may wait"),
    /// It does not say.
    UNKNOWN("waits for", "ask whoever wrote it to say, with waitsFor()");

    private final String verb;
    private final String advice;

    Cause(String verb, String advice) {
      this.verb = verb;
      this.advice = advice;
    }

    /// What would help, in one sentence; empty where it is a neighbour that has to be helped.
    public String advice() {
      return advice;
    }

    /// Whether it waits for a neighbour, and so is not the one to look at.
    public boolean isNeighbour() {
      return this == BLOCKED || this == STARVED;
    }
  }

  /// One who waits.
  ///
  /// @param who the stream's name, or the stage's
  /// @param whom whom or what it waits for
  /// @param cause why
  /// @param madeAt the place in the user's code where it was made, such as `Copy.java:12`, or null where that was not noted
  ///     (`-Dhighwater.sites=on` notes it for every live stream)
  /// @param held what it holds, in bytes, or in objects
  /// @param mark what it should hold at most, or -1 where nothing is declared
  /// @param inObjects whether the two count objects
  public record Wait(
      String who, String whom, Cause cause, @Nullable String madeAt, long held, long mark, boolean inObjects) {
    /// The same, made at `place`.
    public Wait madeAt(String place) {
      return new Wait(who, whom, cause, place, held, mark, inObjects);
    }

    /// In words: `gzip is blocked by cat (holds 65,536 bytes, mark 65,536; made at Copy.java:12)`.
    @Override
    public String toString() {
      var notes = new ArrayList<String>();
      if (held > 0) {
        var unit = inObjects ? held == 1 && mark < 0 ? "object" : "objects" : "bytes";
        notes.add("holds " + grouped(held) + " " + unit + (mark < 0 ? "" : ", mark " + grouped(mark)));
      }
      if (madeAt != null) notes.add("made at " + madeAt);
      return who + " " + (cause == Cause.BLOCKED ? "is " : "") + cause.verb + " " + whom + inBrackets(notes);
    }

    private static String inBrackets(List<String> notes) {
      return notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")";
    }
  }

  /// Checks the indices and freezes the waits.
  public Diagnosis {
    waits = List.copyOf(waits);
    if (chain < 0 || chain > waits.size()) {
      throw new IllegalArgumentException("chain: " + chain + " (expected: 0 to " + waits.size() + ")");
    }
    if (root < -1 || root >= waits.size()) {
      throw new IllegalArgumentException("root: " + root + " (expected: -1 to " + (waits.size() - 1) + ")");
    }
  }

  /// A diagnosis in which nobody waits.
  public static Diagnosis ofNoWait(String subject, Finding finding, Duration still) {
    return new Diagnosis(subject, finding, still, List.of(), 0, -1, false);
  }

  /// A diagnosis in which one waits, and its neighbours for it.
  public static Diagnosis ofChain(String subject, Finding finding, Duration still, List<Wait> waits, int root) {
    return new Diagnosis(subject, finding, still, waits, waits.size(), root, false);
  }

  /// What live streams on one strand wait for; `names` are the streams, and what to call each.
  ///
  /// Streams that are joined to them by pipes and operators are looked at too. Strand: theirs. Cost: a microsecond or so for
  /// each stream; changes nothing.
  public static Diagnosis ofStreams(String subject, Duration still, SequencedMap<? extends LiveStream, String> names) {
    return new Examination(names).diagnose(subject, still);
  }

  /// What live streams wait for whose strand does not answer: a call of one of them, given in the order of the flow, has
  /// not returned, at `place`.
  ///
  /// From another thread. Which one it is is read without order, which is good enough while the call lasts; where no stream is in
  /// a call of its implementer's (a listener is), the one who waits is `subject` itself.
  public static Diagnosis ofStuckCall(
      String subject, Duration still, SequencedMap<? extends LiveStream, String> names, String place) {
    // One that is in a call writes to the next, which is then in one too.
    for (var entry : names.reversed().entrySet()) {
      if (entry.getKey().life().isInCall()) return ofStuckCall(subject, still, entry.getValue(), place);
    }
    return ofStuckCall(subject, still, subject, place);
  }

  private static Diagnosis ofStuckCall(String subject, Duration still, String who, String place) {
    var wait = new Wait(who, "a call that has not returned, at " + place, Cause.CALL, null, 0, -1, false);
    return ofChain(subject, Finding.WAITS, still, List.of(wait), 0);
  }

  /// The wait to look at, or null where nobody waits.
  public @Nullable Wait rootWait() {
    return root < 0 ? null : waits.get(root);
  }

  /// The same, knowing better for how long nothing has moved.
  public Diagnosis still(Duration still) {
    return new Diagnosis(subject, finding, still, waits, chain, root, isCycle);
  }

  /// The same under another finding.
  public Diagnosis as(Finding finding) {
    return new Diagnosis(subject, finding, still, waits, chain, root, isCycle);
  }

  /// The diagnosis in one line, for logs.
  public String sentence() {
    return subject + ": " + summary();
  }

  /// The sentence without the subject.
  public String summary() {
    var found = rootWait();
    return switch (finding) {
      case OVER -> "everything is over";
      case MOVES -> found == null ? "nobody waits" : "it moves; " + found;
      case TIMER -> found + ", which comes by itself";
      case IDLE -> since() + found + "; nobody holds anything, so it is a stall only if something was due";
      case WAITS -> since() + (isCycle ? "a cycle, each waits for the next: " + drawn() : found + victims());
    };
  }

  private String since() {
    return still.isZero() ? "" : "nothing has moved for " + inWords(still) + ": ";
  }

  private String victims() {
    var names = new ArrayList<String>();
    for (int i = 0; i < chain; i++) if (i != root) names.add(waits.get(i).who());
    if (names.isEmpty()) return "";
    return "; " + String.join(", ", names) + (names.size() == 1 ? " waits for it" : " wait for it");
  }

  /// The chain as a picture, the root in brackets: `huge.log ─▶ gzip ─▶ [exec:cat]`.
  public String drawn() {
    var names = new ArrayList<String>();
    for (int i = 0; i < chain; i++) {
      var who = waits.get(i).who();
      names.add(i == root && !isCycle ? "[" + who + "]" : who);
    }
    if (isCycle && !names.isEmpty()) names.add(names.getFirst());
    return String.join(" ─▶ ", names);
  }

  /// The diagnosis over several lines, for people: the sentence, the picture, each wait, and what would help.
  @Override
  public String toString() {
    var text = new StringBuilder(sentence());
    if (waits.isEmpty()) return text.toString();
    if (chain > 1 && !isCycle) text.append("\n  ").append(drawn());
    for (int i = 0; i < waits.size(); i++) {
      if (i == chain) text.append("\n  besides");
      text.append(i == root && !isCycle ? "\n  ▶ " : "\n    ").append(waits.get(i));
    }
    var advice = advice();
    if (!advice.isEmpty()) text.append("\n  to do: ").append(advice);
    return text.toString();
  }

  /// What would help, in one sentence, or empty.
  public String advice() {
    var found = rootWait();
    if (isCycle) {
      return "break the cycle: let one of them read what it has before it writes, give one a mark that holds all that"
          + " is under way, or end what feeds it";
    }
    return found == null || finding == Finding.MOVES ? "" : found.cause().advice();
  }

  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// A span of time as people say it: `250 ms`, `31 s`, `2 min 5 s`, `3 h 0 min`.
  static String inWords(Duration time) {
    if (time.toMillis() < 1000) return time.toMillis() + " ms";
    long seconds = time.toSeconds();
    if (seconds < 60) return seconds + " s";
    if (seconds < 3600) return seconds / 60 + " min " + seconds % 60 + " s";
    return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }
}
