package highwater;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds live streams that are used against their purpose where Node's rules let it pass: a `write` that goes on after
/// false.
///
/// What the streams refuse by themselves (a write after `end()`, a second owner) is not found again. One switch for the
/// process: the system property `highwater.misuse` says `off`, `warn` (the default) or `throw`, and
/// `highwater.misuse.track` says `true` or `false`; [#use] does the same for the calls and the streams that follow.
/// Warning changes nothing that a stream does.
///
/// Looked at is what is rare anyway: a call after a false answer, a consumer that is attached, the end of a strand.
/// Only *tracking* costs something each time: a stream that is made (about 5 µs, and a few hundred bytes until it
/// closes) and an acknowledgement (about 0.05 µs). It finds what was forgotten once the garbage collector comes by.
/// `throw` tracks unless told otherwise.
///
/// A finding is told to the handler, or written as one line to the logger `highwater.misuse`: for each kind and place
/// the first, the tenth, the hundredth and so on. Thread rule: any thread. docs/mistakes.md shows each kind with the
/// right way.
public final class Misuse {
  /// What is done about a misuse.
  public enum Mode {
    /// Nothing is looked at.
    OFF,
    /// It is told, and goes on as Node's rules say.
    WARN,
    /// The call that is one throws a [StreamException] with [ErrorCode#ERR_MISUSE], and does nothing else. What is not
    /// a call (a stream that was dropped) is told.
    THROW
  }

  /// What was found.
  public enum Kind {
    /// Writes that went on after `write` said false: more than [#CHUNKS_FORGIVEN], and as much again as the mark.
    WROTE_ON,
    /// Pushes that went on after `push` said false, without a question: as many, and as much.
    PUSHED_ON,
    /// A second acknowledgement of one chunk, which would pass for that of the next. Found while tracking.
    ACKNOWLEDGED_TWICE,
    /// An acknowledgement that was dropped, so that its stream waits for ever. Found while tracking.
    NEVER_ACKNOWLEDGED,
    /// Two that take the chunks of one readable in different ways, each missing what the other gets.
    TWO_CONSUMERS,
    /// A readable that was never read when its strand ran out of work, or, while tracking, when it was dropped.
    NOBODY_READS,
    /// A stream, or a view of a run, that was dropped without being closed. Found while tracking.
    DROPPED
  }

  /// One misuse.
  ///
  /// @param kind what it is
  /// @param stream the stream's name
  /// @param place where in the user's code: `File.java:12`
  /// @param message one line: what was done, with the figures of that moment, where, and what to do
  /// @param count how often this kind was found at this place, this time included
  public record Finding(Kind kind, String stream, String place, String message, long count) {}

  /// How many chunks after a false answer are forgiven: several producers may share a stream, and one may have begun a
  /// record.
  public static final int CHUNKS_FORGIVEN = 15;

  /// As many places are told apart; what is found at others counts as one place for each kind.
  private static final int PLACES_MAX = 1_000;

  private static final String UNKNOWN = "an unknown place";
  private static final String ELSEWHERE = "one place of many";

  private record Spot(Kind kind, String place) {}

  private record Tally(Finding first, AtomicLong count) {}

  private static final Map<Spot, Tally> TALLIES = new ConcurrentHashMap<>();

  private static final AtomicInteger EPOCH = new AtomicInteger();

  private static volatile Mode mode = Mode.WARN;
  private static volatile boolean tracking;
  private static volatile @Nullable Consumer<? super Finding> handler;

  static {
    var wanted = System.getProperty("highwater.misuse");
    var track = System.getProperty("highwater.misuse.track");
    if (wanted != null) mode = parse(wanted);
    tracking = mode != Mode.OFF && (track == null ? mode == Mode.THROW : Boolean.parseBoolean(track.strip()));
  }

  private Misuse() {}

  /// A word that is no mode is no reason to stop a program.
  private static Mode parse(String wanted) {
    return switch (wanted.strip().toLowerCase(Locale.ROOT)) {
      case "off" -> Mode.OFF;
      case "warn" -> Mode.WARN;
      case "throw" -> Mode.THROW;
      default -> {
        log("highwater.misuse: " + wanted + " (expected: off, warn or throw; it is warn now)");
        yield Mode.WARN;
      }
    };
  }

