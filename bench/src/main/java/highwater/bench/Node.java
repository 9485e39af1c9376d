package highwater.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;

/// Node, where there is one: the program that the variable NODE names, or the one on the PATH.
final class Node {
  static final String NAME = "node";

  private Node() {}

  /// The case of this name in `bench/scripts/peers.mjs`, with so many items.
  static Contender contender(String work, ToIntFunction<Pace> items) {
    var node = program();
    var script = Bench.scripts().resolve("peers.mjs").toString();
    return new ChildProcess(
        NAME,
        node.isEmpty() ? "node is not on the PATH, and NODE does not name it" : "",
        pace ->
            List.of(
                node,
                "--expose-gc",
                script,
                work,
                Integer.toString(items.applyAsInt(pace)),
                Double.toString(pace.warmUpSeconds()),
                Double.toString(pace.seconds())));
  }

  private static String program() {
    var named = System.getenv("NODE");
    if (named != null) return named;
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      var program = Path.of(folder, "node");
      if (Files.isExecutable(program)) return program.toString();
    }
    return "";
  }
}
