package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses: which are refused, and what of them is ever shown.
class HttpAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://me:geheim@host/x",
        "https://geheim@host/x",
        "http://me:geheim@ho_st/x",
        "ftp://host/geheim",
        "file:///geheim",
        "/geheim",
        "http:geheim",
        "http:///geheim",
        "http://host:0/geheim",
        "http://host:70000/geheim",
        "http://host/geheim geheim",
        "http://me:ge^heim@host/x"
      })
  void anAddressThatCannotBeUsedIsRefusedInOneLineWithoutIt(String text) {
    var refused = catchThrowable(() -> HttpStreams.uri(text));
    assertThat(refused).isInstanceOf(IllegalArgumentException.class).hasNoCause();
    assertThat(refused.getMessage()).contains("(expected: ").doesNotContain("geheim", "heim", "\n");
  }

  @Test
  void aUserInAnAddressIsRefusedWithTheAlternative() {
    var uri = URI.create("http://me:geheim@host/x");
    for (var refused :
        List.of(catchThrowable(() -> HttpStreams.get(uri)), catchThrowable(() -> HttpStreams.put(uri)))) {
      assertThat(refused.getMessage()).contains("Authorization header", "netrc").doesNotContain("geheim", "me:");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://host, http://host/",
    "HTTPS://host:8443/a%20b, https://host:8443/a%20b",
    "http://host/x?key=geheim&b#frag, http://host/x?…",
    "http://[::1]:80/x, http://[::1]:80/x"
  })
  void aNameHasNoValueOfTheQuery(String address, String name) {
    assertThat(HttpStreams.get(HttpStreams.uri(address)).name()).isEqualTo(name);
    assertThat(HttpStreams.put(HttpStreams.uri(address)).toString()).isEqualTo("PUT " + name);
  }
}
