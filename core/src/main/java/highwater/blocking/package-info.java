/// Calls that wait, on threads of their own: parts made of a source that is read, a sink that is written, or a body between
/// the two; uses the pipeline and the layers below it.
///
/// Whoever brings a client with blocking calls to a pipeline starts at [highwater.blocking.BlockingSource] and
/// [highwater.blocking.BlockingSink]: they say what is called, in which order, and how a call is stopped. Parts of objects
/// have an [highwater.blocking.OwnThread].
@NullMarked
package highwater.blocking;

import org.jspecify.annotations.NullMarked;
