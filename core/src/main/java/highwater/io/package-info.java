/// Files and stdio as recipes: read, write and replace files, the three standard streams, and origins one after another;
/// uses the pipeline and the layers below it.
///
/// Start at [highwater.io.FileStreams]. What becomes of a target in every case is in `docs/decisions/0006-files.md`.
@NullMarked
package highwater.io;

import org.jspecify.annotations.NullMarked;
