package highwater;

import java.util.ArrayDeque;

/// A sink that acknowledges a chunk only when the test says so.
class HeldSink<T> implements Sink<T> {
  final Scene scene;
  final ArrayDeque<Done> owed = new ArrayDeque<>();

  HeldSink(Scene scene) {
    this.scene = scene;
  }

  @Override
  public void write(T chunk, Done done) {
    scene.log("sink " + Scene.take(chunk));
    owed.add(done);
  }

  void ok() {
    owed.remove().ok();
  }

  void fail(Throwable error) {
    owed.remove().fail(error);
  }
}
