package highwater.pipeline;

import highwater.LiveStream;
import highwater.Ownership;
import highwater.ReadableStream;
import highwater.strand.Strand;

/// A live readable as the origin of one run.
final class OnceOrigin<T> extends Once.Taken implements Origin<T> {
  private final ReadableStream<T> stream;

  OnceOrigin(ReadableStream<T> stream) {
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
  public ReadableStream<T> open() {
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
  }
}
