package highwater.conformance;

import highwater.Constructing;
import highwater.Done;
import highwater.DuplexStream;
import highwater.Feed;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.TransformStream;
import highwater.Transformer;
import highwater.WritableStream;
import highwater.conformance.Cast.Player;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The streams of a scenario, whose hooks do what its script says, call by call.
final class Scripts {
  private Scripts() {}

  static LiveStream open(Cast cast, Player player) {
    var options = player.spec().options();
    boolean opening = player.spec().construct() != null;
    return switch (player.spec()) {
      case StreamSpec.WritableSpec spec ->
          WritableStream.to(
              opening
                  ? new OpeningSink(cast, player, spec.sinkScript())
                  : new ScriptedSink(cast, player, spec.sinkScript()),
              options);
      case StreamSpec.ReadableSpec spec -> ReadableStream.from(source(cast, player, spec.source()), options);
      case StreamSpec.TransformSpec spec ->
          TransformStream.from(
              opening ? new OpeningTransformer(cast, player, spec) : new ScriptedTransformer(cast, player, spec),
              options);
      // Node's duplex is one object: its source opens it and releases it, for both sides.
      case StreamSpec.DuplexSpec spec ->
          DuplexStream.of(
              source(cast, player, spec.source()),
              new ScriptedSink(cast, player, spec.sinkScript()) {
                @Override
                public void destroy(@Nullable Throwable error, Done done) {
                  done.ok();
                }
              },
              options);
    };
  }

  private static ScriptedSource source(Cast cast, Player player, List<Scenario.SourceStep> steps) {
    return player.spec().construct() == null
        ? new ScriptedSource(cast, player, steps)
        : new OpeningSource(cast, player, steps);
  }

  /// What the hooks of every kind have in common.
  private abstract static class Hooks {
    final Cast cast;
    final Player player;

    Hooks(Cast cast, Player player) {
      this.cast = cast;
      this.player = player;
    }

    final void open(Done done) {
      cast.log(player.id() + "._construct()");
      complete(Objects.requireNonNull(player.spec().construct()), done);
    }

    final void release(@Nullable Throwable error, Done done) {
      var completion = player.spec().destroy();
      if (completion == null) {
        done.ok();
        return;
      }
      cast.log(player.id() + "._destroy(" + (error == null ? "" : Cast.name(error)) + ")");
      if (error == null) {
        complete(completion, done);
      } else {
        var after = completion.after() instanceof After.Never ? new After.Sync() : completion.after();
        cast.clock.later(after, done::ok);
      }
    }

    final void complete(Scenario.Completion completion, Done done) {
      Runnable acknowledge = () -> acknowledge(done, completion.error());
      cast.clock.later(completion.after(), acknowledge);
      if (completion.again() != null) cast.clock.later(completion.again(), acknowledge);
      throwIfAsked(completion.thrown());
    }

    static void acknowledge(Done done, @Nullable String error) {
      if (error == null) done.ok();
      else done.fail(new Cast.Scripted(error));
    }

    static void throwIfAsked(@Nullable String error) {
      if (error != null) throw new Cast.Scripted(error);
    }
  }

  private static class ScriptedSink extends Hooks implements Sink<Object> {
    private final StreamSpec.SinkScript script;
    private int calls;

    ScriptedSink(Cast cast, Player player, StreamSpec.SinkScript script) {
      super(cast, player);
      this.script = script;
    }

    @Override
    public void write(Object chunk, Done done) {
      cast.log(player.id() + "._write(" + Chunks.show(chunk) + ")");
      Chunks.consume(chunk);
      complete(nextCompletion(), done);
    }

    @Override
    public void writeBatch(List<Object> chunks, Done done) throws Exception {
      if (!script.batches()) {
        Sink.super.writeBatch(chunks, done);
        return;
      }
      var shown = chunks.stream().map(Chunks::show).collect(Collectors.joining(" "));
      cast.log(player.id() + "._writev(" + shown + ")");
      chunks.forEach(Chunks::consume);
      complete(nextCompletion(), done);
    }

    @Override
    public void finish(Done done) throws Exception {
      var last = script.last();
      if (last == null) {
        Sink.super.finish(done);
        return;
      }
      cast.log(player.id() + "._final()");
      complete(last, done);
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      release(error, done);
    }

