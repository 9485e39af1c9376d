package highwater.pipeline;

import highwater.ReadableStream;
import highwater.strand.Strand;

/// A live readable as the origin of one run.
final class OnceOrigin<T> implements Origin<T>, Once {
  private final ReadableStream<T> stream;
  private final Taken taken = new Taken();

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
  public void take() {
    taken.take(name());
  }

  @Override
  public void release(Throwable cause) {
    Once.destroy(stream, cause);
  }
}
