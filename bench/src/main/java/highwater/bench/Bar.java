package highwater.bench;

import java.util.List;

/// What a contender's figure must not be above.
///
/// @param contender whose figure
/// @param figure which, by its heading
/// @param most the limit: a ratio to the best of the peers, or the figure itself where there are none
/// @param peers beside whom
record Bar(String contender, String figure, double most, List<String> peers) {
  static Bar ratio(String contender, String figure, double most, String... peers) {
    return new Bar(contender, figure, most, List.of(peers));
  }

  static Bar itself(String contender, String figure, double most) {
    return new Bar(contender, figure, most, List.of());
  }
}
