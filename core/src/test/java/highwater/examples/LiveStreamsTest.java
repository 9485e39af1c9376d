package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.CancelHandle;
import highwater.ReadableStream;
import highwater.Streams;
import highwater.TransformStream;
import highwater.strand.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The examples of live streams made of values and functions: each block of Java there stands here too, and runs.
class LiveStreamsTest {
  private static CompletionStage<String> fetch(int page, CancelHandle stop) {
    var later = CompletableFuture.delayedExecutor(page % 3, TimeUnit.MILLISECONDS);
    var call = CompletableFuture.supplyAsync(() -> "page " + page, later);
    var _ = stop.onCancel(call::completeExceptionally);
    return call;
  }

  @Test
  @Timeout(20)
  void aParallelMapWithOrder() {
    var pages = new ArrayList<String>();
    // @start region=parallel
    Strand.run(
        () -> {
          var numbers = ReadableStream.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
          var _ = numbers.mapAsync(4, (number, stop) -> fetch(number, stop)).forEach(pages::add);
        }); // returns when all is done; throws what a call failed with
    // @end
    assertThat(pages).hasSize(9).startsWith("page 1", "page 2").endsWith("page 9");
  }

  @Test
  @Timeout(20)
  void severalStagesAsOne() {
    var result = new ArrayList<String>();
    // @start region=compose
    Strand.run(
        () -> {
          var doubled =
              TransformStream.<Integer, Integer>from(
                  (number, out, done) -> {
                    out.push(number * 2);
                    done.ok();
                  });
          var words =
              TransformStream.<Integer, String>from(
                  (number, out, done) -> {
                    out.push("n" + number);
                    done.ok();
                  });
          var both = Streams.<Integer, String>compose(doubled, words);
          var _ =
              ReadableStream.fromIterable(List.of(1, 2, 3)).through(both).take(2).toList(2).thenAccept(result::addAll);
        });
    // @end
    assertThat(result).containsExactly("n2", "n4");
  }
}
