package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Help, manual page, completion and reference say the same, because they are made from the same enums.
class ManualTest {
  private static final Path REFERENCE = Path.of("..", "docs", "command.md");
  private static final String BEGIN = "<!-- made from the description in the code: begin -->\n";
  private static final String END = "<!-- made from the description in the code: end -->\n";

  @TempDir Path folder;

  private static String help() {
    return Help.render("highwater pipe", Manual.pipe(), 100);
  }

  @Test
  void theHelpNamesEveryOptionStageAndExitCode() {
    String help = help();
    for (Flag flag : Flag.values()) assertThat(help).contains(flag.synopsis());
    for (StageName stage : StageName.values()) assertThat(help).contains("\n  " + stage.word + stage.form);
    for (ExitCode code : ExitCode.values()) assertThat(help).contains("\n  " + code.number + " ");
  }

  @Test
  void theHelpKeepsToItsWidth() {
    for (int width : new int[] {50, 80, 100}) {
      for (String line : Help.render("highwater", Manual.pipe(), width).lines().toList()) {
        // Examples are commands to copy, so they stay on one line.
        if (!line.startsWith("  ") || line.startsWith("   ")) assertThat(line.length()).isLessThanOrEqualTo(width);
      }
    }
  }

  @Test
  void theOverviewNamesEveryCommand() {
    String help = Help.render("highwater", Manual.overview(), 80);
    for (Command command : Command.values()) assertThat(help).contains("\n  " + command.word);
  }

  @Test
  void everyExampleIsACommandThatParses() throws CommandException {
    var examples = Manual.pipe().getLast();
    assertThat(examples.title()).isEqualTo("Examples");
    for (var example : examples.entries()) {
      String line = example.term();
      int at = line.indexOf("highwater pipe ");
      assertThat(at).as(line).isNotNegative();
      String words = line.substring(at + "highwater ".length()).replaceFirst(" \\| .*", "");
      var options = Options.parse(shellWords(words));
      var operands = options.words().subList(1, options.words().size());
      assertThat(new Plan(Route.parse(operands).withNamedSink(), Settings.of(options), _ -> {})).isNotNull();
    }
  }

  /// Splits at blanks, but for those between single quotes.
  private static String[] shellWords(String line) {
    var words = new ArrayList<String>();
    var matcher = Pattern.compile("(?:[^ ']|'[^']*')+").matcher(line);
    while (matcher.find()) words.add(matcher.group().replace("'", ""));
    return words.toArray(String[]::new);
  }

  @Test
  void theManualPageHasTheSectionsOfRoffAndNoStrayRequests() {
    String page = ManPage.render();
    assertThat(page)
        .startsWith(".TH HIGHWATER 1 ")
        .contains("\n.SH NAME\nhighwater \\- moves bytes")
        .contains("\n.SH SYNOPSIS\n");
    for (String section : List.of("STAGES", "OPTIONS", "EXIT CODES", "EXAMPLES")) {
      assertThat(page).contains("\n.SH \"" + section + "\"\n");
    }
    assertThat(page.lines().filter(line -> line.startsWith(".")))
        .allMatch(line -> line.matches("\\.(TH|SH|TP|PP|B)( .*)?"));
    assertThat(page).contains("\\-\\-force").contains("C:\\e").doesNotContain("…");
  }

