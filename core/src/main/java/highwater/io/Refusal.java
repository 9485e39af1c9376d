package highwater.io;

import java.io.IOException;

/// What Highwater itself refuses to do with a file; [FileErrors] makes the line for the user of it.
final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;

  /// What was expected and what to do.
  final String advice;

  /// `reason` says what is wrong.
  Refusal(String reason, String advice) {
    super(reason);
    this.advice = advice;
  }
}
