/// The live view of running pipelines, in a browser.
@NullMarked
package highwater.dashboard;

import org.jspecify.annotations.NullMarked;
