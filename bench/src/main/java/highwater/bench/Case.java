package highwater.bench;

import java.util.List;

/// One piece of work and those who do it.
///
/// @param work what is done
/// @param figure the heading of the figure that is compared
/// @param contenders who does it, Highwater first
/// @param beside the peers to whom the table shows every ratio
/// @param bars what is to be reached
/// @param awake whether busy loops of the lowest priority keep every core awake meanwhile
record Case(Work work, String figure, List<Contender> contenders, List<String> beside, List<Bar> bars, boolean awake) {
  /// The same with the cores kept awake.
  Case keptAwake() {
    return new Case(work, figure, contenders, beside, bars, true);
  }

  /// What is done at this pace, and for what each figure stands.
  String title(Pace pace) {
    boolean says = awake && work != Work.BOUNDARY_AWAKE;
    return work.done(pace.of(work.items)) + (says ? " Beside busy loops that keep every core awake." : "");
  }
}
