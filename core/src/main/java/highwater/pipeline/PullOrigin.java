package highwater.pipeline;

import highwater.ReadableStream;

/// An origin that can be pulled without a classic stream; its stream is made from its [Pull].
public interface PullOrigin<T> extends Origin<T> {
  /// Makes the live part of one run; nothing is opened before [Part#open].
  Pull<T> pull();

  @Override
  default ReadableStream<T> open() {
    return PartStreams.readable(this);
  }
}
