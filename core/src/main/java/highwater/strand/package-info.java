/// Order: ticks, turns and clocks, the threads that drive them, and the two places where work crosses threads.
///
/// Uses no other Highwater package; every other one but `highwater.memory` may use it. Start with [highwater.strand.Strand].
@NullMarked
package highwater.strand;

import org.jspecify.annotations.NullMarked;
