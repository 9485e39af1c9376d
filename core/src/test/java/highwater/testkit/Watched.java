package highwater.testkit;

import highwater.Constructing;
import highwater.Done;
import highwater.Feed;
import highwater.Sink;
import highwater.Source;
import highwater.Transformer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts a watch between a stream and what it is made of; what must be constructed first still is.
final class Watched {
  private Watched() {}

  // ---------------------------------------------------------------- sources

  static <T> Source<T> source(Source<T> source, Rules rules, Frozen frozen, boolean heedsFalse) {
    return source instanceof Constructing constructing
        ? new ConstructingSource<>(source, constructing, rules, frozen, heedsFalse)
        : new PlainSource<>(source, rules, frozen, heedsFalse);
  }

  private static class PlainSource<T> implements Source<T> {
    final Rules rules;
    private final Source<T> source;
    private final Frozen frozen;
    private final boolean heedsFalse;
    private @Nullable WatchedFeed<T> feed;

    PlainSource(Source<T> source, Rules rules, Frozen frozen, boolean heedsFalse) {
      this.source = source;
      this.rules = rules;
      this.frozen = frozen;
      this.heedsFalse = heedsFalse;
    }

    @Override
    public void start(Feed<T> feed) {
      this.feed = new WatchedFeed<>(rules, "the source", feed, frozen, heedsFalse);
      source.start(this.feed);
    }

    @Override
    public void read(Feed<T> feed) throws Exception {
      var watched = Objects.requireNonNull(this.feed);
      watched.ask();
      source.read(watched);
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      source.destroy(error, new WatchedDone(rules, "the source's destroy", done));
    }
  }

  private static final class ConstructingSource<T> extends PlainSource<T> implements Constructing {
    private final Constructing constructing;

    ConstructingSource(Source<T> source, Constructing constructing, Rules rules, Frozen frozen, boolean heedsFalse) {
      super(source, rules, frozen, heedsFalse);
      this.constructing = constructing;
    }

    @Override
    public void construct(Done done) throws Exception {
      constructing.construct(new WatchedDone(rules, "the source's construct", done));
    }
  }

  // ---------------------------------------------------------------- sinks

  static <T> Sink<T> sink(Sink<T> sink, Rules rules, Frozen frozen) {
    boolean batches = takesBatches(sink);
    if (sink instanceof Constructing constructing) {
      return batches
          ? new ConstructingBatchSink<>(sink, constructing, rules, frozen)
          : new ConstructingSink<>(sink, constructing, rules, frozen);
    }
    return batches ? new BatchSink<>(sink, rules, frozen) : new PlainSink<>(sink, rules, frozen);
  }

  private static boolean takesBatches(Sink<?> sink) {
    try {
      return sink.getClass().getMethod("writeBatch", List.class, Done.class).getDeclaringClass() != Sink.class;
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static class PlainSink<T> implements Sink<T> {
    final Rules rules;
    final Sink<T> sink;
    final Frozen frozen;

    PlainSink(Sink<T> sink, Rules rules, Frozen frozen) {
      this.sink = sink;
      this.rules = rules;
      this.frozen = frozen;
    }

    @Override
    public void write(T chunk, Done done) throws Exception {
      frozen.add(chunk);
      sink.write(chunk, next("a write", done));
    }

    @Override
    public void finish(Done done) throws Exception {
      sink.finish(next("the sink's finish", done));
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      // What is at the sink then may stay unanswered: the stream hears of its failure from nobody else.
      sink.destroy(error, new WatchedDone(rules, "the sink's destroy", done));
    }

    WatchedDone next(String call, Done done) {
      return new WatchedDone(rules, call, done);
    }
  }

  private static class BatchSink<T> extends PlainSink<T> {
    BatchSink(Sink<T> sink, Rules rules, Frozen frozen) {
      super(sink, rules, frozen);
    }

    @Override
    public void writeBatch(List<T> chunks, Done done) throws Exception {
      chunks.forEach(frozen::add);
      sink.writeBatch(chunks, next("a batch", done));
    }
  }

  private static final class ConstructingSink<T> extends PlainSink<T> implements Constructing {
    private final Constructing constructing;

    ConstructingSink(Sink<T> sink, Constructing constructing, Rules rules, Frozen frozen) {
      super(sink, rules, frozen);
      this.constructing = constructing;
    }

    @Override
    public void construct(Done done) throws Exception {
      constructing.construct(next("the sink's construct", done));
    }
  }

  private static final class ConstructingBatchSink<T> extends BatchSink<T> implements Constructing {
    private final Constructing constructing;

    ConstructingBatchSink(Sink<T> sink, Constructing constructing, Rules rules, Frozen frozen) {
      super(sink, rules, frozen);
      this.constructing = constructing;
    }

    @Override
    public void construct(Done done) throws Exception {
      constructing.construct(next("the sink's construct", done));
    }
  }

  // ---------------------------------------------------------------- transformers

  static <I, O> Transformer<I, O> transformer(Transformer<I, O> transformer, Rules rules, Frozen input, Frozen output) {
    return transformer instanceof Constructing constructing
        ? new ConstructingTransformer<>(transformer, constructing, rules, input, output)
        : new PlainTransformer<>(transformer, rules, input, output);
  }

  private static class PlainTransformer<I, O> implements Transformer<I, O> {
    final Rules rules;
    private final Transformer<I, O> transformer;
    private final Frozen input;
    private final Frozen output;
    private @Nullable WatchedFeed<O> feed;

    PlainTransformer(Transformer<I, O> transformer, Rules rules, Frozen input, Frozen output) {
      this.transformer = transformer;
      this.rules = rules;
      this.input = input;
      this.output = output;
    }

    @Override
    public void transform(I chunk, Feed<O> out, Done done) throws Exception {
      input.add(chunk);
      transformer.transform(chunk, watched(out), new WatchedDone(rules, "a transform", done));
    }

    @Override
    public void flush(Feed<O> out, Done done) throws Exception {
      transformer.flush(watched(out), new WatchedDone(rules, "the flush", done));
    }

    private Feed<O> watched(Feed<O> out) {
      // One chunk may become many: a transformer may go on after false.
      if (feed == null) feed = new WatchedFeed<>(rules, "the transformer", out, output, false);
      return feed;
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws Exception {
      transformer.destroy(error, new WatchedDone(rules, "the transformer's destroy", done));
    }
  }

  private static final class ConstructingTransformer<I, O> extends PlainTransformer<I, O> implements Constructing {
    private final Constructing constructing;

    ConstructingTransformer(
        Transformer<I, O> transformer, Constructing constructing, Rules rules, Frozen input, Frozen output) {
      super(transformer, rules, input, output);
      this.constructing = constructing;
    }

    @Override
    public void construct(Done done) throws Exception {
      constructing.construct(new WatchedDone(rules, "the transformer's construct", done));
    }
  }
}
