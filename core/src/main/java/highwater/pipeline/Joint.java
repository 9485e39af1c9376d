package highwater.pipeline;

import highwater.Diagnosis.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Several parts that a pull is made of: opened, made final, undone and closed together, each under its own name.
///
/// It keeps what [Part] promises to each of them: one commit or abort, the commit only of those that were used up, and
/// the close of every one that was opened.
final class Joint<P extends Part> {
  private final List<String> names = new ArrayList<>();

  /// Grows while they are opened; reports look at it from any thread.
  private final List<P> parts = new CopyOnWriteArrayList<>();

  /// As long as the parts, or one ahead.
  private final List<Boolean> usedUp = new CopyOnWriteArrayList<>();

  /// The part whose result is made final next; and whether it was told.
  private int committing;

  private boolean commitBegun;

  /// Parts that were aborted and have not settled; null before an abort.
  private @Nullable List<P> undoing;

  private @Nullable Throwable thrown;
  private @Nullable String blamed;

  /// Opens `part`, which is closed whatever comes.
  void open(String name, P part, PartContext context) throws Exception {
    names.add(name);
    usedUp.add(false);
    parts.add(part);
    try {
      part.open(context);
    } catch (Throwable failure) {
      throw failed(parts.size() - 1, failure);
    }
  }

  int size() {
    return parts.size();
  }

  P get(int index) {
    return parts.get(index);
  }

  boolean isUsedUp(int index) {
    return usedUp.get(index);
  }

  /// Polls one part, and remembers when it is used up.
  Progress poll(int index) throws Exception {
    try {
      var progress = parts.get(index).poll();
      if (progress == Progress.DONE) usedUp.set(index, true);
      return progress;
    } catch (Throwable failure) {
      throw failed(index, failure);
    }
  }

  /// Notes that `failure` came out of the part at `index`, to be thrown on.
  Exception failed(int index, Throwable failure) {
    blame(index, failure);
    throw Rethrow.asItIs(failure);
  }

  private void blame(int index, Throwable failure) {
    if (thrown != null) return;
    thrown = failure;
    var inner = parts.get(index) instanceof OfSeveral several ? several.blamedFor(failure) : null;
    blamed = inner != null ? inner : names.get(index);
  }

  @Nullable String blamedFor(Throwable cause) {
    return cause == thrown ? blamed : null;
  }

  /// Goes on with what commits are left, one after another; true when all have settled.
  boolean commit() throws Exception {
    for (; committing < parts.size(); committing++) {
      if (!isUsedUp(committing)) continue;
      var part = parts.get(committing);
      try {
        if (!commitBegun) {
          commitBegun = true;
          part.commit();
        }
        if (!part.settled()) return false;
      } catch (Throwable failure) {
        throw failed(committing, failure);
      }
      commitBegun = false;
    }
    return true;
  }

  /// What moves inside its parts, their ends and their results.
  long movedInside() {
    long sum = committing;
    for (int i = 0; i < parts.size(); i++) sum += MovesInside.of(parts.get(i)) + (isUsedUp(i) ? 1 : 0);
    return sum;
  }

  /// How long the one of them that worked longest elsewhere did; any thread.
  long workedNanos(long now) {
    long most = 0;
    for (var part : parts) most = Math.max(most, WorksElsewhere.workedNanos(part, now));
    return most;
  }

  void abort(Throwable cause) {
    var left = new ArrayList<>(parts.subList(committing, parts.size()));
    undoing = left;
    @Nullable Throwable first = null;
    for (var part : left) {
      try {
        part.abort(cause);
      } catch (Throwable later) {
        if (first == null) first = later;
        else FusedLoop.suppress(first, later);
      }
    }
    if (first != null) throw Rethrow.asItIs(first);
  }

  /// Whether what a commit or an abort began has ended.
  boolean settled() throws Exception {
    var left = undoing;
    if (left == null) return commit();
    for (var parts = left.iterator(); parts.hasNext(); ) {
      var part = parts.next();
      boolean settled;
      try {
        settled = part.settled();
      } catch (Throwable failure) {
        parts.remove();
        throw failure;
      }
      if (settled) parts.remove();
    }
    return left.isEmpty();
  }

  void close() throws Exception {
    @Nullable Throwable first = null;
    for (int i = 0; i < parts.size(); i++) {
      try {
        parts.get(i).close();
      } catch (Throwable failure) {
        if (first == null) first = failure;
        else first.addSuppressed(failure);
        blame(i, failure);
      }
    }
    if (first != null) throw Rethrow.asItIs(first);
  }

  /// What one of them waits for.
  @Nullable String waitsFor() {
    for (int i = 0; i < parts.size(); i++) {
      var what = isUsedUp(i) ? null : parts.get(i).waitsFor();
      if (what != null) return what;
    }
    return null;
  }

  Cause waitCause() {
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      if (!isUsedUp(i) && part.waitsFor() != null) return part.waitCause();
    }
    return Cause.UNKNOWN;
  }
}
