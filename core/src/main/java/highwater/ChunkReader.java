package highwater;

import highwater.strand.Strand;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A readable's chunks taken one by one, asynchronously: Node's `for await` by hand, made by [ReadableStream#chunks()].
///
/// ```java
/// void copy(ChunkReader<Row> rows) {
///   rows.next().thenAccept(row -> { if (row != null) { use(row); copy(rows); } });
/// }
/// ```
///
/// It starts reading with the first question. Thread rule: the stream's strand. Cost: one future and one tick a chunk.
public final class ChunkReader<T> {
  private final Strand strand;
  private final Taking<T> taking;

  /// The questions without an answer, in order.
  private final ArrayDeque<CompletableFuture<@Nullable T>> asked = new ArrayDeque<>();

  private @Nullable Throwable failure;

  ChunkReader(ReadableStream<T> source, boolean destroyOnClose) {
    this.strand = source.strand();
    this.taking = new Taking<>(Ownership.ofReader(), source, new Answers(), destroyOnClose);
  }

  /// Asks for the next chunk: the stage completes with it, with null at the end, or with the stream's own error.
  ///
  /// Never inside this call: in a tick at the earliest, on the strand. Several questions may be open, and are answered in order;
  /// each costs memory, so whoever asks ahead bounds that. After a failure every answer is that failure; after [#close()] it
  /// is null. A stream that is destroyed gives nothing of what it holds, and one destroyed without an error fails with
  /// `ERR_STREAM_PREMATURE_CLOSE`. Source: Node 26, `iterator.next`.
  public CompletionStage<@Nullable T> next() {
    strand.check("next");
    var answer = new CompletableFuture<@Nullable T>();
    if (taking.isOver()) {
      strand.nextTick(() -> complete(answer, null));
    } else {
      asked.add(answer);
      if (asked.size() == 1) taking.ask();
    }
    return answer;
  }

  /// Leaves early: destroys the stream, with `ABORT_ERR` if it was not over, unless the reader was made to leave it as it is.
  ///
  /// A question that is open fails with `ABORT_ERR`. After the end, and a second time, nothing happens. Source: Node 26,
  /// `iterator.return`, which waits for the open questions first.
  public void close() {
    strand.check("close");
    if (taking.isOver()) return;
    taking.stop(null);
    while (!asked.isEmpty()) {
      var answer = asked.remove();
      strand.nextTick(
          () -> answer.completeExceptionally(new StreamException(ErrorCode.ABORT_ERR, "closed before the answer")));
    }
  }

  private void complete(CompletableFuture<@Nullable T> answer, @Nullable T chunk) {
    if (chunk == null && failure != null) answer.completeExceptionally(failure);
    else answer.complete(chunk);
  }

  private final class Answers implements Taking.Receiver<T> {
    @Override
    public void take(T chunk) {
      var answer = asked.remove();
      strand.nextTick(() -> complete(answer, chunk));
      if (!asked.isEmpty()) taking.ask();
    }

    @Override
    public void over(@Nullable Throwable error) {
      failure = error;
      while (!asked.isEmpty()) {
        var answer = asked.remove();
        strand.nextTick(() -> complete(answer, null));
      }
    }
  }
}
