/// The `highwater` command: words and options become a pipeline, a pipeline becomes lines and an exit code.
///
/// It uses the library's public API alone. Data goes to stdout, words to stderr. What `--help`, the man page, the completion
/// scripts and the parser know of options, stages, commands and exit codes is said once, in the enums [Flag], [StageName],
/// [Command] and [ExitCode].
@NullMarked
package highwater.cli;

import org.jspecify.annotations.NullMarked;