  /// What is done about a misuse now.
  public static Mode mode() {
    return mode;
  }

  /// Whether the streams that are made now are tracked.
  public static boolean isTracking() {
    return tracking;
  }

  /// Chooses for the whole process what is done about a misuse from now on, and whether the streams that are made from
  /// now on are tracked; [Mode#OFF] tracks nothing.
  public static void use(Mode mode, boolean tracking) {
    Misuse.mode = mode;
    Misuse.tracking = tracking && mode != Mode.OFF;
  }

  /// Tells `handler` of every finding from now on, instead of the log; a later handler replaces it, and removing it
  /// brings the log back.
  ///
  /// It is called where the misuse is found: on the strand, or on a thread of the library's own for what was collected.
  /// It must not block; what it throws goes to the log. A finding that was thrown instead is not told.
  public static Registration handle(Consumer<? super Finding> handler) {
    Misuse.handler = handler;
    return () -> {
      if (Misuse.handler == handler) Misuse.handler = null;
    };
  }

  /// The first finding of each kind at each place, with how often there were such until now; at most some thousand.
  public static List<Finding> findings() {
    var findings = new ArrayList<Finding>();
    for (var tally : TALLIES.values()) findings.add(counted(tally.first, tally.count.get()));
    return findings;
  }

  /// Tracks `view`, which somebody has to close, such as an iteration of a run, until `over` completes: dropped before,
  /// it is told as [Kind#DROPPED] under `name`. Does nothing while nothing is tracked. `over` must not hold `view`.
  public static void track(Object view, String name, CompletionStage<?> over) {
    if (!tracking) return;
    var birth = Birth.ofView(view, name);
    var _ = over.whenComplete((_, _) -> birth.close());
  }

  /// Forgets what was found until now, and the streams that are tracked until now.
  public static void forget() {
    EPOCH.incrementAndGet();
    TALLIES.clear();
  }

  /// Changes when all is forgotten.
  static int epoch() {
    return EPOCH.get();
  }

  static boolean isOn() {
    return mode != Mode.OFF;
  }

  static boolean isThrowing() {
    return mode == Mode.THROW;
  }

  /// A call that is a misuse: told, or thrown.
  static void found(Kind kind, String stream, CallSite place, String message) {
    if (isThrowing()) {
      count(kind, stream, place, message);
      throw new StreamException(ErrorCode.ERR_MISUSE, message);
    }
    tell(kind, stream, place, message);
  }

  /// A misuse that is no call, or that nobody could catch.
  static void tell(Kind kind, String stream, @Nullable CallSite place, String message) {
    var finding = count(kind, stream, place, message);
    var handler = Misuse.handler;
    if (handler == null) {
      if (isPowerOfTen(finding.count)) log(finding.count == 1 ? message : message + " (time " + finding.count + ")");
      return;
    }
    try {
      handler.accept(finding);
    } catch (RuntimeException thrown) {
      log(message + " (and its handler threw " + thrown + ")");
    }
  }

  private static Finding count(Kind kind, String stream, @Nullable CallSite place, String message) {
    var finding = new Finding(kind, stream, place == null ? UNKNOWN : place.toString(), message, 1);
    var spot = new Spot(kind, finding.place);
    if (TALLIES.size() >= PLACES_MAX && !TALLIES.containsKey(spot)) spot = new Spot(kind, ELSEWHERE);
    var tally = TALLIES.computeIfAbsent(spot, _ -> new Tally(finding, new AtomicLong()));
    return counted(finding, tally.count.incrementAndGet());
  }

  private static Finding counted(Finding finding, long count) {
    return new Finding(finding.kind, finding.stream, finding.place, finding.message, count);
  }

  private static boolean isPowerOfTen(long count) {
    while (count % 10 == 0) count /= 10;
    return count == 1;
  }

  private static void log(String line) {
    System.getLogger("highwater.misuse").log(System.Logger.Level.WARNING, line);
  }
}
