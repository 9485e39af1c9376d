package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  @ParameterizedTest
  @CsvSource({"gzip, gzip, 0", "gzpi, gzip, 1", "gip, gzip, 1", "gzzip, gzip, 1", "gnuzip, gunzip, 1", "abc, xyz, 3"})
  void aSwapIsOneEdit(String word, String other, int edits) {
    assertThat(Nearest.edits(word, other)).isEqualTo(edits);
  }

  @Test
  void aShortWordMayBeOffByOneALongOneByTwo() {
    var stages = List.of("gzip", "gunzip", "tee");
    assertThat(Nearest.to("te", stages)).isEqualTo("tee");
    assertThat(Nearest.to("out", stages)).isNull();
    assertThat(Nearest.to("gunnzipp", stages)).isEqualTo("gunzip");
    assertThat(Nearest.to("elsewhere", stages)).isNull();
  }
}
