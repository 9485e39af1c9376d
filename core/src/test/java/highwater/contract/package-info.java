/// The contract of ends: what every origin and target keeps towards a peer that is slow, stops, dies, refuses.
///
/// A test of an end extends [highwater.contract.OriginContract] or [highwater.contract.TargetContract] and brings the peer.
@NullMarked
package highwater.contract;

import org.jspecify.annotations.NullMarked;
