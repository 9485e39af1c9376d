package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Objects that are weighed (docs/semantics.md, W3, R2).
class SizerTest {
  @AutoClose private final Scene scene = new Scene();
  private final StreamOptions byLength = StreamOptions.objects().withSizer(String::length, 5);

  @Test
  void aWritableCountsWhatItsSizerWeighs() {
    var sink = new HeldSink<String>(scene);
    var stream = scene.writable(sink, byLength);
    scene.turn(
        () -> {
          assertThat(stream.write("abc")).isTrue();
          assertThat(stream.write("de")).isFalse();
          assertThat(stream.writableLength()).isEqualTo(5);
          sink.ok();
          assertThat(stream.writableLength()).isEqualTo(2);
        });
    assertThat(scene.turn(sink::ok)).containsExactly("sync drain");
  }

  @Test
  void aReadableCountsWhatItsSizerWeighs() {
    var source = new AskedSource<String>(scene);
    var stream = scene.readable(source, byLength);
    scene.turn(
        () -> {
          assertThat(source.feed().push("abc")).isTrue();
          assertThat(source.feed().push("de")).isFalse();
          assertThat(stream.readableLength()).isEqualTo(5);
          assertThat(stream.read()).isEqualTo("abc");
          assertThat(stream.readableLength()).isEqualTo(2);
        });
  }

  @Test
  void anObjectWeighsAtLeastOne() {
    var stream = scene.writable(new HeldSink<String>(scene), StreamOptions.objects().withSizer((String _) -> -7, 2));
    scene.turn(
        () -> {
          assertThat(stream.write("")).isTrue();
          assertThat(stream.writableLength()).isEqualTo(1);
          assertThat(stream.write("")).isFalse();
        });
  }

  @Test
  void anObjectIsWeighedOnce() {
    var weighed = new int[1];
    var sink = new HeldSink<String>(scene);
    var stream =
        scene.writable(
            sink,
            StreamOptions.objects()
                .withSizer(
                    (String _) -> {
                      weighed[0]++;
                      return 10L * weighed[0];
                    },
                    100));
    scene.turn(
        () -> {
          var _ = stream.write("a");
          var _ = stream.write("b");
          sink.ok();
          assertThat(stream.writableLength()).isEqualTo(20);
          sink.ok();
          assertThat(stream.writableLength()).isZero();
        });
    assertThat(weighed[0]).isEqualTo(2);
  }

  @Test
  void aSizerThatThrowsThrowsOutOfTheWriteAndChangesNothing() {
    var stream =
        scene.writable(
            new HeldSink<String>(scene),
            StreamOptions.objects()
                .withSizer(
                    (String _) -> {
                      throw new IllegalStateException("unweighable");
                    },
                    2));
    scene.turn(
        () -> {
          assertThatThrownBy(() -> stream.end("a")).hasMessage("unweighable");
          assertThat(stream.writableLength()).isZero();
          assertThat(stream.writable()).isTrue();
        });
  }

  @Test
  void aSizedReadStillGivesOneObject() {
    var source = new AskedSource<String>(scene);
    var stream = scene.readable(source, byLength);
    scene.turn(
        () -> {
          source.feed().push("abc");
          source.feed().push("de");
          assertThat(stream.read(1)).isEqualTo("abc");
        });
  }
}
