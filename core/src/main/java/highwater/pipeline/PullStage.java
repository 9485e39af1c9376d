package highwater.pipeline;

import highwater.DuplexStream;

/// A stage that can be driven without a classic stream; its stream is made from its [Step].
public interface PullStage<I, O> extends Stage<I, O> {
  /// Makes the live part of one run; nothing is opened before [Part#open].
  Step<I, O> step();

  /// True when every output chunk is an input chunk, looked at but neither changed nor copied.
  default boolean passesOn() {
    return false;
  }

  @Override
  default DuplexStream<I, O> open() {
    return PartStreams.duplex(this);
  }
}
