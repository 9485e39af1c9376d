package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/// Counts the bytes that pass.
public final class Count implements PullStage<ByteBuffer, ByteBuffer> {
  private final LongConsumer result;

  private Count(LongConsumer result) {
    this.result = result;
  }

  /// Counts, and gives `result` the number of bytes: once per run, on its strand, when the whole run has succeeded and
  /// is about to become final; never for a run that fails.
  public static Count bytes(LongConsumer result) {
    return new Count(result);
  }

  @Override
  public String name() {
    return "count";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of("passes chunks on", chunkMaxBytes);
  }

  @Override
  public boolean passesOn() {
    return true;
  }

  @Override
  public Step<ByteBuffer, ByteBuffer> step() {
    return new CountStep(result);
  }

  @Override
  public String toString() {
    return name();
  }

  private static final class CountStep extends PassOnStep {
    private final LongConsumer result;
    private long bytes;

    CountStep(LongConsumer result) {
      this.result = result;
    }

    @Override
    void look(ByteBuffer chunk) {
      bytes += chunk.remaining();
    }

    @Override
    public void commit() {
      result.accept(bytes);
    }
  }
}
