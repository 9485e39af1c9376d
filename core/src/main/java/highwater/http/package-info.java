/// Recipes of HTTP, on the JDK's client alone: a GET as a pipeline's beginning, a PUT or a POST as its end.
///
/// Start at [highwater.http.HttpStreams]. Uses the pipeline, the calls that wait, and the layers below them; nothing of
/// Highwater uses it.
@NullMarked
package highwater.http;

import org.jspecify.annotations.NullMarked;
