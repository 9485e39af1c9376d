package highwater.pipeline;

import highwater.DuplexStream;
import highwater.LiveStream;
import highwater.Ownership;
import highwater.strand.Strand;

/// A live duplex as the stage of one run.
final class OnceStage<I, O> extends Once.Taken implements Stage<I, O> {
  private final DuplexStream<I, O> stream;

  OnceStage(DuplexStream<I, O> stream) {
    this.stream = stream;
  }

  @Override
  public String name() {
    return stream.name();
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return Footprint.unknown("a live stream, for one run");
  }

  @Override
  public DuplexStream<I, O> open() {
    return stream;
  }

  @Override
  public Strand strand() {
    return stream.strand();
  }

  @Override
  LiveStream live() {
    return stream;
  }

  @Override
  void takeSides(Ownership claim) {
    claim.takeReading(stream);
    claim.takeWriting(stream);
  }
}
