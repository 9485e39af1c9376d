package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// docs/semantics.md says which test holds each rule: here is held that those tests exist.
class SemanticsDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/semantics.md");
  private static final Path TESTS = Path.of("src/test/java");

  /// Tests of the other modules; rules and Node's features are held there too.
  private static final List<Path> TESTS_ELSEWHERE =
      List.of(
          Path.of("../connect/compress/src/test/java"),
          Path.of("../connect/s3/src/test/java"),
          Path.of("../connect/micrometer/src/test/java"),
          Path.of("../dashboard/src/test/java"),
          Path.of("../cli/src/test/java"));

  private static final Path SOURCES = Path.of("src/main/java");

  /// A rule is a point of a list that begins with its number and ends before the next point or paragraph.
  private static final Pattern RULE =
      Pattern.compile("(?m)^- \\*\\*([DWRTPLFXSCVIOMGJAHEBQNU]\\d+)\\*\\* ((?:.+\\n(?!- ))*.+)");

  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test)(?:#(\\w+))?`");

  /// What code and tests call a rule by.
  private static final Pattern MENTION = Pattern.compile("docs/semantics\\.md, ([^)]*)\\)");

  private record Rule(String number, String text) {}

  private final String document = Files.readString(DOCUMENT);
  private final List<Rule> rules = rules();

  SemanticsDocumentTest() throws IOException {}

  private List<Rule> rules() {
    var found = new ArrayList<Rule>();
    for (var match = RULE.matcher(document); match.find(); ) found.add(new Rule(match.group(1), match.group(2)));
    assertThat(found).as("rules in %s", DOCUMENT).hasSizeGreaterThan(60);
    return found;
  }

  @Test
  void everyRuleHasANumberOfItsOwn() {
    assertThat(rules).extracting(Rule::number).doesNotHaveDuplicates();
  }

  @Test
  void everyRuleNamesWhatHoldsIt() {
    assertThat(rules)
        .allMatch(
            rule ->
                TEST.matcher(rule.text).find() || rule.text.contains("conformance") || rule.text.contains("untested"),
            "names a test, conformance or untested");
  }

  @Test
  void everyTestItNamesExists() throws IOException {
    var classes = testClasses();
    var missing = new ArrayList<String>();
    for (var match = TEST.matcher(document); match.find(); ) {
      var source = classes.get(match.group(1));
      var method = match.group(2);
      if (source == null || (method != null && !source.contains("void " + method + "("))) missing.add(match.group());
    }
    assertThat(missing).as("tests named in %s that do not exist", DOCUMENT).isEmpty();
  }

  @Test
  void everyRuleThatCodeMentionsExists() throws IOException {
    var numbers = new HashSet<>(rules.stream().map(Rule::number).toList());
    var unknown = new ArrayList<String>();
    for (var folder : List.of(SOURCES, TESTS)) {
      for (var file : javaFiles(folder)) {
        for (var match = MENTION.matcher(Files.readString(file)); match.find(); ) {
          for (var mentioned : numbersIn(match.group(1))) {
            if (!numbers.contains(mentioned)) unknown.add(file.getFileName() + ": " + mentioned);
          }
        }
      }
    }
    assertThat(unknown).as("rules that are mentioned and not in %s", DOCUMENT).isEmpty();
  }

  /// "R1 to R3, X5" names R1, R2, R3 and X5.
  private static Set<String> numbersIn(String mention) {
    var numbers = new HashSet<String>();
    var ranges = Pattern.compile("([A-Z])(\\d+)(?: to [A-Z](\\d+))?").matcher(mention);
    while (ranges.find()) {
      int first = Integer.parseInt(ranges.group(2));
      int last = ranges.group(3) == null ? first : Integer.parseInt(ranges.group(3));
      for (int i = first; i <= last; i++) numbers.add(ranges.group(1) + i);
    }
    return numbers;
  }

  private static Map<String, String> testClasses() throws IOException {
    var files = new ArrayList<>(javaFiles(TESTS));
    for (var folder : TESTS_ELSEWHERE) files.addAll(javaFiles(folder));
    var classes = new HashMap<String, String>();
    for (var file : files) {
      classes.merge(file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
    }
    return classes;
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
