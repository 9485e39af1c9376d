/// Child processes as recipes: a program's stdout as an origin, its stdin as a target, both as a stage; uses the pipeline,
/// `highwater.blocking` and the layers below.
///
/// Start at [highwater.process.ProcessStreams]. Why the pipes are the library's own, and how a process is ended, is in
/// `docs/decisions/0012-processes.md`.
@NullMarked
package highwater.process;

import org.jspecify.annotations.NullMarked;
