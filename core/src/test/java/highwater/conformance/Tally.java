package highwater.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How many scenarios of each family left Node's trace, and the first ones that did not.
final class Tally {
  private static final int SHOWN_MAX = 10;

  /// One family's count.
  static final class Family {
    private int passed;
    private int played;
    private final List<String> failures = new ArrayList<>();

    boolean allPassed() {
      return passed == played;
    }

    /// The count, as in `399 of 400`.
    String count() {
      return passed + " of " + played;
    }

    /// The first failures, and how many more there are.
    String failures() {
      var text = new StringBuilder();
      for (var failure : failures) text.append("  ").append(failure).append('\n');
      int more = played - passed - failures.size();
      if (more > 0) text.append("  and ").append(more).append(" more\n");
      return text.toString();
    }
  }

  private final Map<String, Family> families = new LinkedHashMap<>();

  /// Plays `scenario` and counts it.
  void play(Scenario scenario) {
    var family = families.computeIfAbsent(scenario.family(), _ -> new Family());
    var comparison = Comparison.of(scenario);
    family.played++;
    if (comparison.same()) family.passed++;
    else if (family.failures.size() < SHOWN_MAX) family.failures.add(comparison.summary());
  }

  Map<String, Family> families() {
    return families;
  }

  int played() {
    return families.values().stream().mapToInt(family -> family.played).sum();
  }

  int passed() {
    return families.values().stream().mapToInt(family -> family.passed).sum();
  }
}
