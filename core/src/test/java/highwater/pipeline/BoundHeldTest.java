package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.DuplexStream;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.WritableStream;
import highwater.memory.Budget;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Counters beside the printed sum: what is held never exceeds it.
class BoundHeldTest {
  private static final int CHUNK_BYTES = 40 << 10;

  /// The queues of all streams are added up at each callback.
  @Test
  void theQueuesOfUserStreamsStayWithinWhatIsDeclared() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("BoundHeldTest -Dseed=" + seed);
    for (int round = 0; round < 20; round++) {
      var random = new Random(seed + round);
      var readables = new ArrayList<ReadableStream<?>>();
      var writables = new ArrayList<WritableStream<?>>();
      var peak = new long[1];
      Runnable count =
          () -> {
            long held = 0;
            for (var stream : readables) held += stream.readableLength();
            for (var stream : writables) held += stream.writableLength();
            peak[0] = Math.max(peak[0], held);
          };
      var pipeline = counted(random, count, readables, writables);
      long bound = pipeline.bound().totalBytes().orElseThrow();
      pipeline.run();
      assertThat(peak[0]).isPositive().isLessThanOrEqualTo(bound);
    }
  }

  private static Pipeline counted(
      Random random, Runnable count, List<ReadableStream<?>> readables, List<WritableStream<?>> writables) {
    var origin =
        Origin.of(
                "random",
                () -> {
                  var left = new int[] {100};
                  var stream =
                      ReadableStream.<ByteBuffer>from(
                          feed -> {
                            count.run();
                            do {
                              if (left[0]-- == 0) {
                                feed.end();
                                return;
                              }
                            } while (feed.push(ByteBuffer.allocate(1 + random.nextInt(CHUNK_BYTES))));
                          },
                          StreamOptions.bytes());
                  readables.add(stream);
                  return stream;
                })
            .chunkAtMost(CHUNK_BYTES);
    var swelling =
        Stage.of(
                "swell",
                () -> {
                  DuplexStream<ByteBuffer, ByteBuffer> stream =
                      TransformStream.from(
                          (chunk, out, done) -> {
                            out.push(ByteBuffer.allocate(2 * chunk.remaining()));
                            count.run();
                            done.ok();
                          },
                          StreamOptions.bytes());
                  readables.add(stream);
                  writables.add(stream);
                  return stream;
                })
            .outputAtMost(512 << 10);
    Sink<ByteBuffer> slow =
        (chunk, done) -> {
          count.run();
          Strand.current().after(random.nextInt(50_000), done::ok);
        };
    var target =
        Target.of(
                "slow",
                () -> {
                  var stream = WritableStream.to(slow, StreamOptions.bytes());
                  writables.add(stream);
                  return stream;
                })
            .markAtMost(StreamOptions.BYTE_MARK);
    return Pipeline.from(origin).through(swelling).to(target);
  }

  /// What a part allocates is charged to a budget of the bound's size: it would be refused if it were more.
  @Test
  void aBudgetOfTheBoundIsEnoughAndIsNeverExceeded() {
    var rig = new Rig(200, 1000);
    var pipeline = rig.pipeline();
    long bound = pipeline.bound().totalBytes().orElseThrow();
    var budget = Budget.of(bound);
    pipeline.withBudget(budget).run();
    assertThat(budget.peakBytes()).isEqualTo(bound);
    assertThat(budget.usedBytes()).isZero();
  }
}
