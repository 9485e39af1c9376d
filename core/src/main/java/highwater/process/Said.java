package highwater.process;

import java.util.List;

/// What a process that succeeded said on stderr.
///
/// @param name what the process is called, as [Command#name()]
/// @param lines its last lines, at most 4 KiB together, without control characters
/// @param omittedBytes how many bytes it had said before them, which were read and dropped
public record Said(String name, List<String> lines, long omittedBytes) {
  /// Freezes the lines.
  public Said {
    lines = List.copyOf(lines);
  }
}
