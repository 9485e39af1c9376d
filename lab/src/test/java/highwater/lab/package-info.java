/// Tests of the laboratory: what it generates, reads and computes, the report, and a small experiment from end to end.
@NullMarked
package highwater.lab;

import org.jspecify.annotations.NullMarked;
