package highwater.bench;

import java.util.Map;

/// One way of doing a case's work, which each sample does in a process of its own.
interface Contender {
  /// What tables call it, without spaces.
  String name();

  /// Does the work in a new process, for as long as `pace` says, and returns its figures by their headings.
  ///
  /// Throws where the process fails, which is what it does when its result is wrong.
  Map<String, Double> sample(Pace pace) throws Exception;

  /// Why it cannot be measured here, or an empty text.
  default String isMissing() {
    return "";
  }
}
