package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.strand.HandTurned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Flight recordings of live streams.
class StreamFlightTest {
  @TempDir Path dir;

  private final HandTurned hand = new HandTurned();
  private final ArrayDeque<Done> owed = new ArrayDeque<>();

  private WritableStream<ByteBuffer> sink(String name) {
    return WritableStream.to((chunk, done) -> owed.add(done), StreamOptions.bytes().named(name).withMark(4));
  }

  private void acknowledge() {
    hand.turn(() -> owed.remove().ok());
  }

  private List<RecordedEvent> events(Recording recording, String kind, String name) throws IOException {
    var file = dir.resolve(kind + name + ".jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("highwater." + kind))
        .filter(event -> event.getString("name").equals(name))
        .toList();
  }

  @Test
  void aStreamIsOpenedDrainedAndClosed() throws Exception {
    try (var recording = new Recording()) {
      recording.enable("highwater.StreamDrain").withoutThreshold();
      recording.start();
      hand.turn(
          () -> {
            var stream = sink("told");
            assertThat(stream.write(ByteBuffer.allocate(3))).isTrue();
            assertThat(stream.write(ByteBuffer.allocate(6))).isFalse();
            assertThat(stream.write(ByteBuffer.allocate(1))).isFalse();
            stream.onDrain(stream::end);
          });
      assertThat(events(recording, "StreamOpened", "told")).hasSize(1);
      acknowledge();
      assertThat(events(recording, "StreamDrain", "told")).isEmpty();
      while (!owed.isEmpty()) acknowledge();
      hand.runUntilIdle();
      var drain = events(recording, "StreamDrain", "told");
      assertThat(drain)
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getLong("length")).isEqualTo(9);
                assertThat(event.getLong("mark")).isEqualTo(4);
              });
      assertThat(events(recording, "StreamClosed", "told"))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getLong("falseAnswers")).isEqualTo(2);
                assertThat(event.getLong("drains")).isEqualTo(1);
                assertThat(event.getString("error")).isNull();
                assertThat(event.getLong("stream")).isEqualTo(drain.getFirst().getLong("stream"));
              });
    }
    hand.close();
  }

  @Test
  void aFailureIsInTheClose() throws Exception {
    try (var recording = new Recording()) {
      recording.start();
      hand.turn(
          () -> {
            var stream = sink("failed");
            stream.onError(error -> {});
            stream.destroy(new IOException("disk full"));
          });
      hand.runUntilIdle();
      assertThat(events(recording, "StreamClosed", "failed"))
          .singleElement()
          .satisfies(event -> assertThat(event.getString("error")).contains("disk full"));
    }
    hand.close();
  }

  @Test
  void aRecordingMayBeginWhileAStreamIsOpen() throws Exception {
    var streams = new java.util.ArrayList<WritableStream<ByteBuffer>>();
    hand.turn(() -> streams.add(sink("late")));
    try (var recording = new Recording()) {
      recording.enable("highwater.StreamDrain").withoutThreshold();
      recording.start();
      hand.turn(() -> assertThat(streams.getFirst().write(ByteBuffer.allocate(6))).isFalse());
      acknowledge();
      assertThat(events(recording, "StreamDrain", "late")).hasSize(1);
      hand.turn(() -> streams.getFirst().destroy());
      hand.runUntilIdle();
    }
    hand.close();
  }
}
