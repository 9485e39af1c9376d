package highwater.conformance;

import highwater.Concurrency;
import highwater.ReadableStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The operators of a scenario. Node's take a function that may be asynchronous; here some are two operators then.
final class Operators {
  private final Cast cast;

  Operators(Cast cast) {
    this.cast = cast;
  }

  void operate(Op.Operate op) {
    cast.log(op.on() + "." + op.with() + "()");
    var source = cast.readable(op.on());
    switch (op.with()) {
      case MAP, FILTER, FLAT_MAP, DROP, TAKE -> {
        var made = made(op, source);
        cast.enter(op.as(), made);
        Replay.listen(cast, op.as(), made);
      }
      case FOR_EACH, TO_ARRAY, SOME, EVERY, FIND, REDUCE -> {
        var _ =
            value(op, source)
                .whenComplete(
                    (value, error) ->
                        cast.log(op.as() + (error == null ? " = " + value : " failed " + Cast.name(cause(error)))));
      }
    }
  }

  private static Throwable cause(Throwable error) {
    return error instanceof CompletionException wrapped ? wrapped.getCause() : error;
  }

  private ReadableStream<?> made(Op.Operate op, ReadableStream<Object> source) {
    return switch (op.with()) {
      case MAP -> mapped(op, source, chunk -> (Object) (chunk + 100));
      case FILTER ->
          isPrompt(op)
              ? source.filter(new Call<>(op, accepts(op))::sync)
              : tested(op, source).filter(Tested::accepted).map(Tested::chunk);
      case FLAT_MAP -> {
        var call = new Call<List<Integer>>(op, Operators::several);
        yield isPrompt(op)
            ? source.flatMap(chunk -> ReadableStream.fromIterable(call.sync(chunk)))
            : source.mapAsync(concurrency(op), call::async).flatMap(ReadableStream::fromIterable);
      }
      case DROP -> source.drop(count(op));
      case TAKE -> source.take(count(op));
      case FOR_EACH, TO_ARRAY, SOME, EVERY, FIND, REDUCE -> throw new AssertionError(op);
    };
  }

  private CompletionStage<String> value(Op.Operate op, ReadableStream<Object> source) {
    return switch (op.with()) {
      case FOR_EACH ->
          (isPrompt(op)
                  ? source.forEach(new Call<>(op, chunk -> chunk)::sync)
                  : source.forEachAsync(concurrency(op), new Call<>(op, chunk -> chunk)::async))
              .thenApply(_ -> "done");
      case TO_ARRAY ->
          source
              .toList(1000)
              .thenApply(list -> list.stream().map(Chunks::show).collect(Collectors.joining(" ", "[", "]")));
      case SOME ->
          (isPrompt(op) ? source.some(new Call<>(op, accepts(op))::sync) : tested(op, source).some(Tested::accepted))
              .thenApply(String::valueOf);
      case EVERY ->
          (isPrompt(op) ? source.every(new Call<>(op, accepts(op))::sync) : tested(op, source).every(Tested::accepted))
              .thenApply(String::valueOf);
      case FIND ->
          (isPrompt(op)
                  ? source.find(new Call<>(op, accepts(op))::sync)
                  : tested(op, source).find(Tested::accepted).thenApply(found -> found.map(Tested::chunk)))
              .thenApply(found -> found.map(Chunks::show).orElse("none"));
      case REDUCE -> {
        var call = new Call<>(op, chunk -> chunk);
        yield source.reduce(0, (sum, chunk) -> sum + call.sync(chunk)).thenApply(Chunks::show);
      }
      case MAP, FILTER, FLAT_MAP, DROP, TAKE -> throw new AssertionError(op);
    };
  }

  private static boolean isPrompt(Op.Operate op) {
    return op.concurrency() == null;
  }

  /// Node's mark does not count the calls that are under way.
  private static Concurrency concurrency(Op.Operate op) {
    int calls = Objects.requireNonNull(op.concurrency());
    var concurrency = Concurrency.of(calls);
    return op.highWaterMark() == null ? concurrency : concurrency.withMark(op.highWaterMark() + calls);
  }

  private static int count(Op.Operate op) {
    return Objects.requireNonNull(op.count());
  }

  private static Function<Integer, Boolean> accepts(Op.Operate op) {
    int modulo = Objects.requireNonNull(op.modulo());
    int rest = Objects.requireNonNull(op.rest());
    return chunk -> chunk % modulo == rest;
  }

  private static List<Integer> several(int chunk) {
    return IntStream.range(0, chunk % 3).map(i -> chunk * 10 + i).boxed().toList();
  }

  private record Tested(Object chunk, boolean accepted) {}

  private ReadableStream<Tested> tested(Op.Operate op, ReadableStream<Object> source) {
    var accepts = accepts(op);
    return mapped(op, source, chunk -> new Tested(chunk, accepts.apply(chunk)));
  }

  private <R> ReadableStream<R> mapped(
      Op.Operate op, ReadableStream<Object> source, Function<Integer, ? extends R> result) {
    var call = new Call<R>(op, result);
    return isPrompt(op) ? source.map(call::sync) : source.mapAsync(concurrency(op), call::async);
  }

  /// The user's function, whose calls settle as the rotation says.
  private final class Call<R> {
    private final List<Scenario.Completion> script;
    private final String label;
    private final Function<Integer, ? extends R> result;
    private int calls;

    Call(Op.Operate op, Function<Integer, ? extends R> result) {
      this.script = Scenario.rotation(op.calls(), "calls");
      this.label = op.as();
      this.result = result;
    }

    private Scenario.Completion begin(Object chunk) {
      cast.log(label + "_called(" + Chunks.show(chunk) + ")");
      return script.get(calls++ % script.size());
    }

    private R settle(Object chunk, Scenario.Completion completion) {
      cast.log(label + "_settled(" + Chunks.show(chunk) + ") " + Objects.requireNonNullElse(completion.error(), "ok"));
      if (completion.error() != null) throw new Cast.Scripted(completion.error());
      return result.apply((Integer) chunk);
    }

    R sync(Object chunk) {
      return settle(chunk, begin(chunk));
    }

    CompletionStage<R> async(Object chunk, highwater.CancelHandle stop) {
      var completion = begin(chunk);
      var stage = new CompletableFuture<R>();
      cast.clock.later(
          completion.after(),
          () -> {
            try {
              stage.complete(settle(chunk, completion));
            } catch (Cast.Scripted error) {
              stage.completeExceptionally(error);
            }
          });
      return stage;
    }
  }
}
