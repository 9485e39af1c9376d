/// Sockets: connections of TCP, of Unix domain sockets and of TLS, made and taken, as recipes and as live duplexes.
///
/// Start at [highwater.net.NetStreams]. Uses the pipeline, the streams and the layers below them; nothing of Highwater uses it.
@NullMarked
package highwater.net;

import org.jspecify.annotations.NullMarked;
