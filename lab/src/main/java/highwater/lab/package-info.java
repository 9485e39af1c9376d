/// The laboratory: what back pressure saves, measured on this machine.
@NullMarked
package highwater.lab;

import org.jspecify.annotations.NullMarked;
