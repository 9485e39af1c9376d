package highwater;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The hooks of one stream, in an array that the stream holds: for each event nothing, one hook, or an array of hooks that is
/// replaced on every change.
///
/// An emission works on the array it found, so a hook added or removed meanwhile counts from the next emission on, as in Node.
final class Listeners {
  private static final int EVENTS = Event.values().length;

  private Listeners() {}

  static @Nullable Object[] none() {
    return new @Nullable Object[EVENTS];
  }

  static void add(@Nullable Object[] slots, Event event, Hook hook) {
    var slot = slots[event.ordinal()];
    if (slot == null) {
      slots[event.ordinal()] = hook;
    } else if (slot instanceof Hook[] many) {
      var more = Arrays.copyOf(many, many.length + 1);
      more[many.length] = hook;
      slots[event.ordinal()] = more;
    } else {
      slots[event.ordinal()] = new Hook[] {(Hook) slot, hook};
    }
  }

  static void prepend(@Nullable Object[] slots, Event event, Hook hook) {
    var slot = slots[event.ordinal()];
    if (slot == null) {
      slots[event.ordinal()] = hook;
    } else if (slot instanceof Hook[] many) {
      var more = new Hook[many.length + 1];
      more[0] = hook;
      System.arraycopy(many, 0, more, 1, many.length);
      slots[event.ordinal()] = more;
    } else {
      slots[event.ordinal()] = new Hook[] {hook, (Hook) slot};
    }
  }

  /// Takes the latest registration of `hook` off; false when it has none.
  static boolean remove(@Nullable Object[] slots, Event event, Hook hook) {
    var slot = slots[event.ordinal()];
    if (slot == hook) {
      slots[event.ordinal()] = null;
      return true;
    }
    if (!(slot instanceof Hook[] many)) return false;
    for (int i = many.length - 1; i >= 0; i--) {
      if (many[i] != hook) continue;
      if (many.length == 2) {
        slots[event.ordinal()] = many[1 - i];
      } else {
        var fewer = new Hook[many.length - 1];
        System.arraycopy(many, 0, fewer, 0, i);
        System.arraycopy(many, i + 1, fewer, i, fewer.length - i);
        slots[event.ordinal()] = fewer;
      }
      return true;
    }
    return false;
  }
}
