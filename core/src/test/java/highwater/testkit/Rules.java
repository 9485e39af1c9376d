package highwater.testkit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// What a contract has seen broken, and what is still owed; several threads may tell.
final class Rules {
  private final LinkedHashSet<String> broken = new LinkedHashSet<>();
  private final List<String> owed = new ArrayList<>();

  /// Notes `rule` unless it `holds`.
  synchronized void require(boolean holds, String rule) {
    if (!holds) broken.add(rule);
  }

  /// Notes a call that must be answered.
  synchronized void owe(String call) {
    owed.add(call);
  }

  /// Notes an answer to a call.
  synchronized void answered(String call) {
    owed.remove(call);
  }

  /// What is owed, for a message.
  synchronized String inWords() {
    var words = owed.isEmpty() ? "every call was answered" : "not answered: " + owed;
    return broken.isEmpty() ? words : words + "; broken: " + broken;
  }

  /// Throws where anything was broken.
  synchronized void check() {
    if (!broken.isEmpty()) throw new AssertionError("broken rules: " + String.join("; ", broken));
  }
}
