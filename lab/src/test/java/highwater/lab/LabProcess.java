package highwater.lab;

import java.util.List;

/// The laboratory as a process of its own, for tests that end it.
final class LabProcess {
  private LabProcess() {}

  /// Does what `highwater lab` does with these words.
  public static void main(String[] words) {
    System.exit(Lab.run(List.of(words), System.out, System.err));
  }
}
