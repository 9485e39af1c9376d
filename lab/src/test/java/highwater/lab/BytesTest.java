package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "512B, 512",
    "64KiB, 65536",
    "64K, 65536",
    "64KB, 64000",
    "64kB, 64000",
    "2GB, 2000000000",
    "4G, 4294967296"
  })
  void sizesAreReadAsEverywhereInTheCommand(String text, long bytes) throws LabException {
    assertThat(Bytes.parsePositive("--size", text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "2X", "GB", "1.5GB", "2GiBs", "9999999999999999", "999999999999999T"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> Bytes.parsePositive("--size", text))
        .isInstanceOf(LabException.class)
        .hasMessageStartingWith("--size: " + text + " is no size");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "512, 512 B",
    "65536, 65.5 kB",
    "88000000, 88.0 MB",
    "1520000000, 1.52 GB",
    "999900000, 1.00 GB"
  })
  void sizesAreWrittenWithThreeDigits(long bytes, String text) {
    assertThat(Bytes.text(bytes)).isEqualTo(text);
  }
}
