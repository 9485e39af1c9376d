package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.strand.Strand;
import highwater.strand.UnfinishedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Operators and terminals of a readable, but for those that call asynchronously.
class OperatorsTest {
  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<Integer> source = new AskedSource<>(scene);
  private final ReadableStream<Integer> stream =
      scene.make(() -> scene.watch("source", ReadableStream.from(source, StreamOptions.objects())));

  /// What the terminal ends in, once all is done.
  private <R> R outcome(Supplier<CompletionStage<R>> terminal) {
    var stage = new ArrayList<CompletableFuture<R>>();
    scene.turn(() -> stage.add(terminal.get().toCompletableFuture()));
    scene.runReady();
    assertThat(stage.getFirst()).isDone();
    return stage.getFirst().join();
  }

  private <R> Throwable failure(Supplier<CompletionStage<R>> terminal) {
    var errors = new ArrayList<Throwable>();
    scene.turn(
        () -> {
          var _ =
              terminal
                  .get()
                  .whenComplete(
                      (value, error) -> {
                        if (error != null) errors.add(error);
                      });
        });
    scene.runReady();
    assertThat(errors).hasSize(1);
    return errors.getFirst();
  }

  private void push(Integer... chunks) {
    scene.turn(
        () -> {
          for (var chunk : chunks) source.feed().push(chunk);
        });
  }

  private static ReadableStream<Integer> numbers(int count) {
    return ReadableStream.fromStream(Stream.iterate(1, i -> i + 1).limit(count));
  }

  @Test
  void anOperatorAsksForNothingBeforeItIsAsked() {
    assertThat(scene.turn(() -> scene.add(stream.map(i -> i + 1)))).isEmpty();
  }

  @Test
  void oneChunkIsMappedAheadAndNoMore() {
    var mapped =
        scene.make(
            () ->
                scene.watch(
                    "mapped",
                    stream.map(
                        i -> {
                          scene.log("map " + i);
                          return -i;
                        })));
    push(1, 2, 3);
    assertThat(scene.turn(() -> assertThat(mapped.read()).isEqualTo(-1)))
        .filteredOn(line -> line.contains("map "))
        .containsExactly("sync map 1", "tick map 2");
    scene.turn(() -> assertThat(stream.readableLength()).isEqualTo(1));
  }

