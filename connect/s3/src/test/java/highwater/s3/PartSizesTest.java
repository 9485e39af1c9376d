package highwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.Pipeline;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartSizesTest {
  private static final long GIB = 1L << 30;

  @Test
  void partsDoubleWithEachQuarterOfTheNumbers() {
    var sizes = new PartSizes(8 << 20, 16, 8);
    var buffers = new ArrayList<Integer>();
    for (int number = 1; number <= 8; number++) buffers.add(sizes.buffersOf(number));
    assertThat(buffers).containsExactly(1, 1, 2, 2, 4, 4, 8, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 256})
  void aPartIsNeverMoreThanTheRunHas(int buffers) {
    var sizes = new PartSizes(8 << 20, buffers, PartSizes.PARTS_MAX);
    for (int number = 1; number <= PartSizes.PARTS_MAX; number++) {
      assertThat(sizes.buffersOf(number)).isBetween(1, buffers);
    }
    assertThat(5 * GIB).as("S3's limit of a part").isGreaterThanOrEqualTo(8L * PartSizes.PART_MAX_BYTES);
  }

  @Test
  void theDefaultsHoldHundredsOfGibibytes() {
    assertThat(S3Streams.write("b", "k").objectMaxBytes()).isBetween(200 * GIB, 300 * GIB);
    var plan = Pipeline.from(S3Streams.read("b", "k")).to(S3Streams.write("b", "k")).explain();
    assertThat(plan.toString())
        .contains("4 × 8 MiB parts, growing; one PUT if it fits in one; at most 214.9 GiB")
        .contains("4 ranges of 8 MiB at a time");
  }

  @Test
  void figuresThatS3RefusesAreRefusedAtOnce() {
    var target = S3Streams.write("b", "k");
    assertThatThrownBy(() -> target.partBytes((5 << 20) - 1)).hasMessageContaining("(expected: 5242880 to");
    assertThatThrownBy(() -> target.partsInFlight(0)).hasMessageContaining("(expected: 1 to 256)");
  }
}
