/// Java's own ways to give and take data, as recipes: streams and channels of `java.io` and `java.nio`, and a body that gives values
/// from a thread of its own; uses everything below it, the calls that wait included.
@NullMarked
package highwater.interop;

import org.jspecify.annotations.NullMarked;
