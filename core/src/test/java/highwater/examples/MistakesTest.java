package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Misuse;
import highwater.Registration;
import highwater.contract.Remains;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// docs/mistakes.md: what it says that a mistake costs, and that the detector prints, is so.
@Timeout(90)
class MistakesTest {
  private static final Path DOCUMENT = Path.of("../docs/mistakes.md");

  /// What the detector finds; the others it does not see.
  private static final Map<Mistakes, Misuse.Kind> FOUND =
      new EnumMap<>(
          Map.of(
              Mistakes.DATA_LISTENER_IGNORES_WRITE, Misuse.Kind.WROTE_ON,
              Mistakes.PUSH_IN_A_LOOP, Misuse.Kind.PUSHED_ON,
              Mistakes.WRITES_IN_AN_ITERATION, Misuse.Kind.WROTE_ON,
              Mistakes.ACKNOWLEDGING_TWICE, Misuse.Kind.ACKNOWLEDGED_TWICE,
              Mistakes.NEVER_ACKNOWLEDGING, Misuse.Kind.NEVER_ACKNOWLEDGED,
              Mistakes.LISTENER_AND_ITERATION, Misuse.Kind.TWO_CONSUMERS,
              Mistakes.DROPPED, Misuse.Kind.DROPPED));

  private final Misuse.Mode before = Misuse.mode();
  private final boolean trackedBefore = Misuse.isTracking();
  private final ConcurrentLinkedQueue<Misuse.Finding> found = new ConcurrentLinkedQueue<>();
  private Registration handler;

  @BeforeEach
  void beginAnew() {
    handler = Misuse.handle(found::add);
    Misuse.forget();
  }

  @AfterEach
  void leaveItAsItWas() {
    Misuse.use(before, trackedBefore);
    handler.remove();
    Misuse.forget();
  }

  @ParameterizedTest
  @EnumSource
  void theWrongWayCostsWhatTheDocumentSays(Mistakes mistake) {
    Misuse.use(Misuse.Mode.OFF, false);
    assertThat(mistake.cost(false)).isEqualTo(mistake.wrong);
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theRightWayCostsWhatTheDocumentSaysAndIsNoMisuse(Mistakes mistake) {
    Misuse.use(Misuse.Mode.THROW, true);
    assertThat(mistake.cost(true)).isEqualTo(mistake.right);
    System.gc();
    assertThat(Misuse.findings()).filteredOn(finding -> finding.place().startsWith("Mistakes")).isEmpty();
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theDetectorPrintsWhatTheDocumentSaysAndTheCostIsTheSame(Mistakes mistake) throws Exception {
    Misuse.use(Misuse.Mode.WARN, true);
    assertThat(mistake.cost(false)).isEqualTo(mistake.wrong);
    var kind = FOUND.get(mistake);
    if (kind == null) {
      assertThat(found).isEmpty();
      return;
    }
    Remains.await(
        "the finding " + kind,
        () -> {
          System.gc();
          return found.stream().anyMatch(finding -> finding.kind() == kind);
        });
    var finding = found.stream().filter(each -> each.kind() == kind).findFirst().orElseThrow();
    assertThat(finding.place()).startsWith("Mistakes.java:");
    assertThat(withoutLines(Files.readString(DOCUMENT)).lines()).contains(withoutLines(finding.message()));
  }

  /// The lines of the source move.
  private static String withoutLines(String text) {
    return text.replaceAll("(Mistakes\\.java):\\d+", "$1");
  }

  @Test
  void theTableHasEveryMistake() throws Exception {
    var document = Files.readString(DOCUMENT);
    for (var mistake : Mistakes.values()) {
      assertThat(document).contains("| %s | %,d | %,d |".formatted(mistake.measured, mistake.wrong, mistake.right));
    }
  }

  @Test
  void aStrandThatIsBlockedIsLate() {
    assertThat(Mistakes.latenessMillis(false)).isGreaterThanOrEqualTo(150);
  }

  @Test
  void theDocumentHasNoOtherCode() throws Exception {
    Blocks.of(DOCUMENT.toString()).assertStandIn("Mistakes");
  }
}
