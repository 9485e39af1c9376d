/// Compressed formats that the JDK does not know: zstd, lz4, brotli, bzip2, xz; uses the core and their libraries alone.
///
/// Formats whose library can stop in mid chunk (zstd, lz4, brotli) work on the strand, the others (bzip2, xz) on a thread
/// of their own. Every decoder reads its input to the end, fails where it is cut short or damaged, and holds to an
/// [highwater.codec.ExpansionLimit].
@NullMarked
package highwater.compress;

import org.jspecify.annotations.NullMarked;
