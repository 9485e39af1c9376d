package highwater.pipeline;

import highwater.Diagnosis.Cause;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One operator of a [Chain] at work: takes objects of `I` and passes objects of `O` to the link behind it, in the same
/// call.
///
/// An answer of false means "no more now": the output is taken, something is held that must be passed on first
/// ([Holding]), or nobody needs more ([#over()]). Whoever gets it stops, and the chain finds out why.
abstract class Link<I, O> {
  private @Nullable Chain chain;

  /// The link behind. Each link calls it from its own code, so that the compiler sees who calls whom: from one place in
  /// common it would not inline.
  @SuppressWarnings("NullAway.Init") // Set by join; the last link has none and calls none.
  Link<? super O, ?> next;

  private String name = "";
  private int index;

  /// A link that may hold output of its own when it answers false.
  interface Holding {
    /// Whether something is held that could be passed on now.
    boolean holds();

    /// Passes on what is held until nothing is, or until the link behind answers false; passes on one at least.
    void passOn() throws Exception;
  }

  /// A link that calls one function of the user's for each object, and knows nothing else: a loop can do so without it
  /// ([OwnLoop]).
  interface Plain {
    /// What it does with the function.
    Does does();

    Object function();

    /// The end of a chain was reached by so many objects.
    default void reached(long objects) {}
  }

  /// What a plain link does with its function.
  enum Does {
    /// A `Function` makes the object that is passed on.
    MAPS,
    /// A `Predicate` tells whether it is passed on.
    TESTS,
    /// A `Consumer` looks at it before it is passed on.
    LOOKS,
    /// A `Consumer` takes it; nothing is behind.
    TAKES,
    /// An [EachTarget.Body] takes it; nothing is behind.
    HANDS
  }

  /// A link that watches how long its input takes.
  interface Watching {
    /// The chain has become hungry: whatever comes next is its input.
    void hungry();
  }

  final void join(Chain chain, int index, String name, @Nullable Link<? super O, ?> next) {
    this.chain = chain;
    this.index = index;
    this.name = name;
    if (next != null) this.next = next;
  }

  /// Begins; called once, first, on the strand.
  void open() throws Exception {}

  /// Takes one object, lent as [Pull] says. True when the next may follow at once.
  abstract boolean accept(I chunk) throws Exception;

  /// No more comes: passes on what is left. Called once, unless a link behind is over.
  void finish() throws Exception {}

  /// Releases everything; called once and last.
  void close() throws Exception {}

  /// Whether the last link can neither take an object nor end before somebody wakes the run.
  boolean mustWait() {
    return false;
  }

  /// What it waits for now, for reports.
  @Nullable String waitsFor() {
    return null;
  }

  Cause waitCause() {
    return Cause.UNKNOWN;
  }

  /// This link needs no more, so none before it does: the chain finishes it, and those behind it.
  final boolean over() {
    chain().over(index);
    return false;
  }

  /// Whether a link behind needs no more: what is passed on now is lost.
  final boolean isNeedless() {
    return chain().overAt() > index || chain().wasLeftEarly();
  }

  final Chain chain() {
    var joined = chain;
    if (joined == null) throw new AssertionError("not joined");
    return joined;
  }

  final int index() {
    return index;
  }

  final String name() {
    return name;
  }

  /// What the user's function threw, to be thrown on: the run then names this operator.
  final Exception failed(Throwable thrown) {
    chain().blame(this, thrown);
    throw Rethrow.asItIs(thrown);
  }

  /// Calls a function of the user's on this operator's account.
  final <R> R call(Callable<R> function) throws Exception {
    try {
      return function.call();
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
  }

  /// The failure of a function that made null, `of` says of what.
  final NullPointerException madeNull(String of) {
    var refusal = new NullPointerException("the function made null of " + of + ": filter before, or wrap it");
    chain().blame(this, refusal);
    return refusal;
  }

  /// `chunk`, or a copy of a `ByteBuffer`, which is only lent.
  static <T> T kept(T chunk) {
    return PartStreams.copied(chunk);
  }

  /// Calls a function that only looks, as [#look] does.
  static <T> void lookWith(Consumer<? super T> consumer, T chunk) {
    if (!(chunk instanceof ByteBuffer buffer)) {
      consumer.accept(chunk);
      return;
    }
    int position = buffer.position();
    int limit = buffer.limit();
    consumer.accept(chunk);
    putBack(buffer, position, limit);
  }

  /// Tests with a function that only looks: it may move a buffer's position and limit, which are put back.
  static <T> boolean look(Predicate<? super T> test, T chunk) {
    if (!(chunk instanceof ByteBuffer buffer)) return test.test(chunk);
    int position = buffer.position();
    int limit = buffer.limit();
    boolean answer = test.test(chunk);
    putBack(buffer, position, limit);
    return answer;
  }

  private static void putBack(ByteBuffer buffer, int position, int limit) {
    // Mostly it has moved neither, and a look costs less than a checked write.
    if (buffer.limit() != limit) buffer.limit(limit);
    if (buffer.position() != position) buffer.position(position);
  }
}
