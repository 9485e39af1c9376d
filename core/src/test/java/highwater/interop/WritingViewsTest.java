package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Gzip;
import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.PipelineException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pipeline fed by another thread.
@Timeout(60)
class WritingViewsTest {
  private final Gathered<ByteBuffer> bytes = new Gathered<>();
  private final Gathered<String> words = new Gathered<>();

  private byte[] written() {
    var all = new ByteArrayOutputStream();
    for (var chunk : bytes.chunks) {
      var copy = new byte[chunk.remaining()];
      chunk.get(copy);
      all.writeBytes(copy);
    }
    return all.toByteArray();
  }

  @Test
  void finishWaitsForTheCommit() {
    try (var writer = Views.<String>writer(up -> up.to(words))) {
      assertThat(writer.put("a")).isTrue();
      assertThat(writer.put("b")).isTrue();
      var _ = writer.finish();
      assertThat(words.committed).isTrue();
      assertThat(words.chunks).containsExactly("a", "b");
      assertThatThrownBy(() -> writer.put("c")).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aCloseWithoutFinishIsAnAbortAndNeverAnEnd() {
    assertThatThrownBy(
            () -> {
              try (var writer = Views.<String>writer(up -> up.to(words))) {
                var _ = writer.put("half");
                Remains.await("the chunk", () -> !words.chunks.isEmpty());
                throw new IOException("the body failed");
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("the body failed");
    assertThat(words.committed).isFalse();
    assertThat(words.aborted).isInstanceOf(CancelledException.class).hasMessageContaining("without finish()");
  }

  @Test
  void aFailureOfTheRunIsThrownFromPutAndFromFinish() {
    var boom = new IOException("boom");
    words.failure = boom;
    words.failAt = 2;
    try (var writer = Views.<String>writer(up -> up.to(words))) {
      assertThatThrownBy(
              () -> {
                while (writer.put("x")) {}
              })
          .isInstanceOf(PipelineException.class)
          .cause()
          .isSameAs(boom);
      assertThatThrownBy(writer::finish).isInstanceOf(PipelineException.class);
    }
  }

  @Test
  void aCommitThatFailsIsThrownFromFinish() {
    var boom = new IOException("no room for the rename");
    bytes.commitFailure = boom;
    try (var out = Views.outputStream(bytes)) {
      assertThatThrownBy(
              () -> {
                out.write(1);
                var _ = out.finish();
              })
          .isInstanceOf(IOException.class)
          .cause()
          .isInstanceOf(PipelineException.class)
          .cause()
          .isSameAs(boom);
    }
  }

  @Test
  void putWaitsForASlowRunWithAtMostSixteenObjectsQueued() {
    words.shut = true;
    var writer = Views.<String>writer(up -> up.to(words));
    var puts = new AtomicInteger();
    var thrown = new CompletableFuture<Throwable>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (writer.put("x")) puts.incrementAndGet();
              } catch (RuntimeException e) {
                thrown.complete(e);
              }
            });
    // The target wants nothing, so nothing leaves the queue.
    Remains.await("a full queue", () -> puts.get() >= 16);
    assertThat(Remains.awaitQuiet(puts::get)).isEqualTo(16);
    writer.abort("enough");
    assertThat(Await.value(thrown)).isInstanceOf(CancelledException.class).hasMessage("enough");
  }

  @Test
  void everyByteOfAnOutputStreamComesThrough() throws IOException {
    var seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    var random = new Random(seed);
    var sent = Bytes.random(random, 1_000_000);
    try (var out = Views.outputStream(up -> up.through(Gzip.compress()).to(bytes))) {
      for (int at = 0; at < sent.length; ) {
        int length = Math.min(sent.length - at, random.nextInt(200_000));
        switch (random.nextInt(4)) {
          case 0 -> {
            out.write(sent[at]);
            length = 1;
          }
          case 1 -> out.write(sent, at, length);
          case 2 -> assertThat(out.write(ByteBuffer.wrap(sent, at, length))).isEqualTo(length);
          default -> {
            length = 0;
            out.flush();
          }
        }
        at += length;
      }
      var _ = out.finish();
    }
    assertThat(new GZIPInputStream(new ByteArrayInputStream(written())).readAllBytes()).isEqualTo(sent);
  }

  @Test
  void aWrapperIsFinishedFirstAndMayCloseAfterwards() throws IOException {
    try (var out = Views.outputStream(bytes);
        var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("a"));
      zip.write(new byte[100_000]);
      zip.finish();
      var _ = out.finish();
    }
    assertThat(bytes.committed).isTrue();
  }

  @Test
  void anInterruptedWriterThrowsKeepsTheFlagAndUndoesTheRun() {
    bytes.shut = true;
    var out = Views.outputStream(bytes);
    var written = new AtomicInteger();
    var thrown = new CompletableFuture<Throwable>();
    var writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (; ; written.incrementAndGet()) out.write(new byte[64 << 10]);
                  } catch (IOException e) {
                    thrown.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("no flag"));
                  }
                });
    Remains.await("the first buffer", () -> written.get() > 0);
    var _ = Remains.awaitQuiet(written::get);
    writer.interrupt();
    assertThat(Await.value(thrown)).isInstanceOf(InterruptedIOException.class);
    assertThat(bytes.aborted).isNotNull();
  }
}
