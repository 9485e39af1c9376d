package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Marks and modes of a stream (docs/semantics.md, W4, R3, X4).
class StreamOptionsTest {
  @AutoClose private final Scene scene = new Scene();

  @Test
  void theDefaultMarksAre64KiBAnd16Objects() {
    var bytes = scene.transform(new PassThrough<>(), StreamOptions.bytes());
    var objects = scene.transform(new PassThrough<>(), StreamOptions.objects());
    scene.turn(
        () -> {
          assertThat(bytes.readableHighWaterMark()).isEqualTo(65_536);
          assertThat(bytes.writableHighWaterMark()).isEqualTo(65_536);
          assertThat(objects.readableHighWaterMark()).isEqualTo(16);
          assertThat(objects.writableHighWaterMark()).isEqualTo(16);
        });
  }

  @Test
  void streamsMadeWithoutOptionsCarryObjects() {
    scene.turn(
        () -> {
          assertThat(scene.add(ReadableStream.from(_ -> {})).readableObjectMode()).isTrue();
          assertThat(scene.add(WritableStream.to((_, done) -> done.ok())).writableObjectMode()).isTrue();
          assertThat(scene.add(TransformStream.from(new PassThrough<>())).readableHighWaterMark()).isEqualTo(16);
        });
  }

  @Test
  void eachSideHasItsMark() {
    var options = StreamOptions.bytes().withReadableMark(7).withWritableMark(9);
    var stream = scene.transform(new PassThrough<>(), options);
    scene.turn(
        () -> {
          assertThat(stream.readableHighWaterMark()).isEqualTo(7);
          assertThat(stream.writableHighWaterMark()).isEqualTo(9);
        });
  }

  @Test
  void aMarkForBothSidesReplacesBoth() {
    var options = StreamOptions.bytes().withReadableMark(7).withWritableMark(9).withMark(5);
    assertThat(options.readableMark()).isEqualTo(5);
    assertThat(options.writableMark()).isEqualTo(5);
  }

  @Test
  void eachSideHasItsMode() {
    var lines = scene.transform(new PassThrough<>(), StreamOptions.bytes().withReadableObjects());
    var rows = scene.transform(new PassThrough<>(), StreamOptions.bytes().withWritableObjects());
    scene.turn(
        () -> {
          assertThat(lines.readableObjectMode()).isTrue();
          assertThat(lines.writableObjectMode()).isFalse();
          assertThat(lines.readableHighWaterMark()).isEqualTo(16);
          assertThat(lines.writableHighWaterMark()).isEqualTo(65_536);
          assertThat(rows.readableObjectMode()).isFalse();
          assertThat(rows.writableObjectMode()).isTrue();
          assertThat(rows.writableHighWaterMark()).isEqualTo(16);
          assertThat(rows.readableHighWaterMark()).isEqualTo(65_536);
        });
  }

  @Test
  void aNegativeMarkIsRefusedWithItsFigure() {
    assertThatThrownBy(() -> StreamOptions.bytes().withMark(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1")
        .hasMessageContaining("expected: 0 or more");
  }

  @Test
  void everyWithChangesItsOwnFieldAlone() {
    var start = new StreamOptions(false, true, 1, 2, null, true, false, true, "a");
    assertThat(start.withEmitClose(false))
        .isEqualTo(new StreamOptions(false, true, 1, 2, null, false, false, true, "a"));
    assertThat(start.withAutoDestroy(true))
        .isEqualTo(new StreamOptions(false, true, 1, 2, null, true, true, true, "a"));
    assertThat(start.withAllowHalfOpen(false))
        .isEqualTo(new StreamOptions(false, true, 1, 2, null, true, false, false, "a"));
    assertThat(start.named("b")).isEqualTo(new StreamOptions(false, true, 1, 2, null, true, false, true, "b"));
    assertThat(start.withReadableMark(3)).isEqualTo(new StreamOptions(false, true, 3, 2, null, true, false, true, "a"));
    assertThat(start.withWritableMark(3)).isEqualTo(new StreamOptions(false, true, 1, 3, null, true, false, true, "a"));
    assertThat(start.withReadableObjects())
        .isEqualTo(new StreamOptions(true, true, 16, 2, null, true, false, true, "a"));
    assertThat(new StreamOptions(true, false, 1, 2, null, true, false, true, "a").withWritableObjects())
        .isEqualTo(new StreamOptions(true, true, 1, 16, null, true, false, true, "a"));
  }

  @Test
  void aNameIsWhatMessagesCallTheStream() {
    var named = scene.readable(new AskedSource<>(scene), StreamOptions.bytes().named("orders"));
    var unnamed = scene.readable(new AskedSource<>(scene), StreamOptions.bytes());
    assertThat(named.name()).isEqualTo("orders");
    assertThat(unnamed.name()).startsWith("readable@");
  }
}
