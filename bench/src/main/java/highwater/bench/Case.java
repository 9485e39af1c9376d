package highwater.bench;

import java.util.List;

/// One piece of work and those who do it.
///
/// @param name what the command line calls it
/// @param work what is done, and for what each figure stands
/// @param figure the heading of the figure that is compared
/// @param contenders who does it, Highwater first
/// @param beside the peers to whom the table shows every ratio
/// @param bars what is to be reached
/// @param awake whether busy loops of the lowest priority keep every core awake meanwhile
record Case(
    String name,
    String work,
    String figure,
    List<Contender> contenders,
    List<String> beside,
    List<Bar> bars,
    boolean awake) {
  /// The same with the cores kept awake.
  Case keptAwake() {
    return new Case(name, work, figure, contenders, beside, bars, true);
  }
}
