package highwater.cli;

import org.jspecify.annotations.Nullable;

/// The commands: the first word after `highwater`.
enum Command {
  PIPE("pipe", "[SOURCE…] [STAGE…] [SINK]", "Moves bytes from sources through stages into a sink, in constant memory."),
  ENDS("ends", "", "Lists what this installation can read and write, and how each knows that data is whole."),
  LAB("lab", "[EXPERIMENT] [OPTION…]", "Shows on this machine what back pressure saves: highwater lab --help."),
  HELP("help", "[COMMAND]", "Prints the help."),
  COMPLETION("completion", "bash|zsh", "Prints a completion script for the shell."),
  MAN("man", "", "Prints the manual page in roff: highwater man | man -l -");

  /// The word itself.
  final String word;

  /// What may follow it.
  final String operands;

  /// One sentence.
  final String help;

  Command(String word, String operands, String help) {
    this.word = word;
    this.operands = operands;
    this.help = help;
  }

  /// The command of this name, or null.
  static @Nullable Command named(String word) {
    for (Command command : values()) if (command.word.equals(word)) return command;
    return null;
  }
}
