package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Chunks mapped by calls that take their time.
class MapAsyncTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @AutoClose private final Scene scene = new Scene();
  private final AskedSource<Integer> source = new AskedSource<>(scene);
  private final ReadableStream<Integer> stream =
      scene.make(() -> scene.watch("source", ReadableStream.from(source, StreamOptions.objects())));

  /// A call under way.
  private record Call(int chunk, CompletableFuture<String> answer, CancelHandle stop) {
    void succeed() {
      answer.complete("r" + chunk);
    }
  }

  private final List<Call> calls = new ArrayList<>();

  private CompletableFuture<String> call(int chunk, CancelHandle stop) {
    var call = new Call(chunk, new CompletableFuture<>(), stop);
    calls.add(call);
    return call.answer;
  }

  private void push(Integer... chunks) {
    scene.turn(
        () -> {
          for (var chunk : chunks) source.feed().push(chunk);
        });
  }

  private ReadableStream<String> mapped(Concurrency concurrency) {
    return scene.make(() -> scene.watch("result", stream.mapAsync(concurrency, this::call)));
  }

  private List<String> data(List<String> log) {
    return log.stream().filter(line -> line.contains("data ")).map(line -> line.replaceAll(".*data ", "")).toList();
  }

  @Test
  void noMoreCallsAreUnderWayThanItMayMake() {
    var result = mapped(Concurrency.of(2));
    scene.turn(() -> scene.logData(result));
    push(1, 2, 3, 4);
    assertThat(calls).extracting(Call::chunk).containsExactly(1, 2);
    scene.turn(calls.get(1)::succeed);
    assertThat(calls).extracting(Call::chunk).containsExactly(1, 2, 3);
  }

  @Test
  void resultsComeInTheOrderOfTheirChunks() {
    var result = mapped(Concurrency.of(2));
    scene.turn(() -> scene.logData(result));
    push(1, 2);
    assertThat(data(scene.turn(calls.get(1)::succeed))).isEmpty();
    assertThat(data(scene.turn(calls.get(0)::succeed))).containsExactly("r1", "r2");
  }

  @Test
  void withoutOrderTheyComeAsTheyComplete() {
    var result = mapped(Concurrency.of(2).unordered());
    scene.turn(() -> scene.logData(result));
    push(1, 2);
    assertThat(data(scene.turn(calls.get(1)::succeed))).containsExactly("r2");
    assertThat(data(scene.turn(calls.get(0)::succeed))).containsExactly("r1");
  }

  @Test
  void resultsThatNobodyTakesStopItAtItsMark() {
    var result = mapped(Concurrency.of(2));
    push(1, 2, 3, 4, 5, 6, 7);
    scene.turn(() -> assertThat(result.read()).isNull());
    for (int i = 0; i < calls.size(); i++) scene.turn(calls.get(i)::succeed);
    assertThat(calls).as("3 places, and the one given last keeps its own").hasSize(3);
    scene.turn(() -> assertThat(result.read()).isEqualTo("r1"));
    assertThat(calls).hasSize(4);
  }

  @Test
  void theSmallestMarkMakesOneCallAtATime() {
    var result = mapped(Concurrency.of(3).withMark(1));
    push(1, 2, 3);
    scene.turn(() -> scene.logData(result));
    assertThat(calls).hasSize(1);
    scene.turn(calls.get(0)::succeed);
    assertThat(calls).hasSize(2);
  }

  @Test
  void aFailureStopsTheOtherCallsInItsOwnTurn() {
    var result = mapped(Concurrency.of(3));
    scene.turn(() -> scene.logData(result));
    push(1, 2, 3, 4);
    var boom = new IllegalStateException("boom");
    scene.turn(
        () -> {
          calls.get(1).answer.completeExceptionally(boom);
          assertThat(calls.get(0).stop.reason()).isSameAs(boom);
          assertThat(stream.destroyed()).isTrue();
        });
    assertThat(calls).as("no further call is made").hasSize(3);
    assertThat(scene.turn(calls.get(0)::succeed))
        .as("the result before the failure is given, then the failure")
        .containsSubsequence("late result error boom", "late result close");
    scene.turn(() -> assertThat(result.errored()).isSameAs(boom));
  }

  @Test
  void aResultInFrontOfAFailureIsStillGiven() {
    var result = mapped(Concurrency.of(2));
    scene.turn(() -> assertThat(result.read()).isNull());
    push(1, 2);
    scene.turn(() -> calls.get(1).answer.completeExceptionally(new IllegalStateException("boom")));
    scene.turn(calls.get(0)::succeed);
    scene.turn(
        () -> {
          assertThat(result.errored()).isNull();
          assertThat(result.read()).isEqualTo("r1");
        });
    scene.turn(() -> assertThat(result.errored()).hasMessage("boom"));
  }

  @Test
  void theErrorOfTheSourceComesBehindTheResultsOnTheirWay() {
    var result = mapped(Concurrency.of(2));
    scene.turn(() -> scene.logData(result));
    push(1);
    assertThat(scene.turn(() -> source.feed().fail(new IllegalStateException("boom"))))
        .doesNotContain("tick 2 result error boom");
    assertThat(scene.turn(calls.get(0)::succeed))
        .startsWith("sync data r1")
        .anyMatch(line -> line.endsWith("result error boom"));
  }

  @Test
  void theEndWaitsForTheCalls() {
    for (var concurrency : List.of(Concurrency.of(2), Concurrency.of(2).unordered())) {
      calls.clear();
      var feed = new AskedSource<Integer>(scene);
      var result = scene.make(() -> scene.watch("result", ReadableStream.from(feed).mapAsync(concurrency, this::call)));
      scene.turn(() -> scene.logData(result));
      scene.turn(() -> feed.feed().end(1));
      assertThat(scene.turn(calls.get(0)::succeed))
          .contains("sync data r1")
          .anyMatch(line -> line.endsWith("result end"));
      assertThat(calls.get(0).stop.isCancelled()).as("nobody stopped it").isFalse();
    }
  }

  @Test
  void destroyingTheResultStopsTheCallsAndKeepsNoRun() {
    var result = mapped(Concurrency.of(2));
    scene.turn(() -> scene.logData(result));
    push(1, 2);
    scene.turn(result::destroy);
    assertThat(calls.get(0).stop.isCancelled()).isTrue();
    assertThat(scene.hasWork()).isFalse();
    assertThat(scene.turn(calls.get(0)::succeed)).as("a late answer is dropped").isEmpty();
  }

  @Test
  void callsKeepTheRun() {
    var result = mapped(Concurrency.of(2));
    scene.turn(() -> scene.logData(result));
    push(1);
    scene.turn(() -> source.feed().end());
    assertThat(scene.hasWork()).isTrue();
    scene.turn(calls.get(0)::succeed);
    assertThat(scene.hasWork()).isFalse();
  }

  @Test
  void aCancelFailsItWithItsReason() {
    var cancel = new CancelHandle();
    var result = mapped(Concurrency.of(2).cancelledBy(cancel));
    scene.turn(() -> scene.logData(result));
    push(1);
    var reason = new IllegalStateException("enough");
    cancel.cancel(reason);
    assertThat(scene.runReady())
        .containsExactly(
            "turn source error ABORT_ERR", "turn source close", "turn result error enough", "turn result close");
    assertThat(calls.get(0).stop.reason()).isSameAs(reason);
  }

  @Test
  void aHandleThatIsCancelledAlreadyStopsItBeforeAnyCall() {
    var cancel = new CancelHandle();
    cancel.cancel("enough");
    var result = mapped(Concurrency.of(2).cancelledBy(cancel));
    push(1);
    scene.turn(() -> scene.logData(result));
    scene.runReady();
    scene.turn(() -> assertThat(result.errored()).hasMessage("enough"));
  }

  @Test
  void nullIsRefused() {
    var noStage = scene.make(() -> scene.watch("result", stream.<String>mapAsync(1, (_, _) -> null)));
    scene.turn(() -> scene.logData(noStage));
    push(1);
    scene.turn(() -> assertThat(noStage.errored()).hasMessageContaining("expected: a CompletionStage"));

    var nothing =
        scene.make(
            () ->
                scene.add(ReadableStream.of(1)).<String>mapAsync(1, (_, _) -> CompletableFuture.completedFuture(null)));
    scene.turn(() -> scene.watch("result", nothing));
    scene.turn(() -> scene.logData(nothing));
    scene.turn(() -> assertThat(nothing.errored()).hasMessageContaining("completes with a value"));
  }

  @Test
  void theErrorOfADependentStageIsUnwrapped() {
    var boom = new IllegalStateException("boom");
    var result =
        scene.make(
            () -> scene.watch("result", stream.mapAsync(1, (i, stop) -> call(i, stop).thenApply(text -> text + "!"))));
    scene.turn(() -> scene.logData(result));
    push(1);
    scene.turn(() -> calls.get(0).answer.completeExceptionally(boom));
    scene.turn(() -> assertThat(result.errored()).isSameAs(boom));
  }

  @Test
  void forEachAsyncCompletesWhenAllCallsHave() {
    var done = new ArrayList<String>();
    scene.turn(
        () -> {
          var _ = stream.forEachAsync(Concurrency.of(2), this::call).thenRun(() -> done.add("done"));
        });
    push(1, 2);
    scene.turn(() -> source.feed().end());
    scene.turn(calls.get(1)::succeed);
    assertThat(done).isEmpty();
    scene.turn(() -> calls.get(0).answer.complete(null));
    assertThat(done).containsExactly("done");
  }

  @Test
  void numbersOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> Concurrency.of(0)).hasMessageContaining("calls at once: 0");
    assertThatThrownBy(() -> Concurrency.of(1).withMark(0)).hasMessageContaining("mark: 0");
  }

  @Test
  @Timeout(10)
  void aCallCompletedElsewhereIsATurn() throws InterruptedException {
    var result = mapped(Concurrency.of(1));
    scene.turn(() -> scene.logData(result));
    push(1);
    Thread.ofPlatform().start(calls.get(0)::succeed).join();
    assertThat(data(scene.runReady())).containsExactly("r1");
  }

  @Test
  void callsThatCompleteAtOnceNeedNoStack() {
    var result =
        scene.make(
            () ->
                ReadableStream.fromStream(Stream.iterate(0, i -> i + 1).limit(100_000))
                    .mapAsync(4, (i, _) -> CompletableFuture.completedFuture(i)));
    var count = new int[1];
    scene.turn(() -> result.onData(_ -> count[0]++));
    scene.runReady();
    assertThat(count[0]).isEqualTo(100_000);
  }

  /// Random numbers, delays on the virtual clock, and a reader that pauses: order, bounds, and nothing lost.
  @Test
  void randomCallsKeepOrderAndBounds() {
    System.out.println("-Dseed=" + SEED);
    scene.turn(stream::destroy);
    var random = new Random(SEED);
    for (int round = 0; round < 150; round++) {
      int count = random.nextInt(60);
      int calls = 1 + random.nextInt(6);
      int mark = 1 + random.nextInt(12);
      boolean ordered = random.nextBoolean();
      var concurrency = new Concurrency(calls, mark, ordered, null);
      var running = new int[1];
      var started = new int[1];
      var given = new ArrayList<Integer>();
      var result =
          scene.make(
              () ->
                  ReadableStream.fromStream(IntStream.range(0, count).boxed())
                      .mapAsync(
                          concurrency,
                          (i, _) -> {
                            assertThat(++running[0]).isLessThanOrEqualTo(calls);
                            // What a reader has, what waits in its mark of one, and the places.
                            assertThat(++started[0] - given.size()).isLessThanOrEqualTo(mark + 1);
                            var answer = new CompletableFuture<Integer>();
                            if (random.nextInt(4) == 0) {
                              running[0]--;
                              answer.complete(i);
                            } else {
                              scene
                                  .strand()
                                  .after(
                                      random.nextInt(5) * 1_000_000L,
                                      () -> {
                                        running[0]--;
                                        answer.complete(i);
                                      });
                            }
                            return answer;
                          }));
      scene.turn(
          () ->
              result.onData(
                  i -> {
                    given.add(i);
                    if (random.nextInt(5) == 0) {
                      result.pause();
                      scene.strand().after(random.nextInt(8) * 1_000_000L, result::resume);
                    }
                  }));
      scene.advance(10_000);
      var expected = IntStream.range(0, count).boxed().toList();
      if (ordered) assertThat(given).as("round %s of seed %s", round, SEED).isEqualTo(expected);
      else assertThat(given).as("round %s of seed %s", round, SEED).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(scene.hasWork()).isFalse();
    }
  }
}
