package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.KernelSink;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.WorksElsewhere;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A put whose kind is chosen when it opens, because only then is it known what its path names.
final class ChosenPut implements Put<ByteBuffer>, KernelSink, WorksElsewhere.Around {
  private final Choice choice;

  /// Written on the strand; reports look at it from elsewhere.
  private volatile @Nullable Put<ByteBuffer> chosen;

  ChosenPut(Choice choice) {
    this.choice = choice;
  }

  @Override
  public void open(PartContext context) throws Exception {
    var put = choice.choose();
    chosen = put;
    put.open(context);
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
  public boolean isReadable() {
    return chosen() instanceof KernelSink sink && sink.isReadable();
  }

  @Override
  public void commit() throws Exception {
    chosen().commit();
  }

  @Override
  public void abort(Throwable cause) {
    var put = chosen;
    if (put != null) put.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    var put = chosen;
    return put == null || put.settled();
  }

  @Override
  public void close() throws Exception {
    var put = chosen;
    if (put != null) put.close();
  }

  @Override
  public @Nullable String waitsFor() {
    var put = chosen;
    return put == null ? null : put.waitsFor();
  }

  @Override
  public @Nullable Part inside() {
    return chosen;
  }

  @Override
  public Cause waitCause() {
    return chosen == null ? Cause.UNKNOWN : chosen.waitCause();
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
