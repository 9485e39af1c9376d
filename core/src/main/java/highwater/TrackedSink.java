package highwater;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A user's sink behind acknowledgements of its own for each call ([Owed]). Made only while the detector tracks.
final class TrackedSink<T> implements Sink<T> {
  final Sink<T> sink;
  private final WritableSide<T> side;

  TrackedSink(Sink<T> sink, WritableSide<T> side) {
    this.sink = sink;
    this.side = side;
  }

  @Override
  public void write(T chunk, Done done) throws Exception {
    var owed = new Owed(side.life(), "write", done, side::isAcknowledgementOwed);
    try {
      sink.write(chunk, owed);
    } catch (Throwable thrown) {
      owed.settle();
      throw thrown;
    }
  }

  @Override
  public void writeBatch(List<T> chunks, Done done) throws Exception {
    var owed = new Owed(side.life(), "writeBatch", done, side::isAcknowledgementOwed);
    try {
      sink.writeBatch(chunks, owed);
    } catch (Throwable thrown) {
      owed.settle();
      throw thrown;
    }
  }

  @Override
  public void finish(Done done) throws Exception {
    var owed = new Owed(side.life(), "finish", done, () -> false);
    try {
      sink.finish(owed);
    } catch (Throwable thrown) {
      owed.settle();
      throw thrown;
    }
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) throws Exception {
    sink.destroy(error, done);
  }
}
