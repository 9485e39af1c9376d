package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcTest {
  @Test
  void theFiguresAreReadFromTheFilesOfLinux() {
    var proc =
        Proc.parse(
            List.of(
                "status Name:\tjava",
                "status VmHWM:\t   80808 kB",
                "status VmRSS:\t   69156 kB",
                "status voluntary_ctxt_switches:\t5",
                "stat 4711 (my (odd) name) S 1 2 3 4 5 6 11010 0 12 0 191 10 0 0 20 0 24 0 1000 99999 17289",
                "io rchar: 999",
                "io read_bytes: 4096",
                "io write_bytes: 8192",
                "task voluntary_ctxt_switches:\t100",
                "task nonvoluntary_ctxt_switches:\t7",
                "task voluntary_ctxt_switches:\t23",
                "task nonvoluntary_ctxt_switches:\t1",
                "at 1000 65536",
                "read 17"));
    assertThat(proc)
        .isEqualTo(new Proc(1_910_000_000L, 100_000_000L, 69156L << 10, 80808L << 10, 11010, 12, 123, 8, 4096, 8192));
  }

  @Test
  void aProcessTellsOfItselfWhatOthersSeeOfIt() {
    var own = Proc.parse(Proc.own().lines().toList());
    var seen = Proc.of(ProcessHandle.current().pid());
    assertThat(seen).isNotNull();
    assertThat(own.residentBytes()).isGreaterThan(10 << 20);
    assertThat(own.residentPeakBytes()).isGreaterThanOrEqualTo(own.residentBytes());
    assertThat(seen.userNanos()).isGreaterThanOrEqualTo(own.userNanos());
    assertThat(own.voluntarySwitches()).isPositive();
  }

  @Test
  void aProcessThatIsGoneTellsNothing() {
    // No number of a process: the kernel's greatest is 2^22.
    assertThat(Proc.of(1L << 40)).isNull();
  }
}
