package highwater.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Highwater's streams leave Node's traces, family by family; `-Dconformance.traces=DIR` plays a
/// folder instead of the project's own recordings.
class ConformanceTest {
  @TestFactory
  Stream<DynamicTest> everyScenarioLeavesTheTraceThatNodeLeft() throws Recordings.Unreadable {
    var tally = new Tally();
    var folder = System.getProperty("conformance.traces", "");
    if (folder.isEmpty()) Recordings.own(tally::play);
    else Recordings.folder(Path.of(folder), tally::play);
    assertThat(tally.played()).isPositive();
    return tally.families().entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey() + ": " + entry.getValue().count(),
                    () -> {
                      if (!entry.getValue().allPassed()) {
                        Assertions.fail(
                            entry.getKey() + ": " + entry.getValue().count() + "\n" + entry.getValue().failures());
                      }
                    }));
  }
}
