/// Where one flow has many ends: an inlet for foreign threads, a broadcast and a share for many consumers, each bounded
/// in bytes; uses the pipeline and the layers below it.
@NullMarked
package highwater.hub;

import org.jspecify.annotations.NullMarked;
