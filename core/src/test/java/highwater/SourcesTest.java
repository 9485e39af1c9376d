package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Readables of values: iterables, streams, futures, ticks.
class SourcesTest {
  @AutoClose private final Scene scene = new Scene();

  private <T> ReadableStream<T> watched(ReadableStream<T> stream) {
    return scene.watch(stream);
  }

  /// Counts to `end`, and notes what is done to it.
  private final class Counting implements Iterator<Integer>, AutoCloseable {
    private final int end;
    int next;

    Counting(int end) {
      this.end = end;
    }

    @Override
    public boolean hasNext() {
      return next < end;
    }

    @Override
    public Integer next() {
      if (next == end) throw new NoSuchElementException();
      return next++;
    }

    @Override
    public void close() {
      scene.log("closed");
    }
  }

  @Test
  void anIterableIsReadToItsEnd() {
    var log = scene.turn(() -> scene.logData(watched(ReadableStream.fromIterable(List.of("a", "b")))));
    assertThat(log.stream().map(line -> line.replaceAll("^.*?(?=data|end|close)", "")))
        .containsSubsequence("data a", "data b", "end", "close");
  }

  @Test
  void oneChunkIsTakenAheadAndNoMore() {
    var iterator = new Counting(10);
    scene.turn(() -> assertThat(watched(ReadableStream.fromIterator(iterator)).read()).isEqualTo(0));
    assertThat(iterator.next).isEqualTo(2);
  }

  @Test
  void theEndClosesTheIterator() {
    var log = scene.turn(() -> scene.logData(watched(ReadableStream.fromIterator(new Counting(1)))));
    assertThat(log).filteredOn(line -> line.endsWith("closed")).hasSize(1);
  }

  @Test
  void destroyClosesTheIteratorAndTheIterable() {
    class Folder implements Iterable<Integer>, AutoCloseable {
      @Override
      public Iterator<Integer> iterator() {
        return new Counting(3);
      }

      @Override
      public void close() {
        scene.log("folder closed");
      }
    }
    assertThat(scene.turn(() -> watched(ReadableStream.fromIterable(new Folder())).destroy()))
        .containsExactly("sync closed", "sync folder closed", "tick close");
  }

  @Test
  void destroyClosesAJavaStream() {
    assertThat(
            scene.turn(
                () -> {
                  var stream = Stream.of("a", "b").onClose(() -> scene.log("closed"));
                  watched(ReadableStream.fromStream(stream)).destroy();
                }))
        .containsExactly("sync closed", "tick close");
  }

  @Test
  void aCloseThatThrowsIsTheError() {
    var log =
        scene.turn(
            () -> {
              var stream =
                  Stream.of("a")
                      .onClose(
                          () -> {
                            throw new IllegalStateException("no close");
                          });
              watched(ReadableStream.fromStream(stream)).destroy();
            });
    assertThat(log).containsExactly("tick error no close", "tick close");
  }

  @Test
  void anIteratorThatThrowsFailsTheStreamWithThatVeryError() {
    var boom = new IllegalStateException("boom");
    Iterator<String> iterator =
        Stream.<String>generate(
                () -> {
                  throw boom;
                })
            .iterator();
    var stream = scene.make(() -> watched(ReadableStream.fromIterator(iterator)));
    assertThat(scene.turn(() -> scene.logData(stream))).contains("tick 2 error boom").doesNotContain("tick end");
    scene.turn(() -> assertThat(stream.errored()).isSameAs(boom));
  }

  @Test
  void aNullFromAnIteratorIsRefused() {
    var values = new ArrayList<String>();
    values.add(null);
    assertThat(scene.turn(() -> scene.logData(watched(ReadableStream.fromIterable(values)))))
        .contains("tick 2 error ERR_STREAM_NULL_VALUES");
  }

