package highwater.cli;

/// What the command answers to its caller; the numbers are part of its interface.
enum ExitCode {
  OK(0, "The sink has everything, under its final name."),
  FAILED(
      1,
      "The run failed: a source, stage or sink gave an error, or --expect-… did not match. Or it succeeded, and its"
          + " report could not be written: then the line says that the sink is complete."),
  USAGE(2, "The command line makes no sense, or its report could not be written; nothing was opened."),
  REFUSED(
      3,
      "The sink exists, or is one of the sources, and no option allows that, or one file would be written twice;"
          + " nothing was touched."),
  HANGUP(129, "Ended by SIGHUP."),
  INTERRUPTED(130, "Ended by SIGINT (Ctrl-C)."),
  BROKEN_PIPE(141, "The reader of stdout went away, as after `| head`; nothing is said about it."),
  TERMINATED(143, "Ended by SIGTERM.");

  /// What `$?` holds.
  final int number;

  /// One sentence for the help and the man page.
  final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }
}
