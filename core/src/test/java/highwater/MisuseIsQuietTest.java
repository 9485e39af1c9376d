package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// Programs that use streams as they are meant are never accused, and run the same with the detector at its strictest.
///
/// All other tests can be run like that too, with `-DtestJvm=-Dhighwater.misuse=throw`; those that fail then misuse a
/// stream on purpose.
@Timeout(120)
class MisuseIsQuietTest {
  private final Misuse.Mode before = Misuse.mode();
  private final boolean trackedBefore = Misuse.isTracking();
  private final ConcurrentLinkedQueue<Misuse.Finding> found = new ConcurrentLinkedQueue<>();
  private final Registration handler = Misuse.handle(found::add);

  @AfterEach
  void leaveItAsItWas() {
    Misuse.use(before, trackedBefore);
    handler.remove();
    Misuse.forget();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "highwater.ConstructTest",
        "highwater.CouplingTest",
        "highwater.DuplexTest",
        "highwater.MapAsyncTest",
        "highwater.OperatorsTest",
        "highwater.PipeTest",
        "highwater.PipelineOfStreamsTest",
        "highwater.SinksTest",
        "highwater.SourcesTest",
        "highwater.TransformTest",
        "highwater.WritableCorkTest",
        "highwater.examples.LibraryTest",
        "highwater.examples.LiveStreamsTest",
        "highwater.examples.OperatorExamplesTest",
        "highwater.examples.ViewsExampleTest",
        "highwater.pipeline.PartStreamsTest",
        "highwater.pipeline.FileGzipTest",
        "highwater.pipeline.SlowReaderTest"
      })
  void correctProgramsRunTheSame(String test) {
    Misuse.forget();
    Misuse.use(Misuse.Mode.THROW, true);
    assertPasses(test);
    System.gc();
    assertThat(Misuse.findings()).isEmpty();
    assertThat(found).isEmpty();
  }

  /// Some scenarios misuse a stream, so this is held to Node's traces with warnings.
  @ParameterizedTest
  @ValueSource(strings = {"highwater.conformance.ConformanceTest", "highwater.ReadableFlowTest"})
  void warningAndTrackingChangeNothing(String test) {
    Misuse.forget();
    Misuse.use(Misuse.Mode.WARN, true);
    assertPasses(test);
  }

  private static void assertPasses(String test) {
    var request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).build();
    var outcome = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, outcome);
    var summary = outcome.getSummary();
    assertThat(summary.getTestsFoundCount()).as("tests in " + test).isPositive();
    assertThat(summary.getFailures()).as("failures of " + test).isEmpty();
  }
}
