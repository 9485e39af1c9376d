package highwater.http;

import java.io.IOException;

/// A limit of time has passed; the message says which.
final class Late extends IOException {
  private static final long serialVersionUID = 1L;

  /// Whether it is the limit on the whole run, after which nothing is tried again.
  final boolean inAll;

  Late(String message, boolean inAll) {
    super(message);
    this.inAll = inAll;
  }
}
