/// Recipes of HTTP, on what the JDK has alone: a GET as a pipeline's beginning, a PUT or a POST as its end, and the bodies of
/// the JDK's own server as both.
///
/// Start at [highwater.http.HttpStreams], and for a server at [highwater.http.HttpServerStreams]. Uses the pipeline, the calls
/// that wait, and the layers below them; nothing of Highwater uses it.
@NullMarked
package highwater.http;

import org.jspecify.annotations.NullMarked;
