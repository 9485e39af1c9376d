package highwater;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The hooks of one stream, in an array that the stream holds beside a set of the events that are heard, one bit each: it has
/// a place for each of these, in their order, with one hook, or an array of hooks that is replaced on every change.
///
/// An emission works on what it found, so a hook added or removed meanwhile counts from the next emission on, as in Node.
final class Listeners {
  static final @Nullable Object[] NONE = {};

  private Listeners() {}

  private static int indexOf(int heard, Event event) {
    return Integer.bitCount(heard & ((1 << event.ordinal()) - 1));
  }

  /// What hears `event`, which is one of `heard`.
  static @Nullable Object at(@Nullable Object[] places, int heard, Event event) {
    return places[indexOf(heard, event)];
  }

  /// Returns the places with `hook` behind the others of `event`, which is heard from now on.
  static @Nullable Object[] add(@Nullable Object[] places, int heard, Event event, Hook hook) {
    int index = indexOf(heard, event);
    if ((heard & (1 << event.ordinal())) == 0) return opened(places, heard, index, hook);
    if (places[index] instanceof Hook[] many) {
      var more = Arrays.copyOf(many, many.length + 1);
      more[many.length] = hook;
      places[index] = more;
    } else {
      places[index] = new @Nullable Hook[] {(Hook) places[index], hook};
    }
    return places;
  }

  /// Returns the places with `hook` in front of the others of `event`, which is heard from now on.
  static @Nullable Object[] prepend(@Nullable Object[] places, int heard, Event event, Hook hook) {
    int index = indexOf(heard, event);
    if ((heard & (1 << event.ordinal())) == 0) return opened(places, heard, index, hook);
    if (places[index] instanceof Hook[] many) {
      var more = new Hook[many.length + 1];
      more[0] = hook;
      System.arraycopy(many, 0, more, 1, many.length);
      places[index] = more;
    } else {
      places[index] = new @Nullable Hook[] {hook, (Hook) places[index]};
    }
    return places;
  }

  /// Makes a place for `hook`. Two at a time: a pipe's target has four, its source two.
  private static @Nullable Object[] opened(@Nullable Object[] places, int heard, int index, Hook hook) {
    int count = Integer.bitCount(heard);
    var more = count < places.length ? places : Arrays.copyOf(places, count + 2);
    System.arraycopy(more, index, more, index + 1, count - index);
    more[index] = hook;
    return more;
  }

  /// Takes the latest registration of `hook` off; false when it has none. Where it was the last one the place is left empty, to be closed.
  static boolean remove(@Nullable Object[] places, int heard, Event event, Hook hook) {
    int index = indexOf(heard, event);
    if (places[index] == hook) {
      places[index] = null;
      return true;
    }
    if (!(places[index] instanceof Hook[] many)) return false;
    for (int i = many.length - 1; i >= 0; i--) {
      if (many[i] != hook) continue;
      if (many.length == 2) {
        places[index] = many[1 - i];
      } else {
        var fewer = new Hook[many.length - 1];
        System.arraycopy(many, 0, fewer, 0, i);
        System.arraycopy(many, i + 1, fewer, i, fewer.length - i);
        places[index] = fewer;
      }
      return true;
    }
    return false;
  }

  /// Takes the place of `event` away, which is no longer heard.
  static void close(@Nullable Object[] places, int heard, Event event) {
    int index = indexOf(heard, event);
    int count = Integer.bitCount(heard);
    System.arraycopy(places, index + 1, places, index, count - 1 - index);
    places[count - 1] = null;
  }
}
