package highwater.pipeline;

import highwater.Diagnosis.Cause;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Synchronous operators at work as one part, a [Step] or, where the last link keeps what it gets, a [Put].
///
/// An object goes through all links in one call; between them rests nothing. Behind them is one place for output, which
/// is empty again before more is made. Where one input makes much output (flatMap, a gatherer) the link that holds the
/// rest is asked to pass it on, the one furthest behind first, before any new input is taken.
///
/// The end goes through the links one after another: each is finished when those before it hold nothing any more. A
/// link that needs no more is where the end begins, and what those before it hold is dropped:
///
/// ```
///   MORE ──finish()─────────────▶ link 0 ─▶ link 1 ─▶ … ─▶ DONE
///     └────link k is over───────────────────▶ link k ─▶ … ─▶ DONE
/// ```
final class Chain implements Step<Object, Object>, BulkPull.Taker<Object>, OfSeveral, MovesInside {
  /// How many objects pass between two looks at the cancel flag and the clock, until the run finds its pace.
  private static final int QUOTA = 64;

  /// After how many objects of a run it asks for a loop of its own; then after twice as many, and so on.
  static final long ASK_AFTER = 1024;

  private final Link<Object, Object>[] links;
  private final Link<Object, Object> first;
  private final Link<Object, Object> last;
  private final Link.Holding[] holding;
  private final Link.Watching[] watching;
  private final String[] names;
  private @Nullable PartContext context;
  private @Nullable Object output;

  private int quotaMax = QUOTA;

  /// What may still pass before the next poll.
  private int quota = QUOTA;

  /// What it was given, and `quota` beside.
  private long granted = QUOTA;

  /// The link to be finished next, or -1 while more may come.
  private int ending = -1;

  /// The link furthest behind that needs no more, or -1.
  private int overAt = -1;

  private boolean aborted;
  private boolean closing;

  /// How often a link was asked to pass on what it holds.
  private long passedOn;

  /// Its own loop over what an iterator gives, once it has one.
  private @Nullable OwnLoop loop;

  /// How many objects it had been given when it asked for one.
  private long loopAsked;

  private long takenBytes;
  private @Nullable ByteBuffer lastTaken;
  private @Nullable String blamed;
  private @Nullable Throwable thrown;

  /// Makes the links of `operators`; `last` is called `lastName` and takes what they make, or is null for a step.
  @SuppressWarnings({"unchecked", "rawtypes"}) // The builder of the recipes joined only what fits.
  Chain(List<Operator> operators, @Nullable Link<?, ?> last, String lastName) {
    int count = operators.size();
    links = new Link[count + 1];
    names = new String[count + (last == null ? 0 : 1)];
    for (int i = 0; i < count; i++) {
      links[i] = (Link<Object, Object>) operators.get(i).link().get();
      names[i] = operators.get(i).name();
    }
    if (last != null) names[count] = lastName;
    links[count] = last != null ? (Link<Object, Object>) last : new Output();
    first = links[0];
    this.last = links[count];
    var holders = new ArrayList<Link.Holding>();
    var watchers = new ArrayList<Link.Watching>();
    for (int i = 0; i <= count; i++) {
      var link = links[i];
      link.join(this, i, i < names.length ? names[i] : "", i < count ? links[i + 1] : null);
      if (link instanceof Link.Holding holder) holders.add(holder);
      if (link instanceof Link.Watching watcher) watchers.add(watcher);
    }
    holding = holders.toArray(Link.Holding[]::new);
    watching = watchers.toArray(Link.Watching[]::new);
  }

  /// The end of a chain that is a step: the one place for output.
  private final class Output extends Link<Object, Object> {
    @Override
    boolean accept(Object chunk) {
      output = chunk;
      return false;
    }
  }

  @Override
  public void open(PartContext context) throws Exception {
    this.context = context;
    for (var link : links) link.open();
  }

  @Override
  public Progress poll() throws Exception {
    grant(quotaMax);
    for (; ; ) {
      if (output != null) return Progress.READY;
      if (last.mustWait()) return Progress.WAITING;
      if (quota <= 0) {
        // Much is held, or dropped, and nothing comes out: a cancel and other turns come first.
        context().wake();
        return Progress.WAITING;
      }
      if (passOnHeld()) continue;
      if (ending < 0) {
        for (var watcher : watching) watcher.hungry();
        return Progress.HUNGRY;
      }
      if (ending == links.length) return Progress.DONE;
      finishNext();
    }
  }

  /// Has the link furthest behind that holds something pass it on; false where none does.
  private boolean passOnHeld() throws Exception {
    for (int i = holding.length - 1; i >= 0; i--) {
      var holder = holding[i];
      if (((Link<?, ?>) holder).index() < overAt) return false;
      if (!holder.holds()) continue;
      passedOn++;
      holder.passOn();
      return true;
    }
    return false;
  }

  private void finishNext() throws Exception {
    int next = ending;
    links[next].finish();
    if (ending == next) ending = next + 1;
  }

  @Override
  public void offer(Object chunk) throws Exception {
    var _ = take(chunk);
  }

