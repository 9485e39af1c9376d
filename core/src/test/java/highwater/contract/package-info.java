/// Contracts: what every origin and target keeps towards a peer that is slow, stops, dies, refuses, and every stage
/// however its input was cut.
///
/// A test of an end extends [highwater.contract.OriginContract] or [highwater.contract.TargetContract] and brings the
/// peer; a test of stages extends [highwater.contract.CutContract] and names them.
@NullMarked
package highwater.contract;

import org.jspecify.annotations.NullMarked;
