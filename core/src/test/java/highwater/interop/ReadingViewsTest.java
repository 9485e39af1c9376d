package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Stage;
import highwater.pipeline.Upstream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pipeline's bytes as an `InputStream` and as a channel.
@Timeout(60)
class ReadingViewsTest {
  private static Upstream<ByteBuffer> bytesOf(Numbers numbers) {
    return Pipeline.from(numbers)
        .through(Stage.<Long, ByteBuffer>map("byte", number -> ByteBuffer.wrap(new byte[] {number.byteValue()})));
  }

  private static void check(byte[] bytes, int length) {
    assertThat(bytes).hasSize(length);
    for (int i = 0; i < length; i++) assertThat(bytes[i]).isEqualTo((byte) i);
  }

  @Test
  void everyByteComesAndTheEndOnlyAfterTheRun() throws IOException {
    var numbers = Numbers.first(300_000);
    try (var in = Views.inputStream(bytesOf(numbers))) {
      check(in.readAllBytes(), 300_000);
      assertThat(numbers.closed.get()).isEqualTo(1);
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.read(new byte[1])).isEqualTo(-1);
    }
    assertThat(numbers.aborted.get()).isZero();
  }

  @Test
  void aChannelGivesTheSameIntoDirectAndHeapBuffers() throws IOException {
    for (var buffer : new ByteBuffer[] {ByteBuffer.allocate(1000), ByteBuffer.allocateDirect(1000)}) {
      try (var channel = Views.channel(bytesOf(Numbers.first(1_000)))) {
        while (channel.read(buffer) > 0) {}
        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(Channels.newInputStream(channel).read()).isEqualTo(-1);
      }
      var bytes = new byte[1_000];
      buffer.flip().get(bytes);
      check(bytes, 1_000);
    }
  }

  @Test
  void aFailureIsAnIOExceptionAroundTheRunsOwnAndNeverAnEnd() throws IOException {
    var boom = new IllegalStateException("boom");
    for (long before : new long[] {0, 10, 200_000}) {
      try (var in = Views.inputStream(bytesOf(Numbers.failingAfter(before, boom)))) {
        assertThatThrownBy(in::readAllBytes)
            .isInstanceOf(IOException.class)
            .cause()
            .isInstanceOf(PipelineException.class)
            .cause()
            .isSameAs(boom);
      }
    }
  }

  @Test
  void closingItEarlyCancelsTheRun() throws IOException {
    var numbers = Numbers.first(Long.MAX_VALUE);
    var in = Views.inputStream(bytesOf(numbers));
    assertThat(in.read()).isZero();
    in.close();
    assertThat(numbers.aborted.get()).isEqualTo(1);
    assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void anInterruptCancelsTheRunAndIsKept() {
    var origin = new Silent();
    var in = Views.inputStream(Pipeline.from(origin));
    var thrown = new CompletableFuture<Throwable>();
    var reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    var _ = in.read();
                  } catch (IOException e) {
                    thrown.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("no flag"));
                  }
                });
    Await.value(origin.waiting);
    reader.interrupt();
    assertThat(Await.value(thrown)).isInstanceOf(InterruptedIOException.class);
    assertThat(origin.closed).isTrue();
  }
}