  @Override
  public boolean take(Object chunk) throws Exception {
    if (quota <= 0) throw new IllegalStateException("a rule was broken: it went on giving after take said false");
    if (chunk instanceof ByteBuffer bytes) lend(bytes);
    // One field for each object: what was taken follows from what is left of the quota.
    if (first.accept(chunk)) {
      if (--quota > 0) return true;
    } else {
      quota--;
    }
    grant(0);
    return false;
  }

  /// Counts what is in a buffer that is about to be taken.
  private void lend(ByteBuffer bytes) {
    takenBytes += bytes.remaining();
    lastTaken = bytes;
  }

  /// Whether it has a loop of its own over iterators of class `from`: once this run, and those like it, have moved so
  /// much that it is worth one.
  boolean hasLoopOver(Class<?> from) {
    if (loop != null) return true;
    if (taken() < Math.max(ASK_AFTER, 2 * loopAsked)) return false;
    long before = loopAsked;
    loopAsked = taken();
    loop = LoopShape.loopFor(this, from, loopAsked - before);
    return loop != null;
  }

  /// Has its own loop give it what [#take] would be given, and returns how many. Who asks where the thread is finds
  /// this frame ([StuckCall]): those of the loop are hidden.
  int takeFrom(Iterator<?> from, ValueOrigin<?> origin, long index) throws Exception {
    var own = loop;
    if (own == null) throw new AssertionError("no loop");
    return own.give(from, origin, index);
  }

  // For a loop of its own.

  int length() {
    return links.length;
  }

  Link<Object, Object> link(int index) {
    return links[index];
  }

  /// How many may be given in one call.
  int quota() {
    return quota;
  }

  /// So many were given, without [#take].
  void took(int objects) {
    quota -= objects;
  }

  /// What needs to be looked at more closely before it is given: null is refused, and the bytes of a buffer count.
  Object checked(@Nullable Object value, ValueOrigin<?> origin, long index) {
    var checked = origin.checkedAny(value, index);
    if (checked instanceof ByteBuffer bytes) lend(bytes);
    return checked;
  }

  /// Whether a link that passes on much may pass on one more.
  boolean mayPass() {
    granted--;
    return --quota > 0;
  }

  /// From now on so many objects may pass.
  private void grant(int objects) {
    granted += objects - quota;
    quota = objects;
  }

  @Override
  public Object next() {
    var chunk = output;
    if (chunk == null) throw new AssertionError("next without READY");
    output = null;
    return chunk;
  }

  @Override
  public void finish() {
    if (ending < 0) ending = 0;
  }

  @Override
  public void abort(Throwable cause) {
    aborted = true;
  }

  @Override
  public void close() throws Exception {
    closing = true;
    @Nullable Throwable first = null;
    for (var link : links) {
      try {
        link.close();
      } catch (Throwable thrown) {
        if (first == null) first = thrown;
        else first.addSuppressed(thrown);
      }
    }
    output = null;
    if (first != null) throw Rethrow.asItIs(first);
  }

  @Override
  public @Nullable String waitsFor() {
    for (var link : links) {
      var what = link.waitsFor();
      if (what != null) return what;
    }
    return null;
  }

  @Override
  public Cause waitCause() {
    for (var link : links) if (link.waitsFor() != null) return link.waitCause();
    return Cause.UNKNOWN;
  }

  // For the links.

  void over(int index) {
    overAt = Math.max(overAt, index);
    ending = Math.max(ending, index);
  }

  int overAt() {
    return overAt;
  }

  /// Whether this is the close of a chain in whose run nothing failed.
  boolean wasLeftEarly() {
    return closing && !aborted;
  }

  PartContext context() {
    var given = context;
    if (given == null) throw new AssertionError("not open");
    return given;
  }

  void blame(Link<?, ?> link, Throwable thrown) {
    if (blamed != null) return;
    blamed = names.length == 0 ? "" : nameOf(link.index());
    this.thrown = thrown;
  }

  /// The operator's name, with its place where the chain has several of that name.
  private String nameOf(int index) {
    if (index >= names.length) return "";
    int same = 0;
    for (var name : names) if (name.equals(names[index])) same++;
    return same == 1 ? names[index] : names[index] + " (operator " + (index + 1) + " of " + names.length + ")";
  }

  // For the run.

  @Override
  public @Nullable String blamedFor(Throwable cause) {
    return cause == thrown ? blamed : null;
  }

  /// Sets how many objects may pass before the next poll, in this call and in those that follow.
  void setQuota(int objects) {
    quotaMax = objects;
    grant(objects);
  }

  /// What it was given, and passes and ends within: as often as the run looks, and nothing for each object.
  @Override
  public long movedInside() {
    return taken() + passedOn + ending;
  }

  /// How many objects it was given.
  long taken() {
    return granted - quota;
  }

  /// Counts the object at which a link failed: it was taken.
  void countFailed() {
    quota--;
  }

  /// The buffer it was given last, or null: what is left in it was not used up when a link failed.
  @Nullable ByteBuffer lastTaken() {
    return lastTaken;
  }

  /// How many bytes they had together, where they were buffers.
  long takenBytes() {
    return takenBytes;
  }
}
