package highwater;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which package may use which: the table of CONTRIBUTING.md, held to the compiled classes.
class ArchitectureTest {
  private static final Set<String> BELOW_ENDS =
      Set.of("highwater", "highwater.blocking", "highwater.pipeline", "highwater.strand", "highwater.memory");

  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("highwater.strand", Set.of()),
          Map.entry("highwater.memory", Set.of()),
          Map.entry("highwater", Set.of("highwater.strand", "highwater.memory")),
          Map.entry("highwater.pipeline", Set.of("highwater", "highwater.strand", "highwater.memory")),
          Map.entry(
              "highwater.blocking", Set.of("highwater", "highwater.pipeline", "highwater.strand", "highwater.memory")),
          Map.entry("highwater.io", BELOW_ENDS),
          Map.entry("highwater.process", BELOW_ENDS),
          Map.entry("highwater.http", BELOW_ENDS),
          Map.entry("highwater.net", BELOW_ENDS),
          Map.entry(
              "highwater.codec", Set.of("highwater", "highwater.pipeline", "highwater.strand", "highwater.memory")),
          Map.entry("highwater.hub", Set.of("highwater", "highwater.pipeline", "highwater.strand", "highwater.memory")),
          Map.entry("highwater.interop", BELOW_ENDS));

  /// What needs no artifact at run time: the JDK, and annotations that only compilers read.
  private static final Set<String> OUTSIDE =
      Set.of(
          "java.",
          "javax.",
          "jdk.",
          "com.sun.net.httpserver.",
          "org.jspecify.annotations.",
          "com.google.errorprone.annotations.");

  private static final JavaClasses CORE =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("highwater");

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyWhatItsRowAllows(String name) {
    var usable = describe("its row allows: " + MAY_USE.get(name), (JavaClass used) -> mayUse(name, used));
    classes().that().resideInAPackage(name).should().onlyDependOnClassesThat(usable).allowEmptyShould(true).check(CORE);
  }

  @Test
  void everyPackageHasARow() {
    assertThat(CORE).as("classes found").isNotEmpty();
    assertThat(MAY_USE.keySet()).containsAll(CORE.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()));
  }

  static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  private static boolean mayUse(String name, JavaClass used) {
    var element = used.getBaseComponentType();
    return element.isPrimitive()
        || element.getPackageName().equals(name)
        || MAY_USE.get(name).contains(element.getPackageName())
        || OUTSIDE.stream().anyMatch(element.getName()::startsWith);
  }
}
