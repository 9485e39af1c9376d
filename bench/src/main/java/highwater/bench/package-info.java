/// Benchmarks, each named by the figure it backs.
@NullMarked
package highwater.bench;

import org.jspecify.annotations.NullMarked;
