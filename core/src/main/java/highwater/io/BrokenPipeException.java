package highwater.io;

import java.io.IOException;

/// Nobody reads any more what is written: the next command of a shell pipe has ended, as `head` does when it has enough.
///
/// For a command this is a quiet end, not a failure to tell anybody about.
public final class BrokenPipeException extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenPipeException(String message, Throwable cause) {
    super(message, cause);
  }
}
