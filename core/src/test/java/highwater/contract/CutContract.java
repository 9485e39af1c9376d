package highwater.contract;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every stage keeps: what it makes of its input, and whether and how it fails, does not depend on how the input was
/// cut into chunks, nor on what kind of buffers they are.
///
/// A subclass brings the stages, a line each. Random cuts and damage come from a seed, which is printed and taken back by
/// `-Dseed=`; `-Dcut.rounds=` makes more of them.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CutContract {
  private static final int ROUNDS = Integer.getInteger("cut.rounds", 1);
  private static final int SMALL_BYTES = 400;

  /// How often each small input is damaged.
  private static final int DAMAGES = 60;

  private final CutRun.Kind[] kinds = CutRun.Kind.values();

  protected CutContract() {
    System.out.println(getClass().getSimpleName() + ": -Dseed=" + Samples.SEED);
  }

  /// The stages.
  protected abstract Stream<CutCase<?>> cases();

  @ParameterizedTest
  @MethodSource("cases")
  void everyCutInTwoGivesTheSame(CutCase<?> stage) {
    for (var input : inputs(stage, true)) {
      var whole = whole(stage, input);
      for (int at = 0; at <= input.length; at++) {
        var kind = kinds[at % kinds.length];
        assertThat(stage.run(inTwo(input, at), kind)).as("%s cut at %d, %s", stage, at, kind).isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneByteAtATimeGivesTheSame(CutCase<?> stage) {
    for (var input : inputs(stage, true)) {
      var whole = whole(stage, input);
      for (var kind : kinds) {
        assertThat(stage.run(byteByByte(input), kind)).as("%s, %s", stage, kind).isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anyCutsOfLargeInputGiveTheSame(CutCase<?> stage) {
    var random = random(stage);
    for (var input : inputs(stage, false)) {
      var whole = whole(stage, input);
      for (int round = 0; round < ROUNDS; round++) {
        for (var kind : kinds) {
          assertThat(stage.run(Samples.split(random, input), kind))
              .as("%s, %s, round %d, -Dseed=%d", stage, kind, round, Samples.SEED)
              .isEqualTo(whole);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void howInputThatIsCutShortEndsIsTheSame(CutCase<?> stage) {
    var random = random(stage);
    for (var input : inputs(stage, true)) {
      for (int length = 0; length < input.length; length++) {
        checkAlike(stage, random, Arrays.copyOf(input, length), "cut short to " + length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void howDamagedInputEndsIsTheSame(CutCase<?> stage) {
    var random = random(stage);
    for (var input : inputs(stage, true)) {
      int rounds = input.length == 0 ? 0 : DAMAGES * ROUNDS;
      for (int round = 0; round < rounds; round++) {
        checkAlike(stage, random, damaged(random, input), "damage " + round + ", -Dseed=" + Samples.SEED);
      }
    }
  }

  /// Whole, byte by byte and in random chunks: the same kind of end, and none gave what another did not.
  private void checkAlike(CutCase<?> stage, Random random, byte[] input, String what) {
    var whole = stage.run(List.of(input), CutRun.Kind.HEAP);
    var kind = kinds[random.nextInt(kinds.length)];
    for (var chunks : List.of(byteByByte(input), Samples.split(random, input))) {
      var cut = stage.run(chunks, kind);
      var where = "%s %s, %d chunks of %s: %s".formatted(stage, what, chunks.size(), kind, shown(input));
      assertThat(cut.failure()).as(where).isEqualTo(whole.failure());
      if (whole.failure() == null) assertThat(cut.made()).as(where).isEqualTo(whole.made());
      else assertThat(begins(cut.made(), whole.made())).as("%s: %s, %s", where, cut, whole).isTrue();
    }
  }

  private static boolean begins(String one, String other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  private static CutRun.Outcome whole(CutCase<?> stage, byte[] input) {
    var whole = stage.run(List.of(input), CutRun.Kind.HEAP);
    assertThat(whole.failure()).as("%s of whole input", stage).isNull();
    return whole;
  }

  private static List<byte[]> inputs(CutCase<?> stage, boolean small) {
    var inputs = stage.inputs().stream().filter(input -> (input.length <= SMALL_BYTES) == small).toList();
    assertThat(small ? inputs.size() : 1).as("small inputs of %s", stage).isPositive();
    return inputs;
  }

  private static Random random(CutCase<?> stage) {
    return new Random(Samples.SEED ^ stage.toString().hashCode());
  }

  private static List<byte[]> inTwo(byte[] input, int at) {
    return List.of(Arrays.copyOf(input, at), Arrays.copyOfRange(input, at, input.length));
  }

  /// With an empty chunk before each.
  private static List<byte[]> byteByByte(byte[] input) {
    var chunks = new ArrayList<byte[]>();
    for (byte one : input) {
      chunks.add(new byte[0]);
      chunks.add(new byte[] {one});
    }
    chunks.add(new byte[0]);
    return chunks;
  }

  /// Some bytes changed, left out or put in.
  private static byte[] damaged(Random random, byte[] input) {
    var bytes = new ArrayList<Byte>();
    for (byte one : input) bytes.add(one);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(bytes.size() + 1);
      int what = at == bytes.size() ? 0 : random.nextInt(4);
      byte other = (byte) (random.nextBoolean() ? random.nextInt() : input[random.nextInt(input.length)]);
      switch (what) {
        case 0 -> bytes.add(at, other);
        case 1 -> bytes.remove(at);
        default -> bytes.set(at, what == 2 ? other : (byte) (bytes.get(at) ^ 1 << random.nextInt(Byte.SIZE)));
      }
    }
    var damaged = new byte[bytes.size()];
    for (int i = 0; i < damaged.length; i++) damaged[i] = bytes.get(i);
    return damaged;
  }

  private static String shown(byte[] input) {
    return HexFormat.of().formatHex(input, 0, Math.min(input.length, SMALL_BYTES));
  }
}
