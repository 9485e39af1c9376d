package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.strand.Strand;
import highwater.strand.UnfinishedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When a run is over, as streams make it (docs/semantics.md, S5 to S8).
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunEndTest {
  private static final StreamOptions NAMED = StreamOptions.objects();

  @Test
  void aRunEndsWhenEveryStreamIsOver() {
    var read = new ArrayList<String>();
    Strand.run(
        () ->
            ReadableStream.<String>from(feed -> feed.end("a"))
                .pipe(
                    WritableStream.to(
                        (chunk, done) -> {
                          read.add(chunk);
                          done.ok();
                        })));
    assertThat(read).containsExactly("a");
  }

  @Test
  void streamsLeftOpenAreNamedAndDestroyed() {
    var made = new ArrayList<LiveStream>();
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      made.add(WritableStream.to((_, done) -> done.ok(), NAMED.named("never ended")));
                      made.add(ReadableStream.from(_ -> {}, NAMED.named("never read")));
                    }))
        .isInstanceOfSatisfying(UnfinishedException.class, e -> assertThat(e.residents()).hasSize(2))
        .hasMessageContaining("never ended")
        .hasMessageContaining("never read");
    assertThat(made).allMatch(LiveStream::destroyed).allMatch(LiveStream::closed);
  }

  @Test
  void anUnreadTransformIsLeftOpenToo() {
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var pass = TransformStream.<String>passThrough(NAMED.withMark(1).named("unread"));
                      var _ = pass.write("a");
                      pass.end("b");
                    }))
        .isInstanceOf(UnfinishedException.class)
        .hasMessageContaining("unread{w=2");
  }

  @Test
  void anUnacknowledgedWriteKeepsTheRun() {
    var acknowledged = new ArrayList<Thread>();
    Strand.run(
        () ->
            WritableStream.<String>to(
                    (_, done) ->
                        acknowledged.add(
                            Thread.startVirtualThread(
                                () -> {
                                  Thread.yield();
                                  done.ok();
                                })))
                .end("a"));
    assertThat(acknowledged).hasSize(1);
  }

  @Test
  void aChunkThatWasQueuedKeepsTheRunToo() {
    var written = new ArrayList<String>();
    Strand.run(
        () -> {
          var target =
              WritableStream.<String>to(
                  (chunk, done) -> {
                    written.add(chunk);
                    new Thread(done::ok).start();
                  });
          for (var chunk : List.of("a", "b", "c")) {
            var _ = target.write(chunk);
          }
          target.end();
        });
    assertThat(written).containsExactly("a", "b", "c");
  }

  @Test
  void anAskedSourceKeepsTheRun() {
    var read = new ArrayList<String>();
    Strand.run(
        () -> {
          var strand = Strand.current();
          var stream =
              ReadableStream.<String>from(feed -> Thread.startVirtualThread(() -> strand.post(() -> feed.end("a"))));
          stream.onData(read::add);
        });
    assertThat(read).containsExactly("a");
  }

  @Test
  void aLastStepAndADestroyKeepTheRun() {
    var steps = new ArrayList<String>();
    var sink =
        new Sink<String>() {
          @Override
          public void write(String chunk, Done done) {
            done.ok();
          }

          @Override
          public void finish(Done done) {
            steps.add("finish");
            Thread.startVirtualThread(done::ok);
          }

          @Override
          public void destroy(@Nullable Throwable error, Done done) {
            steps.add("destroy");
            Thread.startVirtualThread(done::ok);
          }
        };
    var closed = new ArrayList<Boolean>();
    Strand.run(
        () -> {
          var stream = WritableStream.to(sink);
          stream.onClose(() -> closed.add(true));
          stream.end();
        });
    assertThat(steps).containsExactly("finish", "destroy");
    assertThat(closed).containsExactly(true);
  }

  @Test
  void anAcknowledgementAfterTheEndIsDropped() {
    var owed = new ArrayList<Done>();
    var told = new ArrayList<@Nullable Throwable>();
    Strand.run(
        () -> {
          var stream = WritableStream.<String>to((_, done) -> owed.add(done));
          var _ = stream.write("a", told::add);
          stream.destroy();
        });
    assertThatCode(() -> owed.getFirst().ok()).doesNotThrowAnyException();
    assertThat(told).isEmpty();
  }

  @Test
  void whatIsOpenWhenARunFailsIsDestroyedWithTheError() {
    var boom = new IllegalStateException("boom");
    var made = new ArrayList<LiveStream>();
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      made.add(WritableStream.to((_, done) -> done.ok()));
                      throw boom;
                    }))
        .isSameAs(boom);
    assertThat(made).allMatch(LiveStream::closed).allMatch(stream -> stream.errored() == boom);
  }

  @Test
  void aSuccessfulPipelineLeavesNothingOpen() {
    var outcomes = new ArrayList<@Nullable Throwable>();
    assertThatCode(
            () ->
                Strand.run(
                    () ->
                        Streams.pipeline(
                            List.of(
                                ReadableStream.<String>from(feed -> feed.end("a")),
                                TransformStream.<String>passThrough(NAMED),
                                WritableStream.<String>to((_, done) -> done.ok())),
                            outcomes::add)))
        .doesNotThrowAnyException();
    assertThat(outcomes).containsExactly((Throwable) null);
  }
}
