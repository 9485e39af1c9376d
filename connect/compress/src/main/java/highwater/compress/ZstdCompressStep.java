package highwater.compress;

import static java.util.Objects.requireNonNull;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of zstd: one frame, whose header does not say how long it is, for nobody knows.
///
/// ```
/// TAKING ──finish()──▶ ENDING ──zstd has given all──▶ OVER
/// ```
final class ZstdCompressStep implements Step<ByteBuffer, ByteBuffer> {
  private enum Phase {
    TAKING,
    ENDING,
    OVER
  }

  private final String name;
  private final int level;
  private final int windowLog;
  private final int workers;
  private Phase phase = Phase.TAKING;
  private @Nullable ZstdCompressCtx context;
  private @Nullable DirectInput direct;
  private ByteBuffer input = DecodeStep.NOTHING;
  private ByteBuffer output = DecodeStep.NOTHING;

  ZstdCompressStep(String name, int level, int windowLog, int workers) {
    this.name = name;
    this.level = level;
    this.windowLog = windowLog;
    this.workers = workers;
  }

  @Override
  public void open(PartContext part) throws IOException {
    // The first context loads the native code, and on a JVM from 22 on what calls it.
    NativeLibrary.load(name, "zstd-jni", () -> context = new ZstdCompressCtx());
    direct = new DirectInput();
    output = ByteBuffer.allocateDirect(DecodeStep.CHUNK_BYTES);
    var made = requireNonNull(context);
    made.setLevel(level).setChecksum(true);
    if (windowLog > 0) made.setLong(windowLog);
    if (workers > 0) made.setWorkers(workers).setJobSize(ZstdMemory.jobBytes(level, windowLog));
  }

  @Override
  public void offer(ByteBuffer chunk) {
    assert phase == Phase.TAKING && !input.hasRemaining() : this;
    input = chunk;
  }

  @Override
  public void finish() {
    assert phase == Phase.TAKING && !input.hasRemaining() : this;
    phase = Phase.ENDING;
  }

  @Override
  public Progress poll() {
    output.clear();
    while (input.hasRemaining() && output.hasRemaining()) {
      compress(input, EndDirective.CONTINUE);
    }
    if (!input.hasRemaining() && phase == Phase.TAKING) input = DecodeStep.NOTHING;
    while (phase == Phase.ENDING && output.hasRemaining()) {
      if (compress(DecodeStep.NOTHING, EndDirective.END)) phase = Phase.OVER;
    }
    output.flip();
    if (output.hasRemaining()) return Progress.READY;
    return phase == Phase.OVER ? Progress.DONE : Progress.HUNGRY;
  }

  private boolean compress(ByteBuffer from, EndDirective directive) {
    var open = requireNonNull(context, "not open");
    return requireNonNull(direct).give(from, piece -> open.compressDirectByteBufferStream(output, piece, directive));
  }

  @Override
  public ByteBuffer next() {
    return output;
  }

  @Override
  public void close() {
    if (context != null) context.close();
    context = null;
    direct = null;
    input = DecodeStep.NOTHING;
    output = DecodeStep.NOTHING;
  }

  @Override
  public String toString() {
    return "ZstdCompressStep(" + phase + ", level " + level + ")";
  }
}
