package highwater.codec;

import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/// Counts the bytes that pass.
public final class Count {
  private Count() {}

  /// Counts, and gives `result` the number of bytes: once per run, on its strand, when the whole run has succeeded and
  /// is about to become final; never for a run that fails.
  public static PullStage<ByteBuffer, ByteBuffer> bytes(LongConsumer result) {
    return new PassOn("count", () -> new CountStep(result));
  }

  private static final class CountStep extends PassOnStep {
    private final LongConsumer result;
    private long bytes;

    CountStep(LongConsumer result) {
      this.result = result;
    }

    @Override
    public void look(ByteBuffer chunk) {
      bytes += chunk.remaining();
    }

    @Override
    public void commit() {
      result.accept(bytes);
    }
  }
}
