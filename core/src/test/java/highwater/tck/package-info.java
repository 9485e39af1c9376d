/// The Reactive Streams test kit for `Flow` over Highwater's publishers, subscribers and processors; TestNG runs it in an
/// execution of its own (`./dev tck`), JUnit never does.
@NullMarked
package highwater.tck;

import org.jspecify.annotations.NullMarked;
