package highwater.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A failure whose message says everything already: what happened, where, what to do.
final class HttpFailure extends IOException {
  private static final long serialVersionUID = 1L;

  /// Whether it may be over when the same is tried again.
  final boolean passing;

  HttpFailure(String message, boolean passing, @Nullable Throwable cause) {
    super(message, cause);
    this.passing = passing;
  }
}
