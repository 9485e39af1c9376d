package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GcLogTest {
  @Test
  void eachPauseHasItsBeginItsLengthAndTheHeap() {
    var pauses =
        GcLog.parse(
            List.of(
                "[0.004s] Using G1",
                "[0.286s] GC(4) Pause Young (Prepare Mixed) (G1 Evacuation Pause) 8M->7M(14M) 2.742ms",
                "[0.290s] GC(5) Concurrent Mark Cycle",
                "[1.500s] GC(5) Pause Remark 900K->512K(2048K) 500.000ms",
                "[1.501s] GC(5) Concurrent Mark Cycle 12.345ms",
                "[8.550s] GC(32) Pause Full (G1 Compaction Pause) 4G->3G(4G) 143.017ms"));
    assertThat(pauses).hasSize(3);
    var young = pauses.getFirst();
    assertThat(young.atSeconds()).isCloseTo(0.283258, within(1e-9));
    assertThat(young.millis()).isEqualTo(2.742);
    assertThat(young.what()).isEqualTo("Pause Young (Prepare Mixed) (G1 Evacuation Pause)");
    assertThat(young.heapBeforeBytes()).isEqualTo(8L << 20);
    assertThat(young.heapAfterBytes()).isEqualTo(7L << 20);
    assertThat(young.heapBytes()).isEqualTo(14L << 20);
    assertThat(pauses.get(1).atSeconds()).isCloseTo(1.0, within(1e-9));
    assertThat(pauses.get(1).heapAfterBytes()).isEqualTo(512L << 10);
    assertThat(pauses.get(2).what()).startsWith("Pause Full");
    assertThat(pauses.get(2).heapBeforeBytes()).isEqualTo(4L << 30);
  }
}
