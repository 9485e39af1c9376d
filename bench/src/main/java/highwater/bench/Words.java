package highwater.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What the words of the command line ask for.
///
/// Needs nothing but the JDK and [Work]: `./dev bench` runs this source alone first, so that a wrong word is refused before
/// anything is compiled.
///
/// @param works what is measured, in the order of [Work]
/// @param isAll whether no names were said
/// @param isQuick whether it is for a look
/// @param rounds how often, or 0 where it is not said
/// @param seconds how long a process of `accounts` measures, or 0 where it is not said
/// @param isAwake whether busy loops keep every core awake
record Words(List<Work> works, boolean isAll, boolean isQuick, int rounds, double seconds, boolean isAwake) {
  private static final int ANSWERED = 3;
  private static final String ROUNDS = "--rounds=";
  private static final String SECONDS = "--seconds=";
  private static final String USAGE =
      """
      ./dev bench [NAME...] [OPTION...]    Highwater beside its peers; nothing else may run meanwhile
      NAME is one of --list, or what several begin with before a dash: objects, accounts. Without one it is all.

      --list         names what can be measured
      --quick        each once and shortly: does everything run, is nothing far off; such figures decide nothing
      --rounds=N     N from 1 to 9999; unless told 5, of accounts 10
      --awake        beside busy loops of the lowest priority that keep every core awake; not for whole commands and accounts
      --seconds=S    how long each process of accounts measures, from 0.1 to 600; unless told 1.9

      All take the better part of an hour, accounts and whole commands with about ten and fifteen minutes among it; --quick some four
      minutes. Whole commands (gzip, gunzip, copy, sync, digest) need ./dev build first and 6 GB in $TMPDIR or $DIR; bench/scripts/race
      --help has more options for them. NODE=/path/to/node says where Node is.
      A figure that misses its bar is said; the exit code is 1 only where something fails or its result is wrong.
      """;

  /// Answers `--list` and `--help` and ends with 3, ends with 1 at a wrong word, and does nothing where there is something to
  /// measure.
  public static void main(String... words) {
    try {
      var answer = answer(words);
      if (!answer.isEmpty()) {
        IO.print(answer);
        System.exit(ANSWERED);
      }
      of(words);
    } catch (IllegalArgumentException refused) {
      System.err.println("bench: " + refused.getMessage());
      System.exit(1);
    }
  }

  /// What `--help` or `--list` prints, or an empty text where neither is said; throws for a wrong word beside it.
  static String answer(String... words) {
    var said = List.of(words);
    var others = said.stream().filter(word -> !isQuestion(word)).toArray(String[]::new);
    if (others.length == words.length) return "";
    of(others);
    return said.stream().anyMatch(word -> word.equals("--list")) ? list() : USAGE;
  }

  private static boolean isQuestion(String word) {
    return word.equals("--list") || word.equals("--help") || word.equals("-h");
  }

  private static String list() {
    return Arrays.stream(Work.values())
        .map(work -> String.format("%-23s %s%n", work.word, work.done(work.items)))
        .collect(Collectors.joining());
  }

  /// What is asked for; throws `IllegalArgumentException` for a name or an option that there is not.
  static Words of(String... words) {
    var names = new ArrayList<String>();
    int rounds = 0;
    double seconds = 0;
    boolean awake = false;
    boolean quick = false;
    for (var word : words) {
      if (word.equals("--quick")) quick = true;
      else if (word.equals("--awake")) awake = true;
      else if (word.startsWith(ROUNDS)) rounds = rounds(word);
      else if (word.startsWith(SECONDS)) seconds = seconds(word);
      else if (word.startsWith("-")) {
        throw new IllegalArgumentException(
            "unknown option "
                + word
                + " (expected: --quick, --rounds=N, --awake, --seconds=S, --list, --help; more for whole commands:"
                + " bench/scripts/race --help)");
      } else names.add(word);
    }
    var all = List.of(Work.values());
    for (var name : names) {
      if (all.stream().noneMatch(work -> work.isMeant(name))) throw new IllegalArgumentException(unknown(name));
    }
    var works = all.stream().filter(work -> names.isEmpty() || names.stream().anyMatch(work::isMeant)).toList();
    if (awake && !has(works, Work.Kind.CASE)) {
      throw new IllegalArgumentException(
          "--awake is not for whole commands and accounts (expected: objects, boundary, …)");
    }
    if (seconds > 0 && !has(works, Work.Kind.ACCOUNTS)) {
      throw new IllegalArgumentException("--seconds is for accounts alone (expected: accounts, or no --seconds)");
    }
    return new Words(works, names.isEmpty(), quick, rounds, seconds, awake);
  }

  private static boolean has(List<Work> works, Work.Kind kind) {
    return works.stream().anyMatch(work -> work.kind == kind);
  }

  private static String unknown(String name) {
    return "nothing is called "
        + name
        + " (expected: "
        + Arrays.stream(Work.values()).map(work -> work.word).collect(Collectors.joining(", "))
        + ", or what several of them begin with before a dash)";
  }

  private static int rounds(String word) {
    var number = word.substring(ROUNDS.length());
    if (!number.matches("[1-9][0-9]{0,3}"))
      throw new IllegalArgumentException(word + " (expected: --rounds=N, N from 1 to 9999)");
    return Integer.parseInt(number);
  }

  private static double seconds(String word) {
    var number = word.substring(SECONDS.length());
    double seconds = number.matches("[0-9]{1,3}(\\.[0-9]{1,3})?") ? Double.parseDouble(number) : 0;
    if (seconds < 0.1 || seconds > 600)
      throw new IllegalArgumentException(word + " (expected: --seconds=S, S from 0.1 to 600)");
    return seconds;
  }

  /// What of this kind is measured.
  List<Work> of(Work.Kind kind) {
    return works.stream().filter(work -> work.kind == kind).toList();
  }
}
