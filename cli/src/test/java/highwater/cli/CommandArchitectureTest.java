package highwater.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The command is built as any user could build it: on the library's public types, and one parser.
class CommandArchitectureTest {
  private static final Set<String> OUTSIDE =
      Set.of(
          "highwater.",
          "org.apache.commons.cli.",
          "java.",
          "javax.",
          "jdk.",
          "org.jspecify.annotations.",
          "com.google.errorprone.annotations.");

  private static final JavaClasses COMMAND =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void noClassSharesAPackageWithTheLibrary() {
    classes().should().resideInAPackage("highwater.cli..").check(COMMAND);
  }

  @Test
  void itUsesPublicTypesOfTheLibraryTheParserAndTheJdk() {
    var usable =
        describe("are its own, or public in the library, commons-cli or the JDK", CommandArchitectureTest::usable);
    classes().should().onlyDependOnClassesThat(usable).check(COMMAND);
  }

  private static boolean usable(JavaClass used) {
    var element = used.getBaseComponentType();
    return element.isPrimitive()
        || element.getPackageName().startsWith("highwater.cli")
        || (OUTSIDE.stream().anyMatch(element.getName()::startsWith)
            && element.getModifiers().contains(JavaModifier.PUBLIC));
  }
}