    private Scenario.Completion nextCompletion() {
      return script.completions().get(calls++ % script.completions().size());
    }
  }

  private static final class OpeningSink extends ScriptedSink implements Constructing {
    OpeningSink(Cast cast, Player player, StreamSpec.SinkScript script) {
      super(cast, player, script);
    }

    @Override
    public void construct(Done done) {
      open(done);
    }
  }

  private static class ScriptedSource extends Hooks implements Source<Object> {
    private final List<Scenario.SourceStep> steps;
    private int calls;

    ScriptedSource(Cast cast, Player player, List<Scenario.SourceStep> steps) {
      super(cast, player);
      this.steps = steps;
    }

    @Override
    public void start(Feed<Object> feed) {
      player.feed = feed;
    }

    @Override
    public void read(Feed<Object> feed) {
      cast.log(player.id() + "._read(" + feed.wanted() + ")");
      if (calls == steps.size()) return;
      var step = steps.get(calls++);
      cast.clock.later(
          step.after(),
          () -> {
            for (int size : step.push()) cast.push(player, feed, player.chunks().next(size));
            if (step.error() != null) feed.fail(new Cast.Scripted(step.error()));
            if (Boolean.TRUE.equals(step.end())) cast.pushEnd(player, feed);
          });
      throwIfAsked(step.thrown());
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      release(error, done);
    }
  }

  private static final class OpeningSource extends ScriptedSource implements Constructing {
    OpeningSource(Cast cast, Player player, List<Scenario.SourceStep> steps) {
      super(cast, player, steps);
    }

    @Override
    public void construct(Done done) {
      open(done);
    }
  }

  private static class ScriptedTransformer extends Hooks implements Transformer<Object, Object> {
    private final List<Scenario.TransformStep> steps;
    private final Scenario.@Nullable Flush flush;
    private int calls;

    ScriptedTransformer(Cast cast, Player player, StreamSpec.TransformSpec spec) {
      super(cast, player);
      this.steps = spec.steps();
      this.flush = spec.flush();
    }

    @Override
    public void transform(Object chunk, Feed<Object> out, Done done) {
      cast.log(player.id() + "._transform(" + Chunks.show(chunk) + ")");
      var step = steps.get(calls++ % steps.size());
      cast.clock.later(
          step.after(),
          () -> {
            if (step.error() != null) {
              acknowledge(done, step.error());
              return;
            }
            var outputs = outputs(step.out(), chunk);
            // Shown before the first push: it gives the position of a chunk pushed twice away.
            var shown = outputs.stream().map(Chunks::show).toList();
            for (int i = 0; i < outputs.size(); i++) cast.push(player, out, outputs.get(i), shown.get(i));
            done.ok();
          });
    }

    private List<Object> outputs(Scenario.Output output, Object chunk) {
      return switch (output) {
        case SAME -> List.of(chunk);
        case TWICE -> List.of(chunk, chunk);
        case HALVES -> player.spec().objectMode() ? List.of(chunk) : halves((ByteBuffer) chunk);
        case NONE -> {
          Chunks.consume(chunk);
          yield List.of();
        }
      };
    }

    private static List<Object> halves(ByteBuffer bytes) {
      int half = bytes.remaining() >> 1;
      var left = bytes.slice(bytes.position(), half);
      var right = bytes.slice(bytes.position() + half, bytes.remaining() - half);
      Chunks.consume(bytes);
      return half == 0 ? List.of(right) : List.of(left, right);
    }

    @Override
    public void flush(Feed<Object> out, Done done) throws Exception {
      var flush = this.flush;
      if (flush == null) {
        Transformer.super.flush(out, done);
        return;
      }
      cast.log(player.id() + "._flush()");
      cast.clock.later(
          flush.after(),
          () -> {
            if (flush.error() == null) {
              for (int size : flush.push()) cast.push(player, out, player.chunks().next(size));
            }
            acknowledge(done, flush.error());
          });
      throwIfAsked(flush.thrown());
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      release(error, done);
    }
  }

  private static final class OpeningTransformer extends ScriptedTransformer implements Constructing {
    OpeningTransformer(Cast cast, Player player, StreamSpec.TransformSpec spec) {
      super(cast, player, spec);
    }

    @Override
    public void construct(Done done) {
      open(done);
    }
  }
}
