/// Recipes, plan, explain, run and report; uses the streams, [highwater.strand] and [highwater.memory].
@NullMarked
package highwater.pipeline;

import org.jspecify.annotations.NullMarked;
