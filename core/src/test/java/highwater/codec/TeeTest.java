package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.memory.Budget;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TeeTest {
  /// A target that takes each chunk only at the next wake, and writes down what is done to it.
  private static final class Slow implements PullTarget<ByteBuffer>, Put<ByteBuffer> {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final List<String> calls = new ArrayList<>();
    @Nullable ByteBuffer chunk;
    @Nullable PartContext context;
    boolean woken;
    boolean finished;
    int failAfter = Integer.MAX_VALUE;
    int doneAfter = Integer.MAX_VALUE;

    @Override
    public Put<ByteBuffer> put() {
      return this;
    }

    @Override
    public String name() {
      return "slow.log";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("slowly", 0, Term.of("slow", 2, 100));
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      calls.add("open");
    }

    @Override
    public void offer(ByteBuffer chunk) {
      assertThat(this.chunk).isNull();
      this.chunk = chunk;
      woken = false;
      context.strand().post(this::due);
    }

    private void due() {
      woken = true;
      context.wake();
    }

    @Override
    public void finish() {
      finished = true;
      calls.add("finish");
    }

    @Override
    public Progress poll() throws IOException {
      if (out.size() >= doneAfter) return Progress.DONE;
      if (chunk != null) {
        if (!woken) return Progress.WAITING;
        if (out.size() >= failAfter) throw new IOException("no space left for slow.log");
        Drive.copy(chunk, out);
        chunk = null;
      }
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void commit() {
      calls.add("commit");
    }

    @Override
    public void abort(Throwable cause) {
      calls.add("abort " + cause.getMessage());
    }

    @Override
    public void close() {
      calls.add("close");
    }

    @Override
    public String waitsFor() {
      return "the slow one";
    }
  }

  private final Slow second = new Slow();
  private final byte[] data = Samples.noise(new Random(1), 10_000);

  @Test
  void bothGetTheSameBytes() throws Exception {
    assertThat(Drive.bytes(Tee.to(second), Drive.chunks(data, 333))).isEqualTo(data);
    assertThat(second.out.toByteArray()).isEqualTo(data);
    assertThat(second.calls).containsExactly("open", "finish", "commit", "close");
  }

  @Test
  void theNextChunkWaitsForTheSlowerOne() throws Exception {
    var passed = new ByteArrayOutputStream();
    var drive =
        new Drive<ByteBuffer>(
            Tee.to(second), Drive.chunks(data, 333).iterator(), chunk -> Drive.copy(chunk, passed), Budget.unlimited());
    drive.between = () -> assertThat(passed.size() - second.out.size()).isBetween(-333, 333);
    drive.run();
  }

  @Test
  void itsFailureFailsTheRun() {
    second.failAfter = 1000;
    assertThatThrownBy(() -> Drive.bytes(Tee.to(second), Drive.chunks(data, 333)))
        .hasMessage("no space left for slow.log");
    assertThat(second.calls).containsExactly("open", "abort no space left for slow.log", "close");
  }

  @Test
  void aFailureElsewhereUndoesIt() {
    var drive =
        new Drive<ByteBuffer>(
            Tee.to(second),
            Drive.chunks(data, 333).iterator(),
            _ -> {
              throw new IllegalStateException("downstream");
            },
            Budget.unlimited());
    assertThatThrownBy(drive::run).hasMessage("downstream");
    assertThat(second.calls).containsExactly("open", "abort downstream", "close");
  }

  @Test
  void aSecondTargetThatNeedsNoMoreIsLeftBehind() throws Exception {
    second.doneAfter = 1000;
    assertThat(Drive.bytes(Tee.to(second), Drive.chunks(data, 333))).isEqualTo(data);
    assertThat(second.out.size()).isEqualTo(4 * 333);
  }

  @Test
  void itHoldsWhatItsTargetHolds() {
    var tee = Tee.to(second);
    assertThat(tee.name()).isEqualTo("tee slow.log");
    assertThat(tee.footprint(777).chunkMaxBytes()).isEqualTo(777);
    assertThat(tee.footprint(777).terms()).containsExactly(Term.of("slow", 2, 100));
    assertThat(tee.passesOn()).isTrue();
  }
}
