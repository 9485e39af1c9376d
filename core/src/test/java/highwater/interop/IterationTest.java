package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Stage;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pipeline read by another thread, chunk by chunk.
@Timeout(60)
class IterationTest {
  @Test
  void everyChunkComesInOrderAndTheEndOnlyAfterTheRun() {
    var numbers = Numbers.first(1_000);
    long expected = 0;
    try (var chunks = Pipeline.from(numbers).iterate()) {
      for (var number : chunks) assertThat(number).isEqualTo(expected++);
      assertThat(numbers.closed.get()).as("the run is over before the end is seen").isEqualTo(1);
    }
    assertThat(expected).isEqualTo(1_000);
    assertThat(numbers.aborted.get()).isZero();
  }

  @Test
  void aFailureIsTheRunsOwnAfterTheChunksBefore() {
    var boom = new IOException("boom");
    var taken = new ArrayList<Long>();
    try (var chunks = Pipeline.from(Numbers.failingAfter(3, boom)).iterate()) {
      assertThatThrownBy(() -> chunks.forEach(taken::add))
          .isInstanceOf(PipelineException.class)
          .hasMessageStartingWith("numbers failed")
          .cause()
          .isSameAs(boom);
      assertThat(taken).containsExactly(0L, 1L, 2L);
    }
  }

  @Test
  void leavingEarlyCancelsTheRunAndReleasesItsSource() {
    var numbers = Numbers.first(Long.MAX_VALUE);
    try (var chunks = Pipeline.from(numbers).iterate()) {
      assertThat(chunks.iterator().next()).isZero();
    }
    assertThat(numbers.aborted.get()).isEqualTo(1);
    assertThat(numbers.closed.get()).isEqualTo(1);
  }

  @Test
  void atMostSixteenObjectsAreMadeAhead() {
    var numbers = Numbers.first(Long.MAX_VALUE);
    try (var chunks = Pipeline.from(numbers).iterate()) {
      Remains.await("a full queue", () -> numbers.given.get() >= 17);
      var _ = Remains.awaitQuiet(numbers.given::get);
      assertThat(numbers.given.get()).as("16 queued, and one that found no room").isEqualTo(17);
      assertThat(chunks.iterator().next()).isZero();
    }
  }

  @Test
  void theBytesOfAChunkAreACopyThatMayBeKept() {
    var kept = new ArrayList<ByteBuffer>();
    var reused = ByteBuffer.allocate(8);
    var writes = Stage.<Long, ByteBuffer>map("write", number -> reused.clear().putLong(number).flip());
    try (var chunks = Pipeline.from(Numbers.first(100)).through(writes).iterate()) {
      for (var chunk : chunks) kept.add(chunk);
    }
    for (int i = 0; i < 100; i++) assertThat(kept.get(i).getLong()).isEqualTo(i);
  }

  @Test
  void anInterruptCancelsTheRunAndIsKept() throws Exception {
    var origin = new Silent();
    var thrown = new CompletableFuture<Throwable>();
    var flag = new CompletableFuture<Boolean>();
    var reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (var chunks = Pipeline.from(origin).iterate()) {
                    var _ = chunks.iterator().hasNext();
                  } catch (RuntimeException e) {
                    thrown.complete(e);
                  }
                  flag.complete(Thread.currentThread().isInterrupted());
                });
    Await.value(origin.waiting);
    reader.interrupt();
    assertThat(Await.value(thrown)).isInstanceOf(CancelledException.class).hasMessageContaining("interrupted");
    assertThat(Await.value(flag)).isTrue();
    assertThat(origin.closed).isTrue();
  }

  @Test
  void aCloseElsewhereWakesTheReader() {
    var origin = new Silent();
    var chunks = Pipeline.from(origin).iterate();
    var thrown = new CompletableFuture<Throwable>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                var _ = chunks.iterator().hasNext();
              } catch (RuntimeException e) {
                thrown.complete(e);
              }
            });
    Await.value(origin.waiting);
    chunks.close();
    // The second where it was closed before the reader came.
    assertThat(Await.value(thrown)).isInstanceOfAny(CancelledException.class, IllegalStateException.class);
    assertThatThrownBy(() -> chunks.iterator()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aThreadThatDrivesAStrandMayNotWait() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      try (var chunks = Pipeline.from(Numbers.first(1)).iterate()) {
                        var _ = chunks.iterator().hasNext();
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("listen to data");
  }

  @Test
  void aStreamStartsWithItsTerminalOperationAndReleasesTheSourceOnClose() {
    var numbers = Numbers.first(Long.MAX_VALUE);
    try (var chunks = Pipeline.from(numbers).stream()) {
      assertThat(numbers.opened.get()).isZero();
      assertThat(chunks.filter(number -> number > 40).findFirst()).hasValue(41L);
    }
    assertThat(numbers.closed.get()).isEqualTo(1);
    try (var chunks = Pipeline.from(Numbers.first(100)).stream()) {
      assertThat(chunks.mapToLong(Long::longValue).sum()).isEqualTo(4_950);
    }
  }
}
