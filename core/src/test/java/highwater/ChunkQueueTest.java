package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The ring in which chunks wait.
class ChunkQueueTest {
  private record Entry(String chunk, long length, Object callback) {}

  @Test
  void itIsFirstInFirstOutWhateverTheOrderOfCalls() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ChunkQueueTest -Dseed=" + seed);
    var random = new Random(seed);
    var queue = ChunkQueue.<String>none().own();
    var model = new ArrayDeque<Entry>();
    for (int i = 0; i < 20_000; i++) {
      // Waves, so that the ring grows, wraps, and is let go again.
      boolean growing = (i / 300) % 2 == 0;
      int choice = random.nextInt(10);
      if (choice == 0) {
        var entry = new Entry("front" + i, i, null);
        queue.addFirst(entry.chunk, entry.length);
        model.addFirst(entry);
      } else if (choice < (growing ? 7 : 3)) {
        var entry = new Entry("back" + i, i, random.nextBoolean() ? "callback" + i : null);
        queue.add(entry.chunk, entry.length, entry.callback);
        model.addLast(entry);
      } else if (choice == 9 && random.nextInt(500) == 0) {
        queue.clear();
        model.clear();
      } else if (!model.isEmpty()) {
        var expected = model.removeFirst();
        assertThat(queue.firstLength()).isEqualTo(expected.length);
        assertThat(queue.firstCallback()).isEqualTo(expected.callback);
        assertThat(queue.first()).isEqualTo(expected.chunk);
        assertThat(queue.remove()).isEqualTo(expected.chunk);
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
    }
  }

  @Test
  void theEmptyQueueOfAllStreamsIsNeverAddedTo() {
    var none = ChunkQueue.<String>none();
    assertThat(none.own()).isNotSameAs(none);
    none.clear();
    assertThat(none.isEmpty()).isTrue();
    var own = none.own();
    own.add("a", 1, null);
    assertThat(own.own()).isSameAs(own);
    assertThat(ChunkQueue.none().isEmpty()).isTrue();
  }

  @Test
  void aShortenedChunkKeepsItsPlace() {
    var queue = ChunkQueue.<String>none().own();
    queue.add("a", 5, null);
    queue.add("b", 7, null);
    queue.shortenFirst(2);
    assertThat(queue.firstLength()).isEqualTo(2);
    assertThat(queue.remove()).isEqualTo("a");
    assertThat(queue.firstLength()).isEqualTo(7);
  }
}
