package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.00 KiB",
    "10235, 10.0 KiB",
    "65536, 64.0 KiB",
    "102348, 99.9 KiB",
    "102400, 100 KiB",
    "1048063, 1023 KiB",
    "1048064, 1.00 MiB",
    "1567890123, 1.46 GiB",
    "9223372036854775807, 8.00 EiB"
  })
  void bytesHaveThreeDigitsAndTheLargestUnit(long bytes, String text) {
    assertThat(Figures.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"0;0", "999;999", "1000;1,000", "1234567;1,234,567", "-1234;-1,234", "-123;-123"})
  void groupedPutsCommasBetweenThousands(long number, String text) {
    assertThat(Figures.grouped(number)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0:00", "7, 0:07", "125, 2:05", "3599, 59:59", "3725, 1:02:05", "360000, 100:00:00"})
  void clockShowsHoursOnlyWhereThereAreSome(long seconds, String text) {
    assertThat(Figures.clock(seconds * 1_000_000_000)).isEqualTo(text);
  }

  @Test
  void decimalsAreRoundedAndKept() {
    assertThat(Figures.decimal(1.005, 1)).isEqualTo("1.0");
    assertThat(Figures.decimal(0.0449, 2)).isEqualTo("0.04");
    assertThat(Figures.decimal(2.996, 2)).isEqualTo("3.00");
    assertThat(Figures.seconds(1_234_567_890)).isEqualTo("1.235");
  }

  @Test
  void aRateOverNoTimeIsStillANumber() {
    assertThat(Figures.rate(0, 0)).isEqualTo("0 B/s");
    assertThat(Figures.rate(1 << 20, 500_000_000)).isEqualTo("2.00 MiB/s");
  }
}
