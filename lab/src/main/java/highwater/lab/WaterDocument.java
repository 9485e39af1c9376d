package highwater.lab;

import highwater.dashboard.Json;

/// A state of the water experiment as one JSON document on one line, for the page.
final class WaterDocument {
  private static final long NANOS_A_MILLI = 1_000_000;

  private WaterDocument() {}

  /// Renders it; sizes are bytes, speeds bytes a second, times milliseconds of the experiment.
  static String of(WaterState state) {
    var json = new Json();
    json.object("");
    json.put("experiment", state.experiment());
    json.put("phase", state.phase().name());
    json.put("sentence", state.phase().sentence);
    json.put("producer", state.controls().producerBytesPerSecond());
    json.put("consumer", state.controls().consumerBytesPerSecond());
    json.put("mark", state.controls().markBytes());
    json.put("ignoring", state.controls().ignoring());
    json.put("paused", state.controls().paused());
    json.put("limit", Water.LIMIT_BYTES);
    json.put("elapsed", millis(state.elapsedNanos()));
    json.put("produced", state.producedBytes());
    json.put("consumed", state.consumedBytes());
    json.put("held", state.bufferedBytes());
    json.put("peak", state.peakBytes());
    json.put("falseAnswers", state.falseAnswers());
    json.put("drains", state.drains());
    json.put("waiting", state.waiting());
    json.put("waited", millis(state.waitedNanos()));
    json.put("longestWait", millis(state.longestWaitNanos()));
    json.array("events");
    for (var event : state.events()) {
      json.object("");
      json.put("number", event.number());
      json.put("at", millis(event.atNanos()));
      json.put("text", event.text());
      json.close('}');
    }
    json.close(']');
    return json.close('}').toString();
  }

  private static long millis(long nanos) {
    return nanos / NANOS_A_MILLI;
  }
}
