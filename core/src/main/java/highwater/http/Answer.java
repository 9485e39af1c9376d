package highwater.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What a server said when it did not do what was asked: the status, and the beginning of the body on one line.
final class Answer {
  private static final int TEXT_BYTES = 1024;
  private static final int TEXT_CHARACTERS = 200;
  private static final Duration TEXT_TIME = Duration.ofSeconds(5);

  private Answer() {}

  /// `403 Forbidden: no such key`; reads the text, lets the connection go.
  static String inWords(HttpResponse<DemandedBody> response, Address address, HttpSettings settings)
      throws InterruptedException {
    var status = Words.status(response.statusCode());
    // A client that took a second 100 for the answer has no body to show.
    if (response.statusCode() < 200) return status;
    var location = response.headers().firstValue("Location");
    if (response.statusCode() / 100 == 3 && location.isPresent()) {
      return status + ", which leads to " + placeName(location.get(), address);
    }
    var text = Words.oneLine(settings.withoutSecrets(start(response), address).strip().replaceAll("\\s+", " "));
    if (text.isEmpty()) return status;
    return status + ": " + (text.length() > TEXT_CHARACTERS ? text.substring(0, TEXT_CHARACTERS) + "…" : text);
  }

  /// Where a redirect leads, without what may be secret in it.
  static String placeName(String location, Address from) {
    try {
      return from.resolve(location).name();
    } catch (IllegalArgumentException e) {
      return "an address that cannot be used";
    }
  }

  private static String start(HttpResponse<DemandedBody> response) throws InterruptedException {
    var start = ByteBuffer.allocate(TEXT_BYTES);
    var coding = response.headers().firstValue("Content-Encoding").orElse("identity");
    try {
      if (!coding.equalsIgnoreCase("identity")) return "";
      var patience = new Patience(TEXT_TIME, TEXT_TIME);
      while (start.hasRemaining() && response.body().read(start, patience) >= 0) {}
    } catch (IOException e) {
      // What came is enough.
    } finally {
      response.body().cancel();
    }
    return new String(start.array(), 0, start.position(), StandardCharsets.UTF_8);
  }
}
