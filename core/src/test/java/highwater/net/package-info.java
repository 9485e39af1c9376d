@NullMarked
package highwater.net;

import org.jspecify.annotations.NullMarked;
