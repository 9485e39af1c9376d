package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.KernelSource;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A pull whose kind is chosen when it opens, because only then is it known what its path names.
final class ChosenPull implements Pull<ByteBuffer>, KernelSource {
  private final Choice choice;
  private @Nullable Pull<ByteBuffer> chosen;

  ChosenPull(Choice choice) {
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
  public ByteBuffer next() {
    return chosen().next();
  }

  @Override
  public long transferTo(FileChannel target, long bytesMax) throws IOException {
    return chosen() instanceof KernelSource source ? source.transferTo(target, bytesMax) : 0;
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

  private Pull<ByteBuffer> chosen() {
    return requireNonNull(chosen, "open() comes first");
  }

  /// Looks at the world and says which pull reads it.
  @FunctionalInterface
  interface Choice {
    Pull<ByteBuffer> choose() throws IOException;
  }
}
