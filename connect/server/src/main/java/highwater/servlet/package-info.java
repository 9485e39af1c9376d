/// Bodies of the Jakarta Servlet API, asynchronous on both sides: a request as a pipeline's beginning, a response as its end.
///
/// Start at [highwater.servlet.ServletStreams]. Uses core and the Servlet API (6.0 or newer), which the container brings.
@NullMarked
package highwater.servlet;

import org.jspecify.annotations.NullMarked;
