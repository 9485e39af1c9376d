package highwater.conformance;

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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The streams of a scenario, whose sources, sinks and transformers do what its script says, call by call.
final class Scripts {
  private Scripts() {}

  static LiveStream open(Cast cast, Player player) {
    var options = player.spec.options();
    return switch (player.spec) {
      case StreamSpec.WritableSpec spec ->
          WritableStream.to(new ScriptedSink(cast, player, spec.sinkScript()), options);
      case StreamSpec.ReadableSpec spec ->
          ReadableStream.from(new ScriptedSource(cast, player, spec.source()), options);
      case StreamSpec.TransformSpec spec -> TransformStream.from(new ScriptedTransformer(cast, player, spec), options);
      case StreamSpec.DuplexSpec spec ->
          DuplexStream.of(
              new ScriptedSource(cast, player, spec.source()),
              new ScriptedSink(cast, player, spec.sinkScript()),
              options);
    };
  }

  private static void acknowledge(Done done, @Nullable String error) {
    if (error == null) done.ok();
    else done.fail(new Cast.Scripted(error));
  }

  private static final class ScriptedSink implements Sink<Object> {
    private final Cast cast;
    private final Player player;
    private final StreamSpec.SinkScript script;
    private int calls;

    ScriptedSink(Cast cast, Player player, StreamSpec.SinkScript script) {
      this.cast = cast;
      this.player = player;
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

    private Scenario.Completion nextCompletion() {
      return script.completions().get(calls++ % script.completions().size());
    }

    private void complete(Scenario.Completion completion, Done done) {
      cast.clock.later(completion.after(), () -> acknowledge(done, completion.error()));
    }
  }

  private static final class ScriptedSource implements Source<Object> {
    private final Cast cast;
    private final Player player;
    private final List<Scenario.SourceStep> steps;
    private int calls;

    ScriptedSource(Cast cast, Player player, List<Scenario.SourceStep> steps) {
      this.cast = cast;
      this.player = player;
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
            for (int size : step.push()) cast.push(player, feed, player.chunks.next(size));
            if (step.error() != null) feed.fail(new Cast.Scripted(step.error()));
            if (Boolean.TRUE.equals(step.end())) cast.pushEnd(player, feed);
          });
    }
  }

  private static final class ScriptedTransformer implements Transformer<Object, Object> {
    private final Cast cast;
    private final Player player;
    private final List<Scenario.TransformStep> steps;
    private final Scenario.@Nullable Flush flush;
    private int calls;

    ScriptedTransformer(Cast cast, Player player, StreamSpec.TransformSpec spec) {
      this.cast = cast;
      this.player = player;
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
        case HALVES -> player.spec.objectMode() ? List.of(chunk) : halves((ByteBuffer) chunk);
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
              for (int size : flush.push()) cast.push(player, out, player.chunks.next(size));
            }
            acknowledge(done, flush.error());
          });
    }
  }
}
