package highwater.io;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The landings of this process that are neither committed nor undone. Thread rule: any thread.
final class Unfinished {
  private static final Set<Landing> LANDINGS = new LinkedHashSet<>();

  private Unfinished() {}

  static void add(Landing landing) {
    synchronized (LANDINGS) {
      LANDINGS.add(landing);
    }
  }

  static void remove(Landing landing) {
    synchronized (LANDINGS) {
      LANDINGS.remove(landing);
    }
  }

  static List<Landing> now() {
    synchronized (LANDINGS) {
      return new ArrayList<>(LANDINGS);
    }
  }
}
