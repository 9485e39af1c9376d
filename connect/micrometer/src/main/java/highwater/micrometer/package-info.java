/// Meters of every running pipeline and of its stages.
@NullMarked
package highwater.micrometer;

import org.jspecify.annotations.NullMarked;
