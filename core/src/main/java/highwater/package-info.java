/// The four streams, `pipe`, `finished` and `pipeline`: the rules of Node 26; uses [highwater.strand] and [highwater.memory].
@NullMarked
package highwater;

import org.jspecify.annotations.NullMarked;