  static Stream<Function<ReadableStream<Integer>, ReadableStream<Integer>>> operators() {
    return Stream.of(
        s -> s.map(i -> i),
        s -> s.filter(_ -> true),
        s -> s.flatMap(ReadableStream::of),
        s -> s.drop(0),
        s -> s.take(100),
        s -> s.takeWhile(_ -> true),
        s -> s.mapAsync(1, (i, _) -> CompletableFuture.completedFuture(i)),
        s -> s.mapAsync(Concurrency.of(2).unordered(), (i, _) -> CompletableFuture.completedFuture(i)));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void theErrorOfTheSourceIsTheErrorOfTheResult(Function<ReadableStream<Integer>, ReadableStream<Integer>> operator) {
    var boom = new IllegalStateException("boom");
    var result = scene.make(() -> scene.watch("result", operator.apply(stream)));
    scene.turn(() -> scene.logData(result));
    push(1);
    assertThat(scene.turn(() -> source.feed().fail(boom)))
        .containsSubsequence("tick source error boom", "late result error boom");
    scene.turn(() -> assertThat(result.errored()).isSameAs(boom));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void theEndOfTheSourceIsTheEndOfTheResult(Function<ReadableStream<Integer>, ReadableStream<Integer>> operator) {
    var result = scene.make(() -> scene.watch("result", operator.apply(stream)));
    scene.turn(() -> scene.logData(result));
    push(1);
    var log = scene.turn(() -> source.feed().end());
    assertThat(log)
        .filteredOn(line -> line.matches(".*(result|source) .*"))
        .extracting(line -> line.replaceAll("^(tick( \\d)?|late) ", ""))
        .containsExactly("source end", "source close", "result end", "result close");
  }

  @ParameterizedTest
  @MethodSource("operators")
  void destroyingTheResultDestroysTheSource(Function<ReadableStream<Integer>, ReadableStream<Integer>> operator) {
    var boom = new IllegalStateException("boom");
    var result = scene.make(() -> scene.watch("result", operator.apply(stream)));
    scene.turn(() -> scene.logData(result));
    assertThat(scene.turn(() -> result.destroy(boom)))
        .contains("tick source error ABORT_ERR", "tick result error boom");
    scene.turn(() -> assertThat(stream.errored()).hasCause(boom));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void destroyingAResultThatNobodyReadDestroysTheSourceToo(
      Function<ReadableStream<Integer>, ReadableStream<Integer>> operator) {
    var result = scene.make(() -> scene.watch("result", operator.apply(stream)));
    assertThat(scene.turn(result::destroy))
        .containsExactly("tick source error ABORT_ERR", "tick source close", "tick result close");
  }

  @ParameterizedTest
  @MethodSource("operators")
  void anEarlyErrorOfTheSourceWaitsForTheFirstReadOfTheResult(
      Function<ReadableStream<Integer>, ReadableStream<Integer>> operator) {
    var result =
        scene.make(() -> scene.watch("result", operator.apply(scene.add(ReadableStream.<Integer>from(source)))));
    var boom = new IllegalStateException("boom");
    assertThat(scene.turn(() -> source.feed().fail(boom))).isEmpty();
    assertThat(scene.turn(() -> scene.logData(result))).anyMatch(line -> line.endsWith("result error boom"));
  }

  static Stream<Function<ReadableStream<Integer>, ReadableStream<Integer>>> throwingOperators() {
    return Stream.of(
        s -> s.map(OperatorsTest::fail),
        s -> s.filter(i -> fail(i) > 0),
        s -> s.flatMap(i -> ReadableStream.of(fail(i))),
        s -> s.takeWhile(i -> fail(i) > 0),
        s -> s.mapAsync(1, (i, _) -> CompletableFuture.completedFuture(fail(i))));
  }

  private static final IllegalStateException THROWN = new IllegalStateException("thrown");

  private static int fail(int number) {
    if (number == 2) throw THROWN;
    return number;
  }

  @ParameterizedTest
  @MethodSource("throwingOperators")
  void aFunctionThatThrowsFailsTheResultWithThatAndDestroysTheSource(
      Function<ReadableStream<Integer>, ReadableStream<Integer>> operator) {
    var result = scene.make(() -> scene.watch("result", operator.apply(stream)));
    scene.turn(() -> scene.logData(result));
    push(1);
    var log = scene.turn(() -> source.feed().push(2));
    assertThat(log)
        .anyMatch(line -> line.endsWith("source error ABORT_ERR"))
        .anyMatch(line -> line.endsWith("result error thrown"));
    scene.turn(() -> assertThat(result.errored()).isSameAs(THROWN));
    scene.turn(() -> assertThat(stream.errored()).hasCause(THROWN));
  }

  @Test
  void aNullResultIsRefused() {
    assertThat(failure(() -> numbers(3).<Integer>map(_ -> null).toList(5)))
        .hasMessageContaining("given to map returned null");
    assertThat(failure(() -> numbers(3).<Integer>flatMap(_ -> null).toList(5)))
        .hasMessageContaining("given to flatMap returned null");
    assertThat(failure(() -> numbers(3).reduce((_, _) -> null))).hasMessageContaining("given to reduce returned null");
    assertThat(failure(() -> numbers(3).reduce(0, (_, _) -> null)))
        .hasMessageContaining("given to reduce returned null");
  }

  @Test
  void takeEndsWithTheLastOneAndDestroysTheSource() {
    var result = scene.make(() -> scene.watch("result", stream.take(2)));
    scene.turn(() -> scene.logData(result));
    push(1);
    assertThat(scene.turn(() -> source.feed().push(2)))
        .containsSubsequence("late data 2", "late source error ABORT_ERR")
        .anyMatch(line -> line.endsWith("result end"));
  }

  @Test
  void takeNoneAsksForNothing() {
    var result = scene.make(() -> scene.watch("result", stream.take(0)));
    assertThat(scene.turn(() -> scene.logData(result))).contains("late result end").doesNotContain("tick asked");
    scene.turn(() -> assertThat(stream.destroyed()).isTrue());
  }

  @Test
  void aNegativeCountIsRefused() {
    assertThatThrownBy(() -> scene.turn(() -> scene.add(stream.take(-1)))).hasMessageContaining("take(-1)");
    assertThatThrownBy(() -> scene.turn(() -> scene.add(stream.drop(-1)))).hasMessageContaining("drop(-1)");
  }

  @Test
  void takeWhileDropsTheFirstThatIsNotAccepted() {
    assertThat(outcome(() -> numbers(10).takeWhile(i -> i < 4).toList(10))).containsExactly(1, 2, 3);
  }

  @Test
  void flatMapReadsOneStreamAfterTheOther() {
    assertThat(outcome(() -> numbers(4).flatMap(i -> numbers(i - 1)).toList(10))).containsExactly(1, 1, 2, 1, 2, 3);
  }

  @Test
  void flatMapFailsWithTheErrorOfAnInnerStreamAndDestroysTheSource() {
    var boom = new IllegalStateException("boom");
    var result = scene.make(() -> scene.watch("result", stream.flatMap(_ -> ReadableStream.failed(boom))));
    scene.turn(() -> scene.logData(result));
    push(1);
    scene.turn(() -> assertThat(result.errored()).isSameAs(boom));
    scene.turn(() -> assertThat(stream.destroyed()).isTrue());
  }

  @Test
  void destroyingAFlatMapDestroysTheInnerStream() {
    var inner = scene.make(() -> scene.watch("inner", ReadableStream.from(new AskedSource<Integer>(scene))));
    var result = scene.make(() -> scene.watch("result", stream.flatMap(_ -> inner)));
    scene.turn(() -> scene.logData(result));
    push(1);
    assertThat(scene.turn(result::destroy))
        .contains("tick inner error ABORT_ERR", "tick source error ABORT_ERR", "tick result close");
  }

  @Test
  @Timeout(10)
  void anOperatorThatWaitsIsNoWorkOfItsOwn() {
    var run = new boolean[1];
    assertThatThrownBy(
            () ->
                Strand.run(
                    () -> {
                      var unwritten = TransformStream.<Integer>passThrough(StreamOptions.objects().named("unwritten"));
                      var _ = unwritten.map(i -> i).forEach(_ -> {}).whenComplete((_, error) -> run[0] = error != null);
                    }))
        .isInstanceOf(UnfinishedException.class)
        .hasMessageContaining("unwritten");
    assertThat(run[0]).isTrue();
  }

  // ---------------------------------------------------------------- terminals

  @Test
  void aTerminalBeginsInATickAndTellsOutsideItsCall() {
    assertThat(
            scene.turn(
                () -> {
                  var _ = scene.add(numbers(1)).forEach(i -> scene.log("each " + i)).thenRun(() -> scene.log("done"));
                  scene.log("called");
                }))
        .containsSubsequence("sync called", "tick each 1")
        .last()
        .asString()
        .endsWith("done");
  }

  @Test
  void terminalsEndInTheirValue() {
    assertThat(outcome(() -> numbers(5).toList(5))).containsExactly(1, 2, 3, 4, 5);
    assertThat(outcome(() -> numbers(5).collect(Collectors.summingInt(i -> i)))).isEqualTo(15);
    assertThat(outcome(() -> numbers(5).reduce("", (text, i) -> text + i))).isEqualTo("12345");
    assertThat(outcome(() -> numbers(5).reduce(Integer::sum))).contains(15);
    assertThat(outcome(() -> numbers(5).some(i -> i == 3))).isTrue();
    assertThat(outcome(() -> numbers(5).some(i -> i == 6))).isFalse();
    assertThat(outcome(() -> numbers(5).every(i -> i < 6))).isTrue();
    assertThat(outcome(() -> numbers(5).every(i -> i < 5))).isFalse();
    assertThat(outcome(() -> numbers(5).find(i -> i > 3))).contains(4);
    assertThat(outcome(() -> numbers(5).find(i -> i > 5))).isEmpty();
  }

  @Test
  void terminalsOfNothing() {
    assertThat(outcome(() -> numbers(0).toList(0))).isEmpty();
    assertThat(outcome(() -> numbers(0).reduce(7, Integer::sum))).isEqualTo(7);
    assertThat(outcome(() -> numbers(0).reduce(Integer::sum))).isEqualTo(Optional.empty());
    assertThat(outcome(() -> numbers(0).some(_ -> true))).isFalse();
    assertThat(outcome(() -> numbers(0).every(_ -> false))).isTrue();
    assertThat(outcome(() -> numbers(0).find(_ -> true))).isEmpty();
  }

  static Stream<Function<ReadableStream<Integer>, CompletionStage<?>>> earlyTerminals() {
    return Stream.of(s -> s.some(i -> i == 2), s -> s.every(i -> i < 2), s -> s.find(i -> i == 2));
  }

  @ParameterizedTest
  @MethodSource("earlyTerminals")
  void whoHasEnoughDestroysTheSource(Function<ReadableStream<Integer>, CompletionStage<?>> terminal) {
    scene.turn(
        () -> {
          var _ = terminal.apply(stream).thenRun(() -> scene.log("done"));
        });
    push(1);
    assertThat(scene.turn(() -> source.feed().push(2)))
        .containsExactly("tick asked", "late done", "late source error ABORT_ERR", "late source close");
  }

  static Stream<Function<ReadableStream<Integer>, CompletionStage<?>>> throwingTerminals() {
    return Stream.of(
        s -> s.forEach(i -> fail(i)),
        s -> s.reduce(0, (a, i) -> a + fail(i)),
        s -> s.some(i -> fail(i) < 0),
        s -> s.every(i -> fail(i) > 0),
        s -> s.find(i -> fail(i) < 0),
        s -> s.collect(Collector.of(ArrayList::new, (List<Integer> list, Integer i) -> list.add(fail(i)), (a, _) -> a)),
        s -> s.forEachAsync(Concurrency.of(1), (i, _) -> CompletableFuture.completedFuture(fail(i))));
  }

  @ParameterizedTest
  @MethodSource("throwingTerminals")
  void aFunctionThatThrowsFailsTheStageWithThatAndDestroysTheSource(
      Function<ReadableStream<Integer>, CompletionStage<?>> terminal) {
    push(1, 2);
    var errors = new ArrayList<Throwable>();
    scene.turn(
        () -> {
          var _ =
              terminal
                  .apply(stream)
                  .exceptionally(
                      error -> {
                        errors.add(error);
                        return null;
                      });
        });
    assertThat(errors).containsExactly(THROWN);
    scene.turn(() -> assertThat(stream.errored()).hasCause(THROWN));
  }

  @Test
  void theErrorOfTheSourceFailsTheStage() {
    var boom = new IllegalStateException("boom");
    assertThat(failure(() -> ReadableStream.failed(boom).toList(3))).isSameAs(boom);
  }

  @Test
  void aSourceThatIsDestroyedIsAPrematureClose() {
    var error =
        failure(
            () -> {
              var terminal = stream.toList(3);
              stream.destroy();
              return terminal;
            });
    assertThat(Scene.nameOf(error)).isEqualTo("ERR_STREAM_PREMATURE_CLOSE");
  }

  @Test
  void aFinisherThatThrowsFailsTheStage() {
    var boom = new IllegalStateException("boom");
    assertThat(
            failure(
                () ->
                    numbers(2)
                        .collect(
                            Collectors.collectingAndThen(
                                Collectors.toList(),
                                _ -> {
                                  throw boom;
                                }))))
        .isSameAs(boom);
  }

  @Test
  void aFailureThatNobodyWaitsForIsUncaught() {
    var boom = new IllegalStateException("boom");
    scene.turn(
        () -> {
          var _ = ReadableStream.failed(boom).toList(3);
        });
    assertThat(scene.uncaught()).containsExactly(boom);
  }

  @Test
  void moreThanTheListMayHoldIsAFailure() {
    assertThat(failure(() -> numbers(4).toList(3)))
        .hasMessageContaining("toList(3)")
        .hasMessageContaining("a chunk more");
    assertThat(outcome(() -> numbers(3).toList(3))).hasSize(3);
  }

  @Test
  void anEndlessSourceLetsOtherTurnsRun() {
    var endless = scene.make(() -> scene.add(ReadableStream.<Integer>from(feed -> feed.push(1))));
    var count = new int[1];
    scene.turn(
        () -> {
          var _ = endless.forEach(_ -> count[0]++).exceptionally(_ -> null);
          scene.strand().post(endless::destroy);
        });
    scene.runReady();
    assertThat(count[0]).isBetween(1, Taking.CHUNKS_PER_TURN + 1);
  }
}
