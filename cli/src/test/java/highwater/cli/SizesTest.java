package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "10B, 10",
    "1k, 1024",
    "1K, 1024",
    "1KiB, 1024",
    "1kB, 1000",
    "1KB, 1000",
    "10MB, 10000000",
    "10MiB, 10485760",
    "10M, 10485760",
    "10m, 10485760",
    "3G, 3221225472",
    "3GB, 3000000000",
    "2T, 2199023255552",
    "1PB, 1000000000000000",
    "7E, 8070450532247928832",
    "9223372036854775807, 9223372036854775807"
  })
  void unitsMeanWhatGnuMeans(String text, long bytes) throws CommandException {
    assertThat(Sizes.parse("--size", text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-5", "1.5G", "10mb", "10Mi", "10X", "1_000", "10 M", "٣", "1b"})
  void whatIsNoSizeIsRefusedWithTheUnits(String text) {
    assertThatThrownBy(() -> Sizes.parse("--mark", text))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("--mark: " + text + " is no size (expected: a whole number and a unit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8E", "9223372036854775808", "99999999999999999999999", "9223372036854776K"})
  void whatDoesNotFitInALongIsTooLarge(String text) {
    assertThatThrownBy(() -> Sizes.parse("--size", text))
        .hasMessage("--size: " + text + " is too large (expected: less than 8E)");
  }

  @Test
  void aRateMayEndInPerSecond() throws CommandException {
    assertThat(Sizes.parseRate("throttle", "10MB/s")).isEqualTo(10_000_000);
    assertThat(Sizes.parseRate("throttle", "10MB")).isEqualTo(10_000_000);
  }

  @Test
  void aRateOfNothingIsRefused() {
    assertThatThrownBy(() -> Sizes.parseRate("throttle:0/s", "0/s"))
        .hasMessage("throttle:0/s: 0 (expected: 1 byte or more)");
  }
}
