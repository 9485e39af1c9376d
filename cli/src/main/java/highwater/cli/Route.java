package highwater.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where bytes come from, what they pass, and where they go: the words of `highwater pipe`, understood.
///
/// ```
/// [SOURCE…] [STAGE…] [SINK]
/// ```
///
/// A word is `-`, a stage, an endpoint with a scheme, or a path, tried in this order; a Windows drive (`C:\`, `C:/`) is a path.
/// A program (`exec:…`, `sh:…`) is a source as the first word, a sink as the last of several, and a stage between.
/// Words before the first stage are sources; without a stage there are exactly two words. Only a stage's name can be
/// mistaken for a file's, so a last word that might be a mistyped stage is refused unless it looks like a path.
///
/// @param sources at least one
/// @param stages in order, perhaps none
/// @param sink where the result goes
/// @param impliedSink whether no word names the sink, which is stdout then
record Route(List<End> sources, List<StageWord> stages, End sink, boolean impliedSink) {
  private static final List<String> STDOUT_PATHS = List.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

  /// Understands the words after `pipe`, options taken out.
  static Route parse(List<String> words) throws CommandException {
    if (words.isEmpty()) {
      throw CommandException.usage(
          "nothing to pipe (expected: highwater pipe [SOURCE…] [STAGE…] [SINK], as in"
              + " highwater pipe in.log gzip out.gz; more: highwater help pipe)");
    }
    var stages = new ArrayList<StageWord>();
    int firstStage = words.size();
    int afterStages = words.size();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).isEmpty()) {
        throw CommandException.usage(
            "word " + (i + 1) + " is empty (expected: a path, a stage or -; is a variable unset?)");
      }
      var stage = StageWord.of(words.get(i));
      if (stage == null || (stage.name().isProgram() && isEndOf(words, i))) continue;
      if (!stages.isEmpty() && afterStages != i) throw betweenStages(words.get(afterStages), words.get(i));
      if (stages.isEmpty()) firstStage = i;
      afterStages = i + 1;
      stages.add(stage);
    }
    if (stages.isEmpty()) return withoutStage(words);
    if (afterStages < words.size() - 1) throw severalSinks(words.get(afterStages), words.get(afterStages + 1));
    var sources = new ArrayList<End>(firstStage);
    for (String word : words.subList(0, firstStage)) sources.add(source(word));
    if (sources.isEmpty()) sources.add(End.Stdio.IN);
    boolean impliedSink = afterStages == words.size();
    End sink = impliedSink ? End.Stdio.OUT : sink(words.getLast(), stages.getLast());
    return checked(new Route(sources, stages, sink, impliedSink));
  }

  /// Whether a program at this place is a source or a sink.
  private static boolean isEndOf(List<String> words, int index) {
    return index == 0 || index == words.size() - 1;
  }

  private static Route withoutStage(List<String> words) throws CommandException {
    if (words.size() == 2) {
      return checked(new Route(List.of(source(words.getFirst())), List.of(), sink(words.getLast()), false));
    }
    for (String word : words) {
      String meant = meantStage(word);
      if (meant != null) throw CommandException.usage(noStage(word) + meantHint(word, meant));
    }
    if (words.size() == 1) {
      throw CommandException.usage(
          "only "
              + words.getFirst()
              + " (expected: a source and a sink, as in highwater pipe "
              + words.getFirst()
              + " -; stages: "
              + stageNames()
              + ")");
    }
    throw CommandException.usage(
        words.size()
            + " words and no stage (expected: a source and a sink, or a stage between;"
            + " to join files unchanged write count before the sink; stages: "
            + stageNames()
            + ")");
  }

  private static Route checked(Route route) throws CommandException {
    int stdins = 0;
    for (End source : route.sources) if (source == End.Stdio.IN) stdins++;
    if (stdins > 1) throw CommandException.usage("stdin is a source " + stdins + " times (expected: - once)");
    int stdouts = route.sink == End.Stdio.OUT ? 1 : 0;
    for (StageWord stage : route.stages) if (stage.name() == StageName.TEE && "-".equals(stage.value())) stdouts++;
    if (stdouts > 1)
      throw CommandException.usage("stdout is written twice (expected: the sink or one tee:-, not both)");
    route.checkArchives();
    return route;
  }

  /// Archives have a folder at one end: no stage stands between.
  private void checkArchives() throws CommandException {
    for (int i = 0; i < stages.size(); i++) {
      var stage = stages.get(i);
      if (stage.name().packs() && (i > 0 || sources.size() != 1 || !(sources.getFirst() instanceof End.File))) {
        throw CommandException.usage(
            stage.text()
                + " packs a folder (expected: one folder before it, and other stages behind, as in highwater pipe"
                + " FOLDER "
                + stage.text()
                + (stage.name() == StageName.TAR ? " gzip ./OUT.tar.gz)" : " ./OUT.zip)"));
      }
      if (stage.name().unpacks() && (i < stages.size() - 1 || !(sink instanceof End.File))) {
        throw CommandException.usage(
            stage.text()
                + " unpacks into a folder (expected: a folder behind it, and other stages before, as in"
                + " highwater pipe "
                + (stage.name() == StageName.UNTAR ? "IN.tar.gz gunzip " : "IN.zip ")
                + stage.text()
                + " FOLDER)");
      }
    }
  }

  /// The stage that packs the source, which is a folder then; else null.
  @Nullable StageWord packing() {
    return !stages.isEmpty() && stages.getFirst().name().packs() ? stages.getFirst() : null;
  }

  /// The stage that unpacks into the sink, which is a folder then; else null.
  @Nullable StageWord unpacking() {
    return !stages.isEmpty() && stages.getLast().name().unpacks() ? stages.getLast() : null;
  }

  private static End source(String word) throws CommandException {
    if (word.equals("-")) return End.Stdio.IN;
    return end(word);
  }

  private static End sink(String word, StageWord stage) throws CommandException {
    // Behind a stage that unpacks stands no other, so the word cannot be meant for one.
    return stage.name().unpacks() && !word.equals("-") ? end(word) : sink(word);
  }

  private static End sink(String word) throws CommandException {
    if (word.equals("-")) return End.Stdio.OUT;
    if (schemeLength(word) == 0 && isBare(word)) {
      String meant = meantStage(word);
      throw CommandException.usage(
          noStage(word) + (meant == null ? " (for a file of that name write ./" + word + ")" : meantHint(word, meant)));
    }
    return end(word);
  }

  private static End end(String word) throws CommandException {
    var end = End.of(word);
    if (end instanceof End.File) refuseScheme(word);
    return end;
  }

  /// Refuses a word with a scheme that nobody knows.
  ///
  /// A scheme has two characters or more (one letter is a drive) and no dot, so that `2026-01-01T10:00` and
  /// `app.log:1` are paths.
  private static void refuseScheme(String word) throws CommandException {
    int length = schemeLength(word);
    if (length == 0) return;
    String scheme = word.substring(0, length);
    String meant = Nearest.to(scheme, stageWords());
    if (meant != null) throw CommandException.usage(noStage(word) + meantHint(word, meant + word.substring(length)));
    String shown = word.startsWith("//", length + 1) ? End.masked(word) : word;
    throw CommandException.usage(
        shown
            + ": the scheme "
            + scheme
            + ": is not known (expected: exec:, sh:, http://, https://, s3://, tcp://, tls://, unix:, tcp-listen://,"
            + " tls-listen://, unix-listen:, jdbc: or postgres-copy:; for a file of that name write ./"
            + shown
            + ")");
  }

  /// The characters before the colon of a word with a scheme, else 0.
  static int schemeLength(String word) {
    int length = word.indexOf(':');
    if (length < 2 || !isLetter(word.charAt(0))) return 0;
    for (int i = 1; i < length; i++) {
      char c = word.charAt(i);
      boolean allowed = isLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-';
      if (!allowed) return 0;
    }
    return length;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /// The sink's file name where it names only a folder: the source's name with the stages' suffixes put on or taken off.
  static String nameInFolder(String sourceName, List<StageWord> stages) throws CommandException {
    String name = sourceName;
    for (StageWord stage : stages) {
      String suffix = stage.name() == StageName.DECOMPRESS ? formatOf(name) : stage.name().suffix;
      if (stage.name().addsSuffix) {
        name += suffix;
      } else if (!suffix.isEmpty()) {
        name = withoutSuffix(name, suffix, stage);
      }
    }
    return name;
  }

  /// The suffix of a compressed format that `name` ends in; where it ends in none, the first of them.
  private static String formatOf(String name) {
    for (StageName stage : StageName.values()) {
      if (!stage.suffix.isEmpty() && !stage.packs() && name.endsWith(stage.suffix)) return stage.suffix;
    }
    return StageName.GUNZIP.suffix;
  }

  private static String withoutSuffix(String name, String suffix, StageWord stage) throws CommandException {
    if (name.length() > 4 && stage.name() == StageName.GUNZIP && name.endsWith(".tgz")) {
      return name.substring(0, name.length() - 3) + "tar";
    }
    if (name.length() > suffix.length() && name.endsWith(suffix)) {
      return name.substring(0, name.length() - suffix.length());
    }
    throw CommandException.usage(
        name
            + " does not end in "
            + suffix
            + ", so "
            + stage.text()
            + " cannot name its output (expected: a sink with a name, not a folder)");
  }

  /// The sink with a name of its own: what ends in `/` gets the source's.
  Route withNamedSink() throws CommandException {
    if (!sink.endsInSlash() || unpacking() != null) return this;
    String sourceName = sources.size() > 1 ? "" : sources.getFirst().fileName();
    if (packing() != null && (sourceName.equals(".") || sourceName.equals(".."))) {
      sourceName = End.File.of(Path.of(sourceName).toAbsolutePath().normalize().toString()).fileName();
    }
    if (sourceName.isEmpty()) {
      throw CommandException.usage(
          sink.name()
              + ": no name for "
              + (sink instanceof End.File ? "the file in it" : "the object")
              + " (expected: one source that has a name, or a sink with a name)");
    }
    return new Route(sources, stages, End.of(sink.name() + nameInFolder(sourceName, stages)), false);
  }

  /// Whether nothing about the word says that it is a path.
  private static boolean isBare(String word) {
    return word.indexOf('/') < 0 && word.indexOf('\\') < 0 && word.indexOf('.') < 0;
  }

  /// The stage that a bare word is nearly, with its settings, or null.
  static @Nullable String meantStage(String word) {
    if (!isBare(word)) return null;
    String digest = DigestNames.named(word);
    if (digest != null) return StageName.HASH.word + ":" + digest;
    int end = StageWord.nameLength(word);
    String meant = Nearest.to(word.substring(0, end), stageWords());
    return meant == null ? null : meant + word.substring(end);
  }

  private static String noStage(String word) {
    return word + " is not a stage";
  }

  private static String meantHint(String word, String meant) {
    return " (did you mean " + meant + "? For a file of that name write ./" + word + ")";
  }

  private static CommandException betweenStages(String word, String next) {
    String meant = meantStage(word);
    return CommandException.usage(
        meant != null
            ? noStage(word) + meantHint(word, meant)
            : word
                + " stands before the stage "
                + next
                + " (expected: sources, then stages, then one sink; stages: "
                + stageNames()
                + ")");
  }

  private static CommandException severalSinks(String word, String next) {
    String meant = meantStage(word);
    return CommandException.usage(
        meant != null
            ? noStage(word) + meantHint(word, meant)
            : word + " and " + next + " after the last stage (expected: one sink; stages: " + stageNames() + ")");
  }

  /// Whether zstd is among the stages.
  boolean usesZstd() {
    for (StageWord stage : stages) {
      if (stage.name() == StageName.ZSTD || stage.name() == StageName.UNZSTD) return true;
    }
    return false;
  }

  /// The stage that makes what the sink gets compressed, or null where nothing compresses it or a later stage undoes that.
  @Nullable StageName compression() {
    for (StageWord stage : stages.reversed()) {
      if (!stage.name().suffix.isEmpty()) return stage.name().addsSuffix ? stage.name() : null;
    }
    return null;
  }

  /// Whether the recipe called `recipeName` is one that writes stdout.
  boolean writesStdout(String recipeName) {
    String written = sink.name();
    boolean isSink = recipeName.equals(written);
    if (recipeName.startsWith("tee ")) {
      String second = recipeName.substring("tee ".length());
      return second.equals(End.Stdio.OUT.name()) || STDOUT_PATHS.contains(second);
    }
    return (isSink && (sink == End.Stdio.OUT || STDOUT_PATHS.contains(written)));
  }

  private static List<String> stageWords() {
    var words = new ArrayList<String>();
    for (StageName name : StageName.values()) words.add(name.word);
    return words;
  }

  private static String stageNames() {
    return String.join(" ", stageWords());
  }
}
