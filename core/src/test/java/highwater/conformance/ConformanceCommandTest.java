package highwater.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
  private static final String SCENARIO =
      """
      {"id":"writable-1","family":"writable","turns":9,"streams":[{"id":"w","type":"writable","objectMode":false,\
      "highWaterMark":4,"emitClose":true,"autoDestroy":true,"writev":false,"sink":[{"after":"sync"}]}],\
      "ops":[{"turn":0,"do":"write","on":"w","size":1}],\
      "trace":["0 w._write(1:f20c3f36)","0 w.write(1:f20c3f36) > true","0 w.written(1:f20c3f36) ok","0 w{w=0; }"]}
      """;

  private static final String REACTION =
      """
      {"turn":0,"do":"react","on":"w","event":"drain","then":{"turn":0,"do":"pipe","on":"w","to":"y"}}\
      """;

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(Object... args) {
    var words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    return Conformance.run(words, new PrintStream(out), new PrintStream(err));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void assertOneClearLine(String... words) {
    assertThat(out()).isEmpty();
    assertThat(err()).startsWith("conformance: ").contains(words);
    assertThat(err().lines()).hasSize(1);
  }

  @Test
  void aFolderWhoseTracesAgreeIsCountedByFamily() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), SCENARIO);
    assertThat(run(folder)).isZero();
    assertThat(out()).isEqualTo("writable: 1 of 1\nconformance: 1 of 1\n");
  }

  @Test
  void aTraceThatDiffersIsNamedWithItsFirstLine() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), SCENARIO.replace("> true", "> false"));
    assertThat(run(folder)).isEqualTo(1);
    assertThat(out())
        .contains("writable: 0 of 1\n", "conformance: 0 of 1\n", "writable-1 differs at line 2")
        .contains("Node:      0 w.write(1:f20c3f36) > false", "Highwater: 0 w.write(1:f20c3f36) > true");
  }

  @Test
  void aTraceThatIsCutShortDiffers() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), SCENARIO.replace(",\"0 w{w=0; }\"", ""));
    assertThat(run(folder)).isEqualTo(1);
    assertThat(out()).contains("differs at line 4", "Node:      (nothing)", "Highwater: 0 w{w=0; }");
  }

  @Test
  void showPutsTheTracesSideBySideAndMarksTheFirstDifference() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), SCENARIO.replace("> true", "> false"));
    assertThat(run(folder, "--show", "writable-1")).isEqualTo(1);
    assertThat(out().lines())
        .contains("> 0 w.write(1:f20c3f36) > false | 0 w.write(1:f20c3f36) > true")
        .contains("  0 w{w=0; }                    | 0 w{w=0; }");
  }

  @Test
  void showOfAnUnknownScenarioIsRefused() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), SCENARIO);
    assertThat(run(folder, "--show", "writable-2")).isEqualTo(2);
    assertOneClearLine("writable-2");
  }

  @Test
  void aMissingFolderIsRefused() {
    assertThat(run(folder.resolve("nowhere"))).isEqualTo(2);
    assertOneClearLine("nowhere", "no such folder");
  }

  @Test
  void anEmptyFolderIsRefused() {
    assertThat(run(folder)).isEqualTo(2);
    assertOneClearLine(folder.toString(), "holds no .jsonl.gz or .jsonl file");
  }

  @Test
  void aFolderWithoutAnyScenarioIsRefused() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), "\n");
    assertThat(run(folder)).isEqualTo(2);
    assertOneClearLine("holds no scenario");
  }

  @Test
  void aDamagedGzipIsRefused() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(SCENARIO.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() - 12));
    assertThat(run(folder)).isEqualTo(2);
    assertOneClearLine("cut.jsonl.gz");
  }

  @Test
  void anEmptyGzipIsRefused() throws IOException {
    Files.createFile(folder.resolve("empty.jsonl.gz"));
    assertThat(run(folder)).isEqualTo(2);
    assertOneClearLine("empty.jsonl.gz");
  }

  @Test
  void aMalformedLineIsRefusedWithItsPlace() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), SCENARIO + "{\"id\":\n");
    assertThat(run(folder)).isEqualTo(2);
    assertOneClearLine("a.jsonl:2: not a scenario");
  }

  @Test
  void aLineThatIsNoScenarioIsRefused() throws IOException {
    for (var line :
        new String[] {
          "null",
          "{}",
          SCENARIO.replace("\"write\"", "\"scribble\""),
          SCENARIO.replace("\"on\":\"w\"", "\"on\":\"x\""),
          SCENARIO.replace("\"sync\"", "\"soon\""),
          SCENARIO.replace("{\"turn\":0,\"do\":\"write\",\"on\":\"w\",\"size\":1}", REACTION.replace("\"y\"", "\"x\"")),
          SCENARIO.replace("\"turns\":9,", "\"turns\":9,\"tells\":\"nothing\","),
          SCENARIO.replace("[{\"after\":\"sync\"}]", "[]"),
          SCENARIO.replace("\"highWaterMark\":4,", ""),
        }) {
      Files.writeString(folder.resolve("a.jsonl"), line);
      assertThat(run(folder)).as(line).isEqualTo(2);
      assertOneClearLine("a.jsonl:1: not a scenario");
      err.reset();
    }
  }

  @Test
  void linesOfATurnAreSortedBySubjectWhereThatIsAllATraceTells() throws IOException {
    var turns = SCENARIO.replace("\"turns\":9,", "\"turns\":9,\"tells\":\"turns\",");
    Files.writeString(folder.resolve("a.jsonl"), turns);
    assertThat(run(folder)).isZero();
    Files.writeString(folder.resolve("a.jsonl"), turns.replace("[\"0 w._write(1:f20c3f36)\",", "["));
    assertThat(run(folder)).isEqualTo(1);
  }

  @Test
  void anOutcomeIsTheLinesOfOneNameAndWhatIsReleased() throws IOException {
    var outcome =
        SCENARIO
            .replace("\"turns\":9,", "\"turns\":9,\"tells\":\"order\",\"outcome\":\"w\",")
            .replace("\"0 w{w=0; }\"", "\"w is open\"")
            .replace("\"0 w", "\"w");
    Files.writeString(folder.resolve("a.jsonl"), outcome);
    assertThat(run(folder)).as(out()).isZero();
    Files.writeString(folder.resolve("a.jsonl"), outcome.replace("is open", "is closed"));
    assertThat(run(folder)).isEqualTo(1);
    assertThat(out()).contains("Highwater: w is open");
  }

  @Test
  void aWordTooManyIsRefused() {
    assertThat(run(folder, folder)).isEqualTo(2);
    assertOneClearLine("usage: conformance [DIR] [--show ID]");
  }
}
