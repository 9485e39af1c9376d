package highwater.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import highwater.contract.Pattern;
import highwater.contract.Remains;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files that the programs of these tests read and write, and what can be seen of a program from outside.
final class Peers {
  private Peers() {}

  /// A file of the first `bytes` of the pattern in `folder`, made once.
  static Path pattern(Path folder, long bytes) throws IOException {
    var file = folder.resolve("pattern-" + bytes);
    if (!Files.exists(file)) {
      try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
        Pattern.write(out, 0, bytes, 1 << 16);
      }
    }
    return file;
  }

  /// The number that a script has written to `file` with `echo $$ >file`, or 0.
  static long pid(Path file) {
    try {
      var text = Files.exists(file) ? Files.readString(file) : "";
      return text.endsWith("\n") ? Long.parseLong(text.strip()) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /// Whether the process runs: neither gone nor dead and unasked for.
  static boolean runs(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  static void awaitGone(long pid) {
    Remains.await("the end of process " + pid, () -> !runs(pid));
  }

  /// How far the process has read its descriptor `fd`, or 0.
  static long positionOf(long pid, int fd) {
    try {
      for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/" + fd), UTF_8)) {
        if (line.startsWith("pos:")) return Long.parseLong(line.substring(4).strip());
      }
    } catch (IOException e) {
      // It has ended.
    }
    return 0;
  }
}
