package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.codec.Samples;
import highwater.contract.Remains;
import highwater.memory.Budget;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every decoder promises, against what the real tool wrote.
@Timeout(120)
class DecompressTest {
  private static final byte[] HELLO = "hello, hello, hello, world\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MIB = 1 << 20;

  @ParameterizedTest
  @EnumSource
  void whatTheToolWroteComesBackHoweverItIsCut(Codec codec) {
    var random = Samples.random("decoders");
    var samples = new ArrayList<byte[]>(List.of(new byte[0], new byte[1], HELLO, new byte[3 * MIB]));
    samples.add(Samples.text(random, 2 * MIB));
    samples.add(Samples.noise(random, MIB));
    for (int i = 0; i < 8; i++) samples.add(Samples.any(random, 300_000));
    for (int i = 0; i < samples.size(); i++) {
      var plain = samples.get(i);
      var compressed = codec.compressed(plain);
      for (boolean direct : new boolean[] {false, true}) {
        var bytes = new Bytes();
        bytes.direct = direct;
        bytes.run(codec.stage(), Bytes.split(random, compressed));
        assertThat(bytes.passed.toByteArray()).as("sample %d, -Dseed=%d", i, Samples.SEED).isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyCutInTwoAndOneByteAtATimeGivesTheSame(Codec codec) {
    var plain = Samples.text(new Random(1), 150);
    var compressed = codec.compressed(plain);
    for (int at = 0; at <= compressed.length; at++) {
      var halves = List.of(Arrays.copyOf(compressed, at), Arrays.copyOfRange(compressed, at, compressed.length));
      assertThat(Bytes.through(codec.stage(), halves)).as("cut at %d", at).isEqualTo(plain);
    }
    assertThat(Bytes.through(codec.stage(), Bytes.chunks(compressed, 1))).isEqualTo(plain);
    var many = Samples.text(new Random(2), 200_000);
    assertThat(Bytes.through(codec.stage(), Bytes.chunks(codec.compressed(many), 1))).isEqualTo(many);
  }

  @ParameterizedTest
  @EnumSource
  void inputCutAtAnyByteFails(Codec codec) {
    for (var plain : List.of(HELLO, Samples.text(new Random(3), 400), new byte[0])) {
      var compressed = codec.compressed(plain);
      for (int bytes = 0; bytes < compressed.length; bytes++) {
        var failure = Bytes.failure(codec.stage(), Arrays.copyOf(compressed, bytes));
        assertThat(failure).as("cut at %d", bytes).hasMessageMatching(".*(unexpected end of input|is empty).*");
        assertThat(failure.positionBytes()).isLessThanOrEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void longInputCutSomewhereFails(Codec codec) {
    var random = Samples.random("cuts");
    var compressed = codec.compressed(Samples.text(random, MIB));
    for (int i = 0; i < 15; i++) {
      var cut = Arrays.copyOf(compressed, i == 0 ? compressed.length - 1 : random.nextInt(compressed.length));
      var failure = Bytes.failure(codec.stage(), Bytes.split(random, cut));
      assertThat(failure).as("-Dseed=%d", Samples.SEED).hasMessageMatching(".*(unexpected end of input|is empty).*");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChangedByteIsFoundOrChangesNoData(Codec codec) {
    var plain = Samples.text(new Random(4), 300);
    var compressed = codec.compressed(plain);
    int found = 0;
    for (int position = 0; position < compressed.length; position++) {
      for (int xor : new int[] {1, 0x10, 0x80, 0xFF}) {
        var bad = compressed.clone();
        bad[position] ^= (byte) xor;
        var bytes = new Bytes();
        try {
          bytes.run(codec.stage(), List.of(bad));
          if (codec.isChecked()) {
            assertThat(bytes.passed.toByteArray()).as("byte %d ^ %x", position, xor).isEqualTo(plain);
          }
        } catch (PipelineException e) {
          assertThat(e.getCause()).as("byte %d ^ %x", position, xor).isInstanceOf(DataException.class);
          found++;
        }
      }
    }
    assertThat(found).isGreaterThan(compressed.length);
  }

  @ParameterizedTest
  @EnumSource
  void streamsFollowEachOther(Codec codec) {
    var one = codec.compressed(HELLO);
    var input = Samples.join(one, codec.compressed(new byte[0]), one);
    if (!codec.mayFollowItself()) {
      assertThat(Bytes.failure(codec.stage(), input)).isInstanceOf(DataException.class);
      assertThat(Bytes.failure(codec.stage(), List.of(one, one))).hasMessageContaining("goes on");
      return;
    }
    assertThat(Bytes.through(codec.stage(), input)).isEqualTo(Samples.join(HELLO, HELLO));
    assertThat(Bytes.through(codec.stage(), Bytes.chunks(input, 1))).isEqualTo(Samples.join(HELLO, HELLO));
    var two = Samples.join(one, one);
    for (int bytes = one.length + 1; bytes < two.length; bytes++) {
      // A begun magic number of bzip2 is one, as to the tool; xz takes only zeros in fours.
      assertThat(Bytes.failure(codec.stage(), Arrays.copyOf(two, bytes)))
          .hasMessageContaining("unexpected end of input");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatFollowsTheDataIsAnErrorExceptAsTheToolTreatsIt(Codec codec) {
    var one = codec.compressed(HELLO);
    for (var garbage : List.of("x", "\0", "\0\0\0\0", "\0\0\0\0\0", "garbage", "PK\3\4, and what comes then")) {
      var input = Samples.join(one, garbage.getBytes(StandardCharsets.ISO_8859_1));
      boolean toolTakesIt = Tool.run(codec.decompress, input).exitCode() == 0;
      assertThat(toolTakesIt).isEqualTo(codec.dropsGarbage() || (codec == Codec.XZ && garbage.equals("\0\0\0\0")));
      for (int chunk : new int[] {1, one.length, 5000}) {
        if (toolTakesIt) {
          assertThat(Bytes.through(codec.stage(), Bytes.chunks(input, chunk))).isEqualTo(HELLO);
        } else {
          var failure = Bytes.failure(codec.stage(), Bytes.chunks(input, chunk));
          assertThat(failure).hasMessageMatching(".*(goes on|unexpected end|damaged).*");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void inputOfAnotherFormatIsRefused(Codec codec) {
    var plain = "plain text, and nothing else\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
    var expected = codec == Codec.BROTLI ? "damaged data" : "not in";
    assertThat(Bytes.failure(codec.stage(), plain)).hasMessageContaining(expected);
    assertThat(Bytes.failure(codec.stage(), List.of())).hasMessageContaining("the input is empty");
  }

  /// A decoder that was over with its data would have the run drop what the source failed with.
  @ParameterizedTest
  @EnumSource
  void theSourcesFailureBehindTheDataIsNotLost(Codec codec) {
    var bytes = new Bytes();
    bytes.lost = new IOException("connection reset");
    assertThatThrownBy(() -> bytes.run(codec.stage(), List.of(codec.compressed(HELLO))))
        .isInstanceOf(PipelineException.class)
        .hasRootCauseMessage("connection reset");
  }

  @ParameterizedTest
  @EnumSource
  void aBombIsStoppedBeforeItPassesOn(Codec codec) {
    var bomb = codec.compressed(new byte[12 * MIB]);
    var all = ExpansionLimit.DEFAULT;
    var bytes = new Bytes();
    assertThat(Bytes.failure(bytes, codec.stage(all.outputAtMost(MIB)), Bytes.chunks(bomb, 1000)))
        .hasMessageMatching(
            "b?un[a-z0-9]+: [0-9,]+ bytes out of [0-9,]+ in \\(expected: at most 1,048,576 bytes out; .*")
        .matches(e -> e.positionBytes() > 0 || codec == Codec.BROTLI);
    assertThat(bytes.passed.size()).isBetween(MIB - (64 << 10), MIB);
    assertThat(Bytes.through(codec.stage(all.outputAtMost(12 * MIB)), bomb)).hasSize(12 * MIB);
    var even = new Bytes();
    var limit = all.ratioAtMost(20).ratioFrom(MIB);
    assertThat(Bytes.failure(even, codec.stage(limit), Bytes.chunks(bomb, 1000)))
        .hasMessageContaining(
            "more than 20 : 1 (expected: at most that ratio once 1 MiB came out; for data that really is")
        .hasMessageContaining(codec.stage().name() + ",ratio=");
    assertThat(even.passed.size()).isLessThanOrEqualTo(2 * MIB);
  }

  @ParameterizedTest
  @EnumSource
  void aFailureBehindItAndACancelLeaveNothing(Codec codec) throws Exception {
    var compressed = codec.compressed(Samples.text(new Random(5), 3 * MIB));
    for (int at : new int[] {1, 65_537, 2 * MIB}) {
      var bytes = new Bytes();
      bytes.failsAt = at;
      assertThatThrownBy(() -> bytes.run(codec.stage(), Bytes.chunks(compressed, 10_000)))
          .isInstanceOf(PipelineException.class)
          .hasRootCauseMessage("downstream");
    }
    var budget = Budget.unlimited();
    var bytes = new Bytes();
    bytes.stalls = true;
    var pipeline = Pipeline.from(bytes.new Chunks(Bytes.chunks(compressed, 1000))).through(codec.stage());
    var run = pipeline.to(bytes.target()).withBudget(budget).start();
    run.cancel("enough");
    assertThatThrownBy(run::join).hasMessageContaining("enough");
    assertThat(budget.usedBytes()).isZero();
    Remains.await("the end of the decoder's thread", DecompressTest::noReaders);
  }

  private static boolean noReaders() {
    return Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("highwater-reader"));
  }
}
