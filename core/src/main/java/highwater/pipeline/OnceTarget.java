package highwater.pipeline;

import highwater.LiveStream;
import highwater.Ownership;
import highwater.WritableStream;
import highwater.strand.Strand;
import java.util.List;

/// A live writable as the target of one run.
final class OnceTarget<T> extends Once.Taken implements Target<T> {
  private final WritableStream<T> stream;

  OnceTarget(WritableStream<T> stream) {
    this.stream = stream;
  }

  @Override
  public String name() {
    return stream.name();
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return new Footprint("a live stream, for one run", List.of(), 0, false);
  }

  @Override
  public WritableStream<T> open() {
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
    claim.takeWriting(stream);
  }
}
