package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs a contract over something broken on purpose, and tells what it found.
final class Broken {
  private record Failure(String test, String words) {}

  private Broken() {}

  /// Requires that the contract in `test` fails in its method `method`, saying `words`; the other methods are left out.
  static void assertFound(Class<?> test, String method, String words) {
    var failures = run(test, found -> isOf(found, method));
    assertThat(failures)
        .as("what %s finds", test.getSimpleName())
        .anyMatch(failure -> failure.test.startsWith(method) && failure.words.contains(words));
  }

  /// Requires that the contract in `test` finds nothing.
  static void assertNothingFound(Class<?> test) {
    assertThat(run(test, _ -> FilterResult.included("all"))).as("what %s finds", test.getSimpleName()).isEmpty();
  }

  private static FilterResult isOf(TestDescriptor found, String method) {
    var source = found.getSource().orElse(null);
    return FilterResult.includedIf(!(source instanceof MethodSource it) || it.getMethodName().equals(method));
  }

  private static List<Failure> run(Class<?> test, PostDiscoveryFilter filter) {
    var failures = new ArrayList<Failure>();
    var ran = new int[1];
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).filters(filter).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier found, TestExecutionResult result) {
                if (found.isTest()) ran[0]++;
                result.getThrowable().ifPresent(thrown -> failures.add(new Failure(nameOf(found), inWords(thrown))));
              }
            });
    assertThat(ran[0]).as("tests that ran in %s", test).isPositive();
    return failures;
  }

  /// The method of a test, also where a display name stands for one of its arguments.
  private static String nameOf(TestIdentifier test) {
    var id = test.getUniqueId();
    int from = Math.max(id.lastIndexOf("[method:"), id.lastIndexOf("[test-template:"));
    return from < 0 ? test.getDisplayName() : id.substring(id.indexOf(':', from) + 1);
  }

  private static String inWords(Throwable thrown) {
    var words = new StringBuilder(String.valueOf(thrown));
    for (var later : thrown.getSuppressed()) words.append("; ").append(inWords(later));
    if (thrown.getCause() != null) words.append("; because ").append(inWords(thrown.getCause()));
    return words.toString();
  }
}
