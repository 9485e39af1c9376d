package highwater.pipeline;

import highwater.WritableStream;
import highwater.strand.Strand;
import java.util.List;

/// A live writable as the target of one run.
final class OnceTarget<T> implements Target<T>, Once {
  private final WritableStream<T> stream;
  private final Taken taken = new Taken();

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
  public void take() {
    taken.take(name());
  }

  @Override
  public void release(Throwable cause) {
    Once.destroy(stream, cause);
  }
}
