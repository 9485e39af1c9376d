package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.KernelSource;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.WorksElsewhere;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A pull whose kind is chosen when it opens, because only then is it known what its path names.
final class ChosenPull implements Pull<ByteBuffer>, KernelSource, WorksElsewhere.Around {
  private final Choice choice;

  /// Written on the strand; reports look at it from elsewhere.
  private volatile @Nullable Pull<ByteBuffer> chosen;

  ChosenPull(Choice choice) {
    this.choice = choice;
  }

  @Override
  public void open(PartContext context) throws Exception {
    var pull = choice.choose();
    chosen = pull;
    pull.open(context);
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
  public long leftBytes() throws IOException {
    return chosen() instanceof KernelSource source ? source.leftBytes() : 0;
  }

  @Override
  public void commit() throws Exception {
    chosen().commit();
  }

  @Override
  public void abort(Throwable cause) {
    var pull = chosen;
    if (pull != null) pull.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    var pull = chosen;
    return pull == null || pull.settled();
  }

  @Override
  public void close() throws Exception {
    var pull = chosen;
    if (pull != null) pull.close();
  }

  @Override
  public @Nullable String waitsFor() {
    var pull = chosen;
    return pull == null ? null : pull.waitsFor();
  }

  @Override
  public @Nullable Part inside() {
    return chosen;
  }

  @Override
  public Cause waitCause() {
    return chosen == null ? Cause.UNKNOWN : chosen.waitCause();
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
