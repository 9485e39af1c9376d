package highwater;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// The right to be the only one who reads a live stream, or who writes to it, for the rest of its life.
///
/// Listeners and pipes share a stream as in Node, also with the one operator or terminal, or the readers (`chunks()`), that take
/// its chunks until they are over; a view of it (an iteration, a publisher, an `InputStream`) and a pipeline over it do not.
/// Whoever takes a stream that has a consumer is refused, and so is every consumer after it, each time where it is attached,
/// with a [StreamException] that names both places in the user's code. Watching (`onEnd`, `onError`, `onClose`) and destroying
/// stay everybody's. Thread rule: [#claim] on any thread, the rest on the stream's strand. Cost: the look at the stack, about a
/// microsecond.
public final class Ownership {
  private final String what;
  private final CallSite place;
  private final boolean isReader;
  private boolean attaching;

  private Ownership(String what, boolean isReader) {
    this.what = what;
    this.isReader = isReader;
    this.place = CallSite.here();
  }

  /// Makes a claim on a stream for `what`, such as `a pipeline`, and notes where the library was called for it.
  public static Ownership claim(String what) {
    return new Ownership(what, false);
  }

  /// The claim of one who asks for each chunk, beside others of the kind, as in Node.
  static Ownership ofReader() {
    return new Ownership("chunks()", true);
  }

  /// Takes the readable side of `stream`; throws `ERR_INVALID_STATE` where it has a consumer: an owner, a listener for `data`
  /// or `readable`, a pipe.
  public void takeReading(ReadableStream<?> stream) {
    var side = stream.readableSide();
    var life = side.life();
    refuseSecond(life, side.owner);
    for (var taker : side.takers) refuseSecond(life, taker);
    refuseSecond(life, life.firstHook(Event.DATA));
    refuseSecond(life, life.firstHook(Event.READABLE));
    side.owner = this;
  }

  /// Takes the writable side of `stream`; throws `ERR_INVALID_STATE` where it has an owner or is piped to.
  public void takeWriting(WritableStream<?> stream) {
    var side = stream.writableSide();
    var life = side.life();
    refuseSecond(life, side.owner);
    for (var hook : life.hooks(Event.UNPIPE)) if (hook instanceof Pipe<?>) refuseSecond(life, hook);
    for (var hook : life.hooks(Event.DRAIN)) if (hook instanceof Coupling<?, ?>) refuseSecond(life, hook);
    side.owner = this;
  }

  /// Takes the chunks of `side` one at a time, beside listeners and pipes, until [#leaveChunks]; throws `ERR_INVALID_STATE`
  /// where somebody owns it, or takes its chunks as well: only readers share them.
  void takeChunks(ReadableSide<?> side) {
    var life = side.life();
    life.checkStrand(what);
    refuseSecond(life, side.owner);
    for (var taker : side.takers) if (!isReader || !taker.isReader) refuseSecond(life, taker);
    if (Misuse.isOn()) Consumers.CHUNKS.check(side, what);
    var more = new ArrayList<>(side.takers);
    more.add(this);
    side.takers = more;
  }

  /// Lets the next one take the chunks of `side`.
  void leaveChunks(ReadableSide<?> side) {
    var fewer = new ArrayList<>(side.takers);
    if (fewer.remove(this)) side.takers = fewer;
  }

  /// Runs `body`, in which the owner itself attaches what it needs.
  public void attach(Runnable body) {
    attaching = true;
    try {
      body.run();
    } finally {
      attaching = false;
    }
  }

  /// Refuses `call` by anybody but the owner.
  void check(Life life, String call) {
    if (!attaching) throw refusal(life, call + " at " + CallSite.here(), describe());
  }

  private void refuseSecond(Life life, @Nullable Object first) {
    if (first != null) throw refusal(life, describe(), describe(first));
  }

  /// What `consumer` of a stream is, and where it was attached.
  static String describe(Object consumer) {
    return switch (consumer) {
      case Ownership owner -> owner.describe();
      case Listener listener -> listener.describe();
      case Pipe<?> pipe -> pipe.describe();
      case Taking<?> taking -> taking.claim().describe();
      case Coupling<?, ?> coupling -> coupling.claim().describe();
      default -> "a listener of the library";
    };
  }

  String describe() {
    return what + " at " + place;
  }

  private static StreamException refusal(Life life, String second, String first) {
    return new StreamException(
        ErrorCode.ERR_INVALID_STATE,
        second
            + ": "
            + life.name()
            + " is taken already, by "
            + first
            + " (expected: one view alone; or listeners, pipes and one operator or terminal); take it once, and share"
            + " what comes out of it");
  }
}
