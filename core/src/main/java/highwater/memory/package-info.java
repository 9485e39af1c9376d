/// Bytes, counted: a buffer is charged to a budget before it is filled, and given back once; uses no other Highwater
/// package.
@NullMarked
package highwater.memory;

import org.jspecify.annotations.NullMarked;
