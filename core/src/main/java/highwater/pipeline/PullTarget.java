package highwater.pipeline;

import highwater.WritableStream;

/// A target that can be driven without a classic stream; its stream is made from its [Put].
public interface PullTarget<T> extends Target<T> {
  /// Makes the live part of one run; nothing is opened before [Part#open].
  Put<T> put();

  @Override
  default WritableStream<T> open() {
    return PartStreams.writable(this);
  }
}
