package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.DuplexStream;
import highwater.ErrorCode;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.StreamException;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.pipeline.Iteration;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.strand.Hold;
import highwater.strand.Hosting;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Live streams seen from another thread, and who owns them.
@Timeout(60)
class LiveViewsTest {
  private static ReadableStream<String> words(String... words) {
    var next = new int[1];
    return ReadableStream.from(
        feed -> {
          if (next[0] == words.length) feed.end();
          else feed.push(words[next[0]++]);
        });
  }

  /// What keeps the strands of a test.
  private final ConcurrentLinkedQueue<Hold> holds = new ConcurrentLinkedQueue<>();

  @AfterEach
  void letTheStrandsEnd() {
    holds.forEach(Hold::release);
  }

  /// What `make` makes on a strand that goes on until the test is over.
  private <R> R onStrand(Supplier<R> make) {
    var made = new CompletableFuture<R>();
    var _ =
        Strand.start(
            Hosting.VIRTUAL_THREAD,
            () -> {
              try {
                holds.add(Strand.current().offload());
                made.complete(make.get());
              } catch (Throwable thrown) {
                made.completeExceptionally(thrown);
              }
            });
    return Await.value(made);
  }

  @Test
  void aLiveReadableIsIteratedElsewhere() {
    Iteration<String> chunks = onStrand(() -> Views.iterate(words("a", "b", "c")));
    var taken = new ArrayList<String>();
    try (chunks) {
      chunks.forEach(taken::add);
    }
    assertThat(taken).containsExactly("a", "b", "c");
  }

  @Test
  void closingItEarlyDestroysTheStream() {
    var stream = new AtomicReference<ReadableStream<String>>();
    var closed = new CompletableFuture<Boolean>();
    Iteration<String> chunks =
        onStrand(
            () -> {
              stream.set(ReadableStream.from(feed -> feed.push("x")));
              var _ = stream.get().onClose(() -> closed.complete(true));
              return Views.iterate(stream.get());
            });
    assertThat(chunks.iterator().next()).isEqualTo("x");
    chunks.close();
    assertThat(Await.value(closed)).isTrue();
  }

  @Test
  void aLiveWritableIsWrittenElsewhereAndAnAbortIsNoFinish() {
    var got = new ArrayList<String>();
    var finished = new CompletableFuture<Boolean>();
    var writer =
        onStrand(
            () -> {
              var stream =
                  WritableStream.<String>to(
                      (word, done) -> {
                        got.add(word);
                        done.ok();
                      });
              var _ = stream.onFinish(() -> finished.complete(true));
              return Views.writer(stream);
            });
    for (int i = 0; i < 100; i++) assertThat(writer.put("w" + i)).isTrue();
    var _ = writer.finish();
    assertThat(finished).isCompleted();
    assertThat(got).hasSize(100);

    var closedUnfinished = new CompletableFuture<Boolean>();
    var aborted =
        onStrand(
            () -> {
              var stream = WritableStream.<ByteBuffer>to((_, done) -> done.ok(), StreamOptions.bytes());
              var _ = stream.onError(_ -> {});
              var _ = stream.onClose(() -> closedUnfinished.complete(!stream.writableFinished()));
              return Views.outputStream(stream);
            });
    // Before the run has begun, or after: the stream is the view's either way.
    aborted.close();
    assertThat(Await.value(closedUnfinished)).isTrue();
  }

  @Test
  void theFailureOfALiveStreamReachesTheView() throws IOException {
    var boom = new IllegalStateException("boom");
    try (var in =
        onStrand(
            () ->
                Views.inputStream(
                    ReadableStream.<ByteBuffer>from(feed -> feed.fail(boom), StreamOptions.bytes().named("live"))))) {
      assertThatThrownBy(in::read).isInstanceOf(IOException.class).cause().cause().isSameAs(boom);
    }
  }

  @Test
  void aPublisherOfALiveStreamServesOneSubscriber() {
    var publisher = onStrand(() -> Views.publisher(words("a", "b")));
    var first = new Listening<String>();
    publisher.subscribe(first);
    assertThat(Await.value(first.over)).containsExactly("a", "b");
    var second = new Listening<String>();
    publisher.subscribe(second);
    assertThatThrownBy(() -> Await.value(second.over)).hasMessageContaining("has had its run");
  }

