package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.KernelSink;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A put whose kind is chosen when it opens, because only then is it known what its path names.
final class ChosenPut implements Put<ByteBuffer>, KernelSink {
  private final Choice choice;
  private @Nullable Put<ByteBuffer> chosen;

  ChosenPut(Choice choice) {
    this.choice = choice;
  }

  @Override
  public void open(PartContext context) throws Exception {
    chosen = choice.choose();
    chosen.open(context);
  }

  @Override
  public Progress poll() throws Exception {
    return chosen().poll();
  }

  @Override
  public void offer(ByteBuffer chunk) throws Exception {
    chosen().offer(chunk);
  }

  @Override
  public void finish() throws Exception {
    chosen().finish();
  }

  @Override
  public @Nullable FileChannel transferTarget() {
    return chosen() instanceof KernelSink sink ? sink.transferTarget() : null;
  }

  @Override
  public void transferred(long bytes) throws IOException {
    if (chosen() instanceof KernelSink sink) sink.transferred(bytes);
  }

  @Override
  public void commit() throws Exception {
    chosen().commit();
  }

  @Override
  public void abort(Throwable cause) {
    if (chosen != null) chosen.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return chosen == null || chosen.settled();
  }

  @Override
  public void close() throws Exception {
    if (chosen != null) chosen.close();
  }

  @Override
  public @Nullable String waitsFor() {
    return chosen == null ? null : chosen.waitsFor();
  }

  private Put<ByteBuffer> chosen() {
    return requireNonNull(chosen, "open() comes first");
  }

  /// Looks at the world and says which put writes it.
  @FunctionalInterface
  interface Choice {
    Put<ByteBuffer> choose() throws IOException;
  }
}
