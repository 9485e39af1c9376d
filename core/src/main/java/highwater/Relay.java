package highwater;

import org.jspecify.annotations.Nullable;

/// An implementer of the library's own that only passes on between streams: where what it waits for is another stream's
/// business, it names that stream's side.
///
/// Thread rule: the strand.
interface Relay {
  /// The readable or writable side of a live stream.
  record Side(Life life, boolean reads) {
    static Side reading(Life life) {
      return new Side(life, true);
    }

    static Side writing(Life life) {
      return new Side(life, false);
    }
  }

  /// Where its chunks come from: what it waits for when it was asked and has given nothing.
  default @Nullable Side inlet() {
    return null;
  }

  /// Where its chunks go to: what it waits for when it was given one and has not acknowledged it.
  default @Nullable Side outlet() {
    return null;
  }

  /// What is read of it: what it waits for when it does not ask its inlet.
  default @Nullable Side output() {
    return null;
  }

  /// The side that `feed` feeds.
  static @Nullable Side fedBy(@Nullable Feed<?> feed) {
    return feed instanceof ReadableSide<?> side ? Side.reading(side.life()) : null;
  }
}
