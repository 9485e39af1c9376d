package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The blocks of Java in a document.
record Blocks(String document, List<String> blocks) {
  private static final Path TESTS = Path.of("src/test/java/highwater/examples");

  /// The tests of examples that need a connector.
  private static final List<Path> CONNECTORS =
      List.of(
          Path.of("../connect/jdbc/src/test/java/highwater/jdbc"),
          Path.of("../connect/server/src/test/java/highwater/servlet"));

  @SuppressWarnings("StringSplitter") // The document ends with a block or with text; both are fine.
  static Blocks of(String document) throws IOException {
    var pieces = Files.readString(Path.of(document)).split("```");
    var blocks = new ArrayList<String>();
    for (int i = 1; i < pieces.length; i += 2) if (pieces[i].startsWith("java\n")) blocks.add(pieces[i].substring(5));
    return new Blocks(document, blocks);
  }

  /// Each block, imports apart, stands in the source of `test`, a test of this package.
  void assertStandIn(String test) throws IOException {
    assertStandIn(Map.of(test, squeezed(Files.readString(TESTS.resolve(test + ".java")))));
  }

  /// Each block, imports apart, stands in the source of one test or another of this package, or of a connector's examples.
  void assertStandInTests() throws IOException {
    var tests = new TreeMap<String, String>();
    read(TESTS, "*Test.java", tests);
    for (var folder : CONNECTORS) read(folder, "*ExamplesTest.java", tests);
    assertStandIn(tests);
  }

  private static void read(Path folder, String names, Map<String, String> tests) throws IOException {
    try (var files = Files.newDirectoryStream(folder, names)) {
      for (var file : files) tests.put(file.getFileName().toString(), squeezed(Files.readString(file)));
    }
  }

  private void assertStandIn(Map<String, String> tests) {
    assertThat(blocks).as("blocks of Java in " + document).isNotEmpty();
    for (var block : blocks) {
      assertThat(tests.values())
          .as(() -> document + " has this block, and none of " + tests.keySet() + ":\n" + block)
          .anyMatch(test -> standsIn(test, block));
    }
  }

  /// All parts of a block stand in one test, though something may stand between them there.
  @SuppressWarnings("StringSplitter") // As above.
  private static boolean standsIn(String test, String block) {
    for (var part : block.split("\n\n")) {
      var code = part.lines().filter(line -> !line.startsWith("import ")).toList();
      if (!test.contains(squeezed(String.join("\n", code)))) return false;
    }
    return true;
  }

  /// Without white space: documents break lines where they like.
  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }
}
