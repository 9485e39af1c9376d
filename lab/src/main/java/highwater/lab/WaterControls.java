package highwater.lab;

import highwater.pipeline.ByteSizes;

/// What the viewer of the water experiment sets; checks itself when made.
///
/// @param producerBytesPerSecond how fast the producer makes data, 0 to [#SPEED_MAX] bytes a second
/// @param consumerBytesPerSecond how fast the consumer takes it, 0 to [#SPEED_MAX] bytes a second
/// @param markBytes the mark of the stream between them, [#MARK_MIN] to [#MARK_MAX] bytes
/// @param ignoring whether the producer goes on when `write` says false
/// @param paused whether time stands still
record WaterControls(
    long producerBytesPerSecond, long consumerBytesPerSecond, long markBytes, boolean ignoring, boolean paused) {
  /// The highest speed, in bytes a second: 1 MiB.
  static final long SPEED_MAX = 1 << 20;

  /// The lowest mark, in bytes: 4 KiB.
  static final long MARK_MIN = 4 << 10;

  /// The highest mark, in bytes: 512 KiB.
  static final long MARK_MAX = 512 << 10;

  /// How an experiment begins: a producer that is twice as fast as the consumer, and heeds the answer.
  static final WaterControls DEFAULT = new WaterControls(256 << 10, 128 << 10, 64 << 10, false, false);

  /// Checks the figures; throws `IllegalArgumentException` with them.
  WaterControls {
    checkRange("producer", producerBytesPerSecond, 0, SPEED_MAX, " a second");
    checkRange("consumer", consumerBytesPerSecond, 0, SPEED_MAX, " a second");
    checkRange("mark", markBytes, MARK_MIN, MARK_MAX, "");
  }

  private static void checkRange(String name, long bytes, long min, long max, String unit) {
    if (bytes >= min && bytes <= max) return;
    throw new IllegalArgumentException(
        name
            + ": "
            + ByteSizes.inWords(bytes)
            + unit
            + " (expected: "
            + ByteSizes.inWords(min)
            + " to "
            + ByteSizes.inWords(max)
            + unit
            + ")");
  }

  /// The same with one control set as the page says it: `producer`, `consumer` and `mark` in bytes, `ignoring` and
  /// `paused` as `true` or `false`. Throws `IllegalArgumentException` for anything else.
  WaterControls with(String name, String value) {
    return switch (name) {
      case "producer" -> new WaterControls(bytes(name, value), consumerBytesPerSecond, markBytes, ignoring, paused);
      case "consumer" -> new WaterControls(producerBytesPerSecond, bytes(name, value), markBytes, ignoring, paused);
      case "mark" ->
          new WaterControls(producerBytesPerSecond, consumerBytesPerSecond, bytes(name, value), ignoring, paused);
      case "ignoring" ->
          new WaterControls(producerBytesPerSecond, consumerBytesPerSecond, markBytes, bool(name, value), paused);
      case "paused" ->
          new WaterControls(producerBytesPerSecond, consumerBytesPerSecond, markBytes, ignoring, bool(name, value));
      default ->
          throw new IllegalArgumentException(
              "unknown control " + name + " (expected: producer, consumer, mark, ignoring or paused)");
    };
  }

  private static long bytes(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number of bytes)", e);
    }
  }

  private static boolean bool(String name, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(name + ": " + value + " (expected: true or false)");
    };
  }
}
