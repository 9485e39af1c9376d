package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.memory.Budget;
import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What comes out of a decompressing stage has an end, whatever goes in.
class ExpansionLimitTest {
  private static final int MIB = 1 << 20;
  private static final byte[] BOMB = Samples.gzip(new byte[20 * MIB]);

  @Test
  void moreThanTheLimitNeverPassesOn() throws Exception {
    var gunzip = Gzip.decompress();
    assertThat(passed(gunzip.outputAtMost(20 * MIB), BOMB)).isEqualTo(20 * MIB);
    for (long most : new long[] {0, 1, 262_143, 262_144, MIB, 20 * MIB - 1}) {
      var passed = new AtomicLong();
      assertThatThrownBy(() -> run(gunzip.outputAtMost(most), BOMB, passed))
          .isInstanceOf(DataException.class)
          .hasMessageMatching("gunzip: [0-9,]+ bytes out of [0-9,]+ in \\(expected: at most .* bytes out; .*\\)");
      assertThat(passed.get()).isLessThanOrEqualTo(most).isGreaterThanOrEqualTo(most - 262_144);
    }
  }

  @Test
  void theRatioCountsFromItsThresholdOn() throws Exception {
    var limit = ExpansionLimit.DEFAULT.ratioFrom(MIB);
    assertThat(passed(Gzip.decompress().limit(limit.ratioAtMost(1100)), BOMB)).isEqualTo(20 * MIB);
    assertThat(passed(Gzip.decompress().limit(limit.ratioFrom(20 * MIB)), BOMB)).isEqualTo(20 * MIB);
    var passed = new AtomicLong();
    assertThatThrownBy(() -> run(Gzip.decompress().limit(limit), BOMB, passed))
        .hasMessageMatching(
            "gunzip: [0-9,]+ bytes out of [0-9,]+ in, more than 1,000 : 1 \\(expected: at most that ratio once 1 MiB"
                + " came out; for data that really is so even: gunzip,ratio=20[0-9]{2}\\)");
    assertThat(passed.get()).isBetween(MIB - 65_536L, 2L * MIB);
  }

  @Test
  void membersCountTogether() {
    var two = Samples.join(Samples.gzip(new byte[MIB]), Samples.gzip(new byte[MIB]));
    assertThatThrownBy(() -> run(Gzip.decompress().outputAtMost(MIB), two, new AtomicLong()))
        .isInstanceOf(DataException.class);
  }

  @Test
  void inflateHasTheSame() throws Exception {
    var deflated = Drive.bytes(Deflate.compress(), List.of(new byte[MIB]));
    assertThat(passed(Deflate.decompress().outputAtMost(MIB), deflated)).isEqualTo(MIB);
    assertThatThrownBy(() -> passed(Deflate.decompress().outputAtMost(MIB - 1), deflated))
        .hasMessageStartingWith("inflate: 1,048,576 bytes out of ");
    var raw = Drive.bytes(Deflate.compress().raw(), List.of(new byte[MIB]));
    var limit = new ExpansionLimit(Long.MAX_VALUE, 10, 0);
    assertThatThrownBy(() -> passed(Deflate.decompress().raw().limit(limit), raw))
        .hasMessageStartingWith("raw inflate: ")
        .hasMessageContaining(" even: inflate,ratio=");
    assertThatThrownBy(() -> passed(Deflate.decompress().limit(limit), deflated))
        .hasMessageContaining("more than 10 : 1");
  }

  @Test
  void theDefaultIsAThousandToOneBeyondAGibibyte() throws Exception {
    var limit = ExpansionLimit.DEFAULT;
    long gib = 1L << 30;
    limit.check("x", gib, 1);
    limit.check("x", gib + 1, gib / 1000 + 1);
    limit.check("x", Long.MAX_VALUE, Long.MAX_VALUE / 1000 + 1);
    assertThatThrownBy(() -> limit.check("x", gib + 1, gib / 1000)).hasMessageContaining("more than 1,000 : 1");
    assertThatThrownBy(() -> limit.check("x", Long.MAX_VALUE, 0)).hasMessageContaining("more than 1,000 : 1");
  }

  @Test
  void figuresThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> Gzip.decompress().outputAtMost(-1)).hasMessageContaining("-1 bytes (expected: 0");
    assertThatThrownBy(() -> Gzip.decompress().ratioAtMost(0)).hasMessageContaining("0 : 1 (expected: 1");
    assertThatThrownBy(() -> ExpansionLimit.DEFAULT.ratioFrom(-1)).hasMessageContaining("(expected: 0");
  }

  private static long passed(PullStage<ByteBuffer, ByteBuffer> stage, byte[] input) throws Exception {
    var passed = new AtomicLong();
    run(stage, input, passed);
    return passed.get();
  }

  private static void run(PullStage<ByteBuffer, ByteBuffer> stage, byte[] input, AtomicLong passed) throws Exception {
    var drive =
        new Drive<ByteBuffer>(
            stage,
            Drive.chunks(input, 1000).iterator(),
            chunk -> passed.addAndGet(chunk.remaining()),
            Budget.unlimited());
    drive.run();
  }
}
