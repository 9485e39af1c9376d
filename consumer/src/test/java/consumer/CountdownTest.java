package consumer;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.CancelHandle;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Source;
import highwater.Streams;
import highwater.WritableStream;
import highwater.testkit.RecordingSink;
import highwater.testkit.SourceContract;
import highwater.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A source of the user's own, and what the test kit says of it. */
class CountdownTest {
  static final class Countdown implements Source<Integer> {
    private int next;

    Countdown(int from) {
      next = from;
    }

    @Override
    public void read(Feed<Integer> feed) {
      while (next > 0) if (!feed.push(next--)) return;
      feed.end();
    }
  }

  @Nested
  class KeepsTheContract extends SourceContract<Integer> {
    @Override
    protected Source<Integer> source() {
      return new Countdown(5);
    }

    @Override
    protected List<Integer> content() {
      return List.of(5, 4, 3, 2, 1);
    }
  }

  @Test
  void aSlowSinkIsStoppedByAHandle() {
    try (var time = new VirtualTime()) {
      var sink = new RecordingSink<Integer>(time).taking(Duration.ofSeconds(1));
      var outcome = new ArrayList<Throwable>();
      time.turn(
          () ->
              Streams.pipeline(
                  List.of(ReadableStream.from(new Countdown(1_000)), WritableStream.to(sink)),
                  Streams.PipelineOptions.standard()
                      .cancelledBy(CancelHandle.after(Duration.ofMillis(2_500), time.strand())),
                  outcome::add));
      time.pass(Duration.ofSeconds(4));
      assertThat(sink.received()).containsExactly(1_000, 999, 998);
      assertThat(outcome).singleElement().satisfies(error -> assertThat(error).hasMessageContaining("not done within"));
    }
  }
}
