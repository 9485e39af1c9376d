package highwater.tck;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/// Counts what the test kit's execution reported, and compares what it skipped with the list of what it may skip: the end of
/// `./dev tck`.
final class TckReport {
  private final List<String> complaints = new ArrayList<>();

  /// `Class test` of each test that was skipped.
  private final TreeSet<String> skipped = new TreeSet<>();

  private int passed;
  private int failed;

  private TckReport() {}

  /// Takes the folder of the reports and the list; fails where a test did, and where the two differ.
  public static void main(String[] arguments) throws Exception {
    var report = new TckReport();
    report.read(Path.of(arguments[0]));
    report.compare(Path.of(arguments[1]));
    report.complaints.forEach(System.err::println);
    System.out.println(
        "tck: " + report.passed + " passed, " + report.failed + " failed, " + report.skipped.size() + " skipped");
    if (!report.complaints.isEmpty() || report.failed > 0 || report.passed == 0) System.exit(1);
  }

  private void read(Path folder) throws Exception {
    try (var files = Files.newDirectoryStream(folder, "TEST-*.xml")) {
      for (var file : files) {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        var tests = document.getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++) count((Element) tests.item(i));
      }
    }
  }

  private void count(Element test) {
    var type = test.getAttribute("classname");
    var name = type.substring(type.lastIndexOf('.') + 1) + " " + test.getAttribute("name");
    if (test.getElementsByTagName("skipped").getLength() > 0) {
      if (!skipped.add(name)) complaints.add(name + " was skipped twice");
    } else if (test.getElementsByTagName("failure").getLength() + test.getElementsByTagName("error").getLength() > 0) {
      failed++;
      complaints.add(name + " failed");
    } else {
      passed++;
    }
  }

  /// A line is `Class test reason`, or `* test reason` for whichever classes have it.
  private void compare(Path list) throws Exception {
    Map<String, String> allowed = new LinkedHashMap<>();
    for (var line : Files.readAllLines(list)) {
      if (line.isBlank() || line.startsWith("#")) continue;
      var words = line.split("\\s+", 3);
      if (words.length < 3) complaints.add(list + ": no reason in the line " + line);
      else allowed.put(words[0] + " " + words[1], words[2]);
    }
    var met = skipped.stream().map(name -> lineFor(name, allowed)).collect(Collectors.toSet());
    for (var line : allowed.keySet()) {
      if (!met.contains(line)) complaints.add(line + " is listed as skipped and was not: take it off " + list);
    }
  }

  private String lineFor(String name, Map<String, String> allowed) {
    var general = "*" + name.substring(name.indexOf(' '));
    if (allowed.containsKey(general)) return general;
    if (!allowed.containsKey(name)) complaints.add(name + " was skipped, which the list does not say");
    return name;
  }
}
