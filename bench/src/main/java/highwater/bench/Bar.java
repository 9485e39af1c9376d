package highwater.bench;

import java.util.List;

/// What a contender's figure must not be above, or must be below.
///
/// @param contender whose figure
/// @param figure which, by its heading
/// @param most the limit: a ratio to the best of the peers, or the figure itself where there are none
/// @param peers beside whom
/// @param isBelow whether the limit itself is missed already
record Bar(String contender, String figure, double most, List<String> peers, boolean isBelow) {
  static Bar ratio(String contender, String figure, double most, String... peers) {
    return new Bar(contender, figure, most, List.of(peers), false);
  }

  static Bar itself(String contender, String figure, double most) {
    return new Bar(contender, figure, most, List.of(), false);
  }

  /// Lower than that of every peer.
  static Bar below(String contender, String figure, List<String> peers) {
    return new Bar(contender, figure, 1, peers, true);
  }

  boolean isMet(double found) {
    return isBelow ? found < most : found <= most;
  }
}
