package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.Constructing;
import highwater.Done;
import highwater.Feed;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.Transformer;
import highwater.WritableStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A pipeline of classic streams as users write them, whose callbacks count and fail when told: by a throw, or by
/// `done`.
final class UserStreams {
  int failAt = Integer.MAX_VALUE;

  /// Whether the failing callback throws, rather than acknowledging with an error where it has something to
  /// acknowledge.
  boolean throwsIt;

  IntConsumer onCall = call -> {};
  int calls;
  @Nullable Throwable thrown;
  final List<Integer> received = new ArrayList<>();
  final List<LiveStream> streams = new ArrayList<>();
  final List<String> destroyed = new ArrayList<>();
  private final int count;

  UserStreams(int count) {
    this.count = count;
  }

  Pipeline pipeline() {
    return Pipeline.from(Origin.of("numbers", () -> kept(ReadableStream.from(new Numbers(), small()))))
        .through(Stage.of("double", () -> kept(TransformStream.from(new Doubling(), small()))))
        .through(Stage.of("pass", () -> kept(TransformStream.<Integer>passThrough(small()))))
        .to(Target.of("list", () -> kept(WritableStream.to(new Listing(), small()))));
  }

  private static StreamOptions small() {
    return StreamOptions.objects().withMark(2);
  }

  private <S extends LiveStream> S kept(S stream) {
    streams.add(stream);
    return stream;
  }

  /// What holds after every run, however it went.
  void checkAllClosedOnce() {
    assertThat(streams).allMatch(LiveStream::closed);
    assertThat(destroyed).doesNotHaveDuplicates();
  }

  private void call(String where, @Nullable Done done, Body body) throws Exception {
    calls++;
    onCall.accept(calls);
    if (calls != failAt) {
      body.run();
      return;
    }
    var boom = new Rig.Boom(where);
    thrown = boom;
    if (throwsIt || done == null) throw boom;
    done.fail(boom);
  }

  private interface Body {
    void run() throws Exception;
  }

  private final class Numbers implements Source<Integer>, Constructing {
    private int next;

    @Override
    public void construct(Done done) throws Exception {
      call("source.construct", done, done::ok);
    }

    @Override
    public void read(Feed<Integer> feed) throws Exception {
      call(
          "source.read",
          null,
          () -> {
            if (next == count) feed.end();
            else feed.push(next++);
          });
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      destroyed.add("source");
      call("source.destroy", done, done::ok);
    }
  }

  private final class Doubling implements Transformer<Integer, Integer>, Constructing {
    @Override
    public void construct(Done done) throws Exception {
      call("transform.construct", done, done::ok);
    }

    @Override
    public void transform(Integer chunk, Feed<Integer> out, Done done) throws Exception {
      call(
          "transform",
          done,
          () -> {
            out.push(chunk * 2);
            done.ok();
          });
    }

    @Override
    public void flush(Feed<Integer> out, Done done) throws Exception {
      call(
          "transform.flush",
          done,
          () -> {
            out.push(-1);
            done.ok();
          });
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      destroyed.add("transform");
      call("transform.destroy", done, done::ok);
    }
  }

  private final class Listing implements Sink<Integer>, Constructing {
    @Override
    public void construct(Done done) throws Exception {
      call("sink.construct", done, done::ok);
    }

    @Override
    public void write(Integer chunk, Done done) throws Exception {
      call(
          "sink.write",
          done,
          () -> {
            received.add(chunk);
            done.ok();
          });
    }

    @Override
    public void finish(Done done) throws Exception {
      call("sink.final", done, done::ok);
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      destroyed.add("sink");
      call("sink.destroy", done, done::ok);
    }
  }
}