  @Test
  void theCompletionScriptsAreValidBash() throws Exception {
    for (String shell : List.of("bash", "zsh")) {
      Path script = Files.writeString(folder.resolve(shell), String.valueOf(Completion.script(shell)));
      var bash = new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true).start();
      String words = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(bash.waitFor()).as(words).isZero();
    }
    assertThat(Completion.script("fish")).isNull();
  }

  @Test
  void theBashCompletionOffersWhatFits() throws Exception {
    assertThat(completed("highwater pi")).containsExactly("pipe");
    assertThat(completed("highwater pipe --exp")).containsExactly("--expect-bytes", "--expect-sha256", "--explain");
    assertThat(completed("highwater pipe gu")).containsExactly("gunzip");
    assertThat(completed("highwater pipe --progress a")).containsExactly("auto", "always");
    assertThat(completed("highwater pipe --mark ")).isEmpty();
    assertThat(completed("highwater help m")).containsExactly("man");
  }

  @Test
  void theBashCompletionOffersDigestsAfterHash() throws Exception {
    // bash hands over hash:sh as three words, zsh as one.
    assertThat(completed("highwater pipe hash : sh")).containsExactly("sha256", "sha512", "sha1");
    assertThat(completed("highwater pipe hash :")).containsExactlyElementsOf(DigestNames.ALL);
    assertThat(completed("highwater pipe hash:md")).containsExactly("hash:md5");
    assertThat(completed("highwater pipe throttle :")).isEmpty();
    assertThat(completed("highwater pipe --mark = 1")).isEmpty();
    assertThat(completed("highwater pipe --progress = a")).containsExactly("auto", "always");
    Files.writeString(folder.resolve("gull"), "");
    assertThat(completed("highwater pipe --report = gu")).containsExactly("gull", "set filenames");
  }

  @Test
  void theBashCompletionTreatsRepliesAsFileNamesOnlyWhereNoneIsAStage() throws Exception {
    assertThat(completed("highwater pipe th")).containsExactly("throttle:", "set nospace");
    Files.writeString(folder.resolve("things"), "");
    assertThat(completed("highwater pipe th")).containsExactly("things", "throttle:");
    assertThat(completed("highwater pipe thi")).containsExactly("things", "set filenames");
  }

  /// The replies, then `set` and an option of `compopt` for each that the completion sets.
  private List<String> completed(String line) throws Exception {
    Path script = Files.writeString(folder.resolve("bash"), String.valueOf(Completion.script("bash")));
    String[] words = (line + "|").split(" ");
    words[words.length - 1] = words[words.length - 1].replace("|", "");
    String ask =
        "source '"
            + script
            + "'; options=(); compopt() { options+=(\"set $2\"); }; COMP_WORDS=("
            + quoted(words)
            + "); COMP_CWORD="
            + (words.length - 1)
            + "; _highwater; printf '%s\\n' \"${COMPREPLY[@]}\" \"${options[@]}\"";
    var bash = new ProcessBuilder("bash", "-c", ask).directory(folder.toFile()).start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).isZero();
    return out.lines().filter(word -> !word.isEmpty()).toList();
  }

  private static String quoted(String[] words) {
    return "'" + String.join("' '", words) + "'";
  }

  /// On a difference, the failure prints what the block should be.
  @Test
  void theReferenceHoldsWhatTheCodeSays() throws Exception {
    String reference = Files.readString(REFERENCE);
    int begin = reference.indexOf(BEGIN);
    int end = reference.indexOf(END);
    // -Ddocs.write=true brings the reference up to date.
    if (Boolean.getBoolean("docs.write")) {
      reference = reference.substring(0, begin + BEGIN.length()) + "\n" + markdown() + reference.substring(end);
      Files.writeString(REFERENCE, reference);
      end = reference.indexOf(END);
    }
    assertThat(begin).isNotNegative();
    assertThat(end).isGreaterThan(begin);
    assertThat(reference.substring(begin + BEGIN.length(), end)).isEqualTo("\n" + markdown());
  }

  /// The sections of `highwater help pipe` as Markdown.
  private static String markdown() {
    var text = new StringBuilder();
    for (var section : Manual.pipe()) {
      text.append("## ").append(section.title()).append("\n\n");
      boolean inTable = false;
      for (var entry : section.entries()) {
        if (entry.term().isEmpty()) {
          text.append(inTable ? "\n" : "").append(entry.text()).append('\n');
        } else {
          if (!inTable) text.append("| | |\n| --- | --- |\n");
          inTable = true;
          text.append("| `").append(entry.term().replace("|", "\\|")).append("` | ");
          text.append(entry.text().replace("|", "\\|")).append(" |\n");
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Test
  void theVersionIsThatOfTheBuild() throws Exception {
    assertThat(Files.readString(Path.of("pom.xml"))).contains("<version>" + Version.TEXT + "</version>");
  }
}
