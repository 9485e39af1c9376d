package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.CancelHandle;
import highwater.Done;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.Streams;
import highwater.Transformer;
import highwater.WritableStream;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import highwater.testkit.RecordingSink;
import highwater.testkit.RecordingSource;
import highwater.testkit.SinkContract;
import highwater.testkit.SourceContract;
import highwater.testkit.TransformerContract;
import highwater.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// A user's own streams, and the tests that the test kit makes of them (docs: Testing your own streams).
class TestKitTest {
  /// Rows of a cursor, which must be closed.
  private static final class Cursor implements AutoCloseable {
    private static int open;
    final Iterator<String> rows = List.of("ada", "grace", "hedy", "joan").iterator();

    Cursor() {
      open++;
    }

    @Override
    public void close() {
      open--;
    }
  }

  private static final class Rows implements Source<String> {
    private @Nullable Cursor cursor;

    @Override
    public void read(Feed<String> feed) {
      if (cursor == null) cursor = new Cursor();
      while (cursor.rows.hasNext()) if (!feed.push(cursor.rows.next())) return;
      feed.end();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      if (cursor != null) cursor.close();
      done.ok();
    }
  }

  // @start region=source
  @Nested
  class RowsKeepTheContract extends SourceContract<String> {
    @Override
    protected Source<String> source() {
      return new Rows();
    }

    @Override
    protected List<String> content() {
      return List.of("ada", "grace", "hedy", "joan");
    }

    @Override
    protected void assertReleased() {
      assertThat(Cursor.open).as("open cursors").isZero();
    }
  }

  // @end

  /// A table that a transaction fills.
  private static final class Insert implements Sink<String> {
    private final List<String> table;
    private final List<String> transaction = new ArrayList<>();

    Insert(List<String> table) {
      this.table = table;
    }

    @Override
    public void write(String row, Done done) {
      transaction.add(row);
      done.ok();
    }

    @Override
    public void finish(Done done) {
      table.addAll(transaction);
      done.ok();
    }
  }

  // @start region=sink
  @Nested
  class InsertKeepsTheContract extends SinkContract<String> {
    private List<String> table = new ArrayList<>();

    @Override
    protected Sink<String> sink() {
      table = new ArrayList<>();
      return new Insert(table);
    }

    @Override
    protected List<String> chunks() {
      return List.of("ada", "grace", "hedy");
    }

    @Override
    protected List<String> received() {
      return table;
    }

    @Override
    protected void assertNotWhole() {
      assertThat(table).isEmpty();
    }
  }

  // @end

  /// Pairs of rows in one line.
  private static final class Pairs implements Transformer<String, String> {
    private @Nullable String first;

    @Override
    public void transform(String row, Feed<String> out, Done done) {
      if (first == null) {
        first = row;
      } else {
        out.push(first + " and " + row);
        first = null;
      }
      done.ok();
    }

    @Override
    public void flush(Feed<String> out, Done done) {
      if (first != null) out.push(first);
      done.ok();
    }
  }

  // @start region=transformer
  @Nested
  class PairsKeepTheContract extends TransformerContract<String, String> {
    @Override
    protected Transformer<String, String> transformer() {
      return new Pairs();
    }

    @Override
    protected List<String> input() {
      return List.of("ada", "grace", "hedy");
    }

    @Override
    protected List<String> output() {
      return List.of("ada and grace", "hedy");
    }
  }

  // @end

  // @start region=time
  @Test
  void aSlowSinkMakesItsSourceWait() {
    try (var time = new VirtualTime()) {
      var rows = new RecordingSource<String>(time).thenPush("ada").thenPush("grace").thenEnd();
      var insert = new RecordingSink<String>(time).taking(Duration.ofMinutes(1));
      time.turn(() -> ReadableStream.from(rows).pipe(time.watch("insert", WritableStream.to(insert))));
      assertThat(time.pass(Duration.ofMinutes(1))).containsExactly("turn write grace");
      assertThat(time.pass(Duration.ofMinutes(1))).containsSubsequence("turn finish", "turn insert finish");
      assertThat(insert.received()).containsExactly("ada", "grace");
    }
  }

  @Test
  void aSinkThatFailsFailsThePipelineAndReleasesTheSource() {
    try (var time = new VirtualTime()) {
      var rows = new RecordingSource<String>(time).thenPush("ada").thenPush("grace").thenPush("hedy");
      var insert = new RecordingSink<String>(time).failingAt(2, new IllegalStateException("disk full"));
      var outcome = new ArrayList<@Nullable Throwable>();
      time.turn(() -> Streams.pipeline(List.of(ReadableStream.from(rows), WritableStream.to(insert)), outcome::add));
      assertThat(outcome).singleElement().satisfies(error -> assertThat(error).hasMessage("disk full"));
      assertThat(time.log()).contains("tick 3 source destroyed disk full").doesNotContain("tick write hedy");
    }
  }

  // @end

  @Test
  void stopsAPipelineThatTakesTooLongOrIsNotWanted() {
    var shutdown = new CancelHandle();
    var rows = Origin.of("rows", () -> ReadableStream.from(new Rows()));
    var table =
        Target.<String>of(
            "table",
            () ->
                WritableStream.to(
                    (_, done) -> {
                      done.ok();
                      shutdown.cancel("the server is going down");
                    }));
    assertThatThrownBy(
            () -> {
              // @start region=stop
              var handle = CancelHandle.any(CancelHandle.after(Duration.ofHours(1)), shutdown); // whichever is first
              Pipeline.from(rows)
                  .to(table)
                  .cancelledBy(handle) // CancelledException: somebody wanted it so
                  .withIdleTimeout(Duration.ofMinutes(1)) // PipelineException: names the stage, and what it waits for
                  .run();
              // @end
            })
        .isInstanceOf(CancelledException.class)
        .hasMessage("the server is going down");
  }
}
