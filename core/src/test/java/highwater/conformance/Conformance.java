package highwater.conformance;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Plays recordings of Node's streams on Highwater's: `[DIR] [--show ID]`.
///
/// Without a folder it plays the project's own. Exit 0: every trace is Node's; 1: some differ; 2:
/// nothing could be compared.
public final class Conformance {
  private static final String USAGE = "usage: conformance [DIR] [--show ID]";

  private final PrintStream out;
  private final @Nullable Path folder;

  private Conformance(PrintStream out, @Nullable Path folder) {
    this.out = out;
    this.folder = folder;
  }

  /// Runs the command.
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /// Runs the command and returns its exit code.
  static int run(String[] args, PrintStream out, PrintStream err) {
    Path folder = null;
    String id = null;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--show") && i + 1 < args.length && id == null) {
        id = args[++i];
      } else if (!args[i].startsWith("-") && folder == null) {
        folder = Path.of(args[i]);
      } else {
        err.println("conformance: " + args[i] + " is not understood; " + USAGE);
        return 2;
      }
    }
    var conformance = new Conformance(out, folder);
    try {
      return id == null ? conformance.play() : conformance.show(id);
    } catch (Recordings.Unreadable e) {
      err.println("conformance: " + e.getMessage());
      return 2;
    }
  }

  private void read(Consumer<Scenario> reader) throws Recordings.Unreadable {
    if (folder == null) Recordings.own(reader);
    else Recordings.folder(folder, reader);
  }

  private int play() throws Recordings.Unreadable {
    var tally = new Tally();
    read(tally::play);
    if (tally.played() == 0) throw new Recordings.Unreadable(folder + ": holds no scenario");
    tally
        .families()
        .forEach(
            (name, family) -> {
              out.println(name + ": " + family.count());
              out.print(family.failures());
            });
    out.println("conformance: " + tally.passed() + " of " + tally.played());
    return tally.passed() == tally.played() ? 0 : 1;
  }

  private int show(String id) throws Recordings.Unreadable {
    var shown = new boolean[2];
    read(
        scenario -> {
          if (shown[0] || !scenario.id().equals(id)) return;
          var comparison = Comparison.of(scenario);
          out.println(comparison.sideBySide());
          shown[0] = true;
          shown[1] = comparison.same();
        });
    if (!shown[0]) throw new Recordings.Unreadable("no scenario " + id);
    return shown[1] ? 0 : 1;
  }
}
