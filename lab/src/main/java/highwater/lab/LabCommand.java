package highwater.lab;

import java.io.IOException;
import java.util.List;

/// A subcommand of the laboratory: one row of [Lab#commands()].
///
/// @param word what follows `highwater lab`; empty for the experiment, which nothing names
/// @param operands what may follow that, such as `FILE`; empty for nothing
/// @param help one sentence
/// @param options its own options; `--help` and `--debug` belong to all
/// @param body what it does
public record LabCommand(String word, String operands, String help, List<LabOption> options, Body body) {
  /// Copies the options.
  public LabCommand {
    options = List.copyOf(options);
  }

  /// The whole line as a user writes it, such as `highwater lab marks FILE`.
  public String line() {
    return ("highwater lab " + word).strip() + (operands.isEmpty() ? "" : " " + operands);
  }

  /// What a subcommand does with its words.
  @FunctionalInterface
  public interface Body {
    /// Does it; returns when all is done, and throws [LabException] where the user has to know why not.
    ///
    /// Runs on the main thread, and may block. An `IOException` becomes the line of a failure as it is.
    void run(LabLine line, LabConsole console) throws LabException, IOException, InterruptedException;
  }
}