  @Test
  void anEndlessIterableLetsOtherTurnsRun() {
    var stream = scene.make(() -> scene.add(ReadableStream.fromStream(Stream.iterate(1, i -> i + 1))));
    var count = new int[1];
    scene.turn(
        () -> {
          stream.onData(_ -> count[0]++);
          scene.strand().post(stream::destroy);
        });
    scene.runReady();
    assertThat(count[0]).isBetween(1, 2 * Taking.CHUNKS_PER_TURN + 16);
  }

  @Test
  void aFutureIsOneChunkAndTheEnd() {
    var future = new CompletableFuture<String>();
    var stream = scene.make(() -> watched(ReadableStream.fromFuture(future)));
    scene.turn(() -> scene.logData(stream));
    assertThat(scene.hasWork()).isTrue();
    assertThat(scene.turn(() -> future.complete("a"))).startsWith("sync data a").endsWith("tick 2 close");
  }

  @Test
  @Timeout(10)
  void aFutureCompletedElsewhereIsATurn() throws InterruptedException {
    var future = new CompletableFuture<String>();
    var stream = scene.make(() -> watched(ReadableStream.fromFuture(future)));
    scene.turn(() -> scene.logData(stream));
    Thread.ofPlatform().start(() -> future.complete("a")).join();
    assertThat(scene.runReady()).startsWith("turn data a");
  }

  @Test
  void aFailedFutureIsTheErrorItself() {
    var future = new CompletableFuture<String>();
    var dependent = future.thenApply(value -> value + "!");
    var stream = scene.make(() -> watched(ReadableStream.fromFuture(dependent)));
    scene.turn(() -> scene.logData(stream));
    var boom = new IllegalStateException("boom");
    scene.turn(() -> future.completeExceptionally(boom));
    scene.turn(() -> assertThat(stream.errored()).isSameAs(boom));
  }

  @Test
  void aFutureOfNullIsRefused() {
    assertThat(
            scene.turn(
                () -> {
                  CompletableFuture<String> nothing = CompletableFuture.completedFuture(null);
                  scene.logData(watched(ReadableStream.fromFuture(nothing)));
                }))
        .contains("tick 2 error ERR_STREAM_NULL_VALUES");
  }

  @Test
  void aDestroyedFutureStreamKeepsNoRun() {
    var stream = scene.make(() -> watched(ReadableStream.fromFuture(new CompletableFuture<String>())));
    scene.turn(() -> scene.logData(stream));
    scene.turn(stream::destroy);
    assertThat(scene.hasWork()).isFalse();
  }

  @Test
  void emptyEndsAndFailedFailsWhenRead() {
    assertThat(scene.turn(() -> scene.logData(watched(ReadableStream.empty())))).contains("tick 2 end", "tick 3 close");
    assertThat(scene.turn(() -> scene.logData(watched(ReadableStream.failed(new IllegalStateException("boom"))))))
        .contains("tick 2 error boom", "tick 2 close");
  }

  @Test
  void ticksCountThePeriodsAndAMissedOneIsAGap() {
    var stream = scene.make(() -> scene.add(ReadableStream.ticks(Duration.ofMillis(10))));
    var seen = new ArrayList<Long>();
    scene.turn(() -> stream.onData(seen::add));
    scene.advance(35);
    assertThat(seen).containsExactly(1L, 2L, 3L);
    scene.turn(stream::pause);
    scene.advance(40);
    scene.turn(stream::resume);
    assertThat(seen).as("4 was on its way at the pause").containsExactly(1L, 2L, 3L, 4L, 7L);
    scene.advance(5);
    assertThat(seen).endsWith(7L, 8L);
  }

  @Test
  void ticksStopWithTheStream() {
    var stream = scene.make(() -> scene.add(ReadableStream.ticks(Duration.ofMillis(10))));
    scene.turn(() -> scene.logData(stream));
    scene.turn(stream::destroy);
    assertThat(scene.hasWork()).isFalse();
    assertThatThrownBy(() -> scene.turn(() -> ReadableStream.ticks(Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
