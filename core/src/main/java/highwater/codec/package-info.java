/// Recipes for gzip, deflate, digests, throttle, lines, tee; uses the pipeline and the layers below it.
@NullMarked
package highwater.codec;

import org.jspecify.annotations.NullMarked;
