package highwater.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/// Documents of one line, whatever is put into them.
class JsonTest {
  @Test
  void membersAndElementsAreSeparated() {
    var json = new Json().object("").put("a", 1).put("b", "two").put("c", true).array("d").put("", 4).put("", 5);
    assertThat(json.close(']').object("e").close('}').put("f", 0.5).close('}'))
        .hasToString("{\"a\":1,\"b\":\"two\",\"c\":true,\"d\":[4,5],\"e\":{},\"f\":0.5}");
  }

  @Test
  void whatJsonHasNoNumberForIsNull() {
    var json = new Json().array("").put("", Double.NaN).put("", Double.POSITIVE_INFINITY).put("", (String) null);
    assertThat(json.close(']')).hasToString("[null,null,null]");
  }

  @Test
  void numbersHaveSixDecimalsAtMostOrThoseTheyWereMadeWith() {
    var json = new Json().array("").put("", 1e21).put("", 1.0 / 3).put("", 100.0).put("", 0.0);
    assertThat(json.put("", new BigDecimal("0.500")).close(']'))
        .hasToString("[1000000000000000000000,0.333333,100,0,0.500]");
  }

  @Test
  void textCanNeitherEndItsStringNorBecomeMarkup() {
    assertThat(new Json().array("").put("", "\"\\</script>&\n\u0000\u007f\u0085\u2028").close(']'))
        .hasToString("[\"\\\"\\\\\\u003c/script\\u003e&\\u000a\\u0000\\u007f\\u0085\\u2028\"]");
  }

  @Test
  void halfACharacterIsEscapedAndAWholeOneIsNot() {
    assertThat(new Json().array("").put("", "\ud83d\ude00 \ud83d \ude00").close(']'))
        .hasToString("[\"\ud83d\ude00 \\ud83d \\ude00\"]");
  }
}