  @Test
  void aProcessorGoesThroughALiveTransform() {
    var processor =
        onStrand(
            () ->
                Views.processor(
                    TransformStream.<String, Integer>from(
                        (word, out, done) -> {
                          out.push(word.length());
                          done.ok();
                        })));
    var source = onStrand(() -> Views.publisher(words("a", "bb", "ccc")));
    var end = new Listening<Integer>();
    processor.subscribe(end);
    source.subscribe(processor);
    assertThat(Await.value(end.over)).containsExactly(1, 2, 3);
  }

  // ---------------------------------------------------------------- ownership

  /// Makes `first` and then `second` of one stream; the second is refused, and names the lines of both.
  private void checkRefused(Consumer<ReadableStream<String>> first, Consumer<ReadableStream<String>> second) {
    onStrand(
        () -> {
          var stream = words("a", "b");
          var _ = stream.onError(_ -> {});
          first.accept(stream);
          assertRefused(() -> second.accept(stream));
          return stream;
        });
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ERR_INVALID_STATE))
        .hasMessageMatching(".*LiveViewsTest\\.java:\\d+: .*LiveViewsTest\\.java:\\d+ .*");
  }

  @Test
  void aSecondConsumerIsRefusedWhereItIsAttachedAndBothPlacesAreNamed() {
    var elsewhere = StreamOptions.objects();
    var firsts = new ArrayList<Consumer<ReadableStream<String>>>();
    firsts.add(stream -> Views.iterate(stream));
    firsts.add(stream -> stream.onData(_ -> {}));
    firsts.add(stream -> stream.onReadable(() -> {}));
    firsts.add(stream -> stream.pipe(TransformStream.<String>passThrough(elsewhere)));
    for (var first : firsts) checkRefused(first, stream -> Views.iterate(stream));
    var seconds = new ArrayList<Consumer<ReadableStream<String>>>();
    seconds.add(stream -> stream.onData(_ -> {}));
    seconds.add(stream -> stream.onReadable(() -> {}));
    seconds.add(stream -> stream.pipe(TransformStream.<String>passThrough(elsewhere)));
    seconds.add(ReadableStream::read);
    seconds.add(ReadableStream::resume);
    seconds.add(ReadableStream::pause);
    for (var second : seconds) checkRefused(stream -> Views.iterate(stream), second);
  }

  @Test
  void theTwoLinesAreTheFirstAndTheSecond() {
    var message =
        onStrand(
            () -> {
              var stream = words("a");
              int line = new Throwable().getStackTrace()[0].getLineNumber();
              Views.iterate(stream);
              try {
                stream.onData(_ -> {});
              } catch (StreamException e) {
                return e.getMessage()
                    .replace(":" + (line + 1) + " ", ":FIRST ")
                    .replace(":" + (line + 3) + ":", ":SECOND:");
              }
              return "nothing was thrown";
            });
    assertThat(message)
        .contains("a listener for data at LiveViewsTest.java:SECOND:")
        .contains("by a pipeline or a view at LiveViewsTest.java:FIRST ");
  }

  @Test
  void aRefusedSecondConsumerLeavesTheStreamToTheFirst() {
    Iteration<String> chunks =
        onStrand(
            () -> {
              var stream = words("a", "b", "c");
              var mine = Views.iterate(stream);
              assertRefused(() -> Views.iterate(stream));
              assertRefused(() -> stream.onData(_ -> {}));
              return mine;
            });
    var taken = new ArrayList<String>();
    chunks.forEach(taken::add);
    assertThat(taken).containsExactly("a", "b", "c");
  }

  @Test
  void aTakenWritableIsWrittenByItsViewAlone() {
    onStrand(
        () -> {
          var stream = WritableStream.<String>to((_, done) -> done.ok());
          var _ = stream.onError(_ -> {});
          var writer = Views.writer(stream);
          assertRefused(() -> stream.write("x"));
          assertRefused(() -> stream.end());
          assertRefused(() -> Views.writer(stream));
          assertRefused(() -> words("a").pipe(stream));
          return writer;
        });
    onStrand(
        () -> {
          var stream = WritableStream.<String>to((_, done) -> done.ok());
          words("a").pipe(stream);
          assertRefused(() -> Views.writer(stream));
          return stream;
        });
  }

  @Test
  void aPipelineStartedElsewhereOverATakenStreamFailsAndNamesTheFirstPlace() {
    var stream = new AtomicReference<ReadableStream<String>>();
    Iteration<String> chunks =
        onStrand(
            () -> {
              stream.set(words("a", "b"));
              return Views.iterate(stream.get());
            });
    var second = Pipeline.from(Origin.once(stream.get())).iterate();
    assertThatThrownBy(() -> second.iterator().hasNext())
        .isInstanceOf(PipelineException.class)
        .cause()
        .isInstanceOf(StreamException.class)
        .hasMessageMatching(".*LiveViewsTest\\.java:\\d+: .*LiveViewsTest\\.java:\\d+ .*");
    var taken = new ArrayList<String>();
    chunks.forEach(taken::add);
    assertThat(taken).containsExactly("a", "b");
  }

  // ---------------------------------------------------------------- operators, terminals, readers

  private static final List<Consumer<ReadableStream<String>>> TAKERS =
      List.of(
          using(stream -> stream.toList(5)),
          using(stream -> stream.forEach(_ -> {})),
          using(stream -> stream.find("b"::equals)),
          using(stream -> stream.take(1).toList(5)),
          using(stream -> stream.map(String::length).onData(_ -> {})),
          using(stream -> stream.flatMap(word -> ReadableStream.of(word)).onData(_ -> {})),
          using(stream -> stream.mapAsync(2, (word, _) -> CompletableFuture.completedFuture(word)).onData(_ -> {})),
          using(
              stream -> stream.through(TransformStream.<String>passThrough(StreamOptions.objects())).onData(_ -> {})));

  /// A consumer whose result nobody needs.
  private static Consumer<ReadableStream<String>> using(Function<ReadableStream<String>, ?> consumer) {
    return stream -> {
      var _ = consumer.apply(stream);
    };
  }

  @Test
  void whatTakesChunksIsRefusedWhereTheStreamIsAViewsAlready() {
    for (var taker : TAKERS) checkRefused(stream -> Views.iterate(stream), taker);
    checkRefused(stream -> Views.iterate(stream), ReadableStream::chunks);
    onStrand(
        () -> {
          var tail = words("a");
          var _ = Views.iterate(tail);
          var head = WritableStream.<String>to((_, done) -> done.ok());
          assertRefused(() -> DuplexStream.from(head, tail));
          var _ = Views.writer(head);
          assertRefused(() -> DuplexStream.from(head, words("a")));
          return tail;
        });
  }

  @Test
  void aViewIsRefusedWhereTheChunksAreTakenAlready() {
    for (var taker : TAKERS) checkRefused(taker, stream -> Views.iterate(stream));
    checkRefused(ReadableStream::chunks, stream -> Views.iterate(stream));
    checkRefused(using(stream -> stream.chunks().next()), stream -> Views.iterate(stream));
    checkRefused(using(stream -> stream.map(String::length)), stream -> Views.iterate(stream));
    onStrand(
        () -> {
          var tail = words("a");
          var head = WritableStream.<String>to((_, done) -> done.ok());
          var _ = DuplexStream.from(head, tail);
          assertRefused(() -> Views.iterate(tail));
          assertRefused(() -> Views.writer(head));
          return tail;
        });
  }

  @Test
  void aSecondTakerOfTheChunksIsRefusedButForReaders() {
    var alone = TAKERS.subList(0, TAKERS.size() - 1);
    for (var first : alone) for (var second : alone) checkRefused(first, second);
    for (var taker : alone) {
      checkRefused(taker, ReadableStream::chunks);
      checkRefused(ReadableStream::chunks, taker);
    }
  }

  @Test
  void aRefusedViewLeavesAllChunksToTheTerminal() {
    var all = new CompletableFuture<List<Integer>>();
    onStrand(
        () -> {
          var stream = ReadableStream.fromIterable(() -> IntStream.range(0, 5000).iterator());
          var _ = stream.toList(10_000).whenComplete((list, error) -> tell(all, list, error));
          assertRefused(() -> Views.iterate(stream));
          assertRefused(() -> stream.toList(1));
          return stream;
        });
    assertThat(Await.value(all)).hasSize(5000);
  }

  @Test
  void aRefusedTerminalLeavesAllChunksToTheView() {
    Iteration<Integer> chunks =
        onStrand(
            () -> {
              var stream = ReadableStream.fromIterable(() -> IntStream.range(0, 5000).iterator());
              var mine = Views.iterate(stream);
              assertRefused(() -> stream.toList(10_000));
              return mine;
            });
    var taken = new ArrayList<Integer>();
    chunks.forEach(taken::add);
    assertThat(taken).hasSize(5000);
  }

  @Test
  void aRunStartedElsewhereIsRefusedInItsTurnAndTheTerminalGoesOn() {
    var all = new CompletableFuture<List<String>>();
    var open = new AtomicReference<Feed<String>>();
    var stream =
        onStrand(
            () -> {
              var fed = ReadableStream.<String>fed(StreamOptions.objects());
              open.set(fed.feed());
              var _ = fed.stream().toList(10).whenComplete((list, error) -> tell(all, list, error));
              return fed.stream();
            });
    var second = Pipeline.from(Origin.once(stream)).iterate();
    assertThatThrownBy(() -> second.iterator().hasNext())
        .isInstanceOf(PipelineException.class)
        .cause()
        .isInstanceOf(StreamException.class)
        .hasMessageMatching(".*LiveViewsTest\\.java:\\d+: .*LiveViewsTest\\.java:\\d+ .*");
    stream
        .strand()
        .execute(
            () -> {
              open.get().push("a");
              open.get().push("b");
              open.get().end();
            });
    assertThat(Await.value(all)).containsExactly("a", "b");
  }

  @Test
  void aPublisherIsToldThatItsStreamIsTakenAndTheTerminalGoesOn() {
    var all = new CompletableFuture<List<String>>();
    var second = new Listening<String>();
    onStrand(
        () -> {
          var stream = words("a", "b");
          var _ = stream.toList(10).whenComplete((list, error) -> tell(all, list, error));
          Views.publisher(stream).subscribe(second);
          return stream;
        });
    assertThatThrownBy(() -> Await.value(second.over)).hasMessageContaining("is taken already, by a terminal");
    assertThat(Await.value(all)).containsExactly("a", "b");
  }

  @Test
  void aJoinThatIsRefusedLeavesNothingOnTheStreams() {
    Iteration<String> chunks =
        onStrand(
            () -> {
              var stream = words("a", "b", "c");
              var mine = Views.iterate(stream);
              var broken = TransformStream.<String>passThrough(StreamOptions.objects());
              assertRefused(() -> Streams.pipeline(List.of(stream, broken), _ -> {}));
              assertRefused(() -> stream.through(broken));
              var _ = broken.onError(_ -> {});
              broken.destroy(new IllegalStateException("boom"));
              return mine;
            });
    var taken = new ArrayList<String>();
    chunks.forEach(taken::add);
    assertThat(taken).containsExactly("a", "b", "c");
  }

  @Test
  void whoLetsGoMakesRoomForTheNext() {
    var first = new CompletableFuture<String>();
    var rest = new CompletableFuture<List<String>>();
    onStrand(
        () -> {
          var stream = words("a", "b", "c");
          var reader = stream.chunks(false);
          var _ =
              reader
                  .next()
                  .whenComplete(
                      (word, _) -> {
                        first.complete(word);
                        reader.close();
                        var _ = stream.toList(5).whenComplete((list, error) -> tell(rest, list, error));
                      });
          return stream;
        });
    assertThat(Await.value(first)).isEqualTo("a");
    assertThat(Await.value(rest)).containsExactly("b", "c");
  }

  @Test
  void aViewFollowsAReaderThatLeftTheStream() {
    var chunks =
        onStrand(
            () -> {
              var stream = words("a", "b");
              stream.chunks(false).close();
              return Views.iterate(stream);
            });
    var taken = new ArrayList<String>();
    chunks.forEach(taken::add);
    assertThat(taken).containsExactly("a", "b");
  }

  private static <T> void tell(CompletableFuture<T> future, T value, @Nullable Throwable error) {
    if (error == null) future.complete(value);
    else future.completeExceptionally(error);
  }

  /// A subscriber that wants everything.
  private static final class Listening<T> implements Flow.Subscriber<T> {
    final CompletableFuture<List<T>> over = new CompletableFuture<>();
    private final List<T> got = new ArrayList<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T chunk) {
      got.add(chunk);
    }

    @Override
    public void onError(Throwable failure) {
      over.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      over.complete(got);
    }
  }
}
