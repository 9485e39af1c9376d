/// Tests of the live view: the server's refusals and bounds, and the page against real runs.
@NullMarked
package highwater.dashboard;

import org.jspecify.annotations.NullMarked;
