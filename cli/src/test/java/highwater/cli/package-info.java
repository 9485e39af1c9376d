/// Tests of the command: its grammar and its words in this JVM, everything else in a child process, as users run it.
@NullMarked
package highwater.cli;

import org.jspecify.annotations.NullMarked;
