/// Recipes for gzip, deflate, digests, throttle, tee, text, lines, frames, base64, hex, and collectors with limits; uses the
/// pipeline and the layers below it.
@NullMarked
package highwater.codec;

import org.jspecify.annotations.NullMarked;
