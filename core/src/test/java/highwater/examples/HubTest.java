package highwater.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.Gzip;
import highwater.hub.Broadcast;
import highwater.hub.HubOptions;
import highwater.hub.Inlet;
import highwater.hub.Overflow;
import highwater.hub.Pace;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of the hubs in docs: each block of Java there stands here too, and runs.
@Timeout(60)
class HubTest {
  @TempDir Path dir;

  @Test
  void fanOutToTwoSinks() throws Exception {
    var log = Files.writeString(dir.resolve("app.log"), "some text\n".repeat(50_000));
    var copy = dir.resolve("copy.log");
    var small = dir.resolve("app.log.gz");
    // @start region=broadcast
    var lines = Broadcast.ofBytes("app.log", HubOptions.bound(256 << 10).startingWith(2));
    var plain = Pipeline.from(lines.branch()).to(FileStreams.write(copy)).start();
    var gzip = Pipeline.from(lines.branch()).through(Gzip.compress()).to(FileStreams.write(small)).start();

    Pipeline.from(FileStreams.read(log)).to(lines.target()).run(); // as fast as the slower of the two
    plain.join();
    gzip.join();
    // @end
    assertThat(copy).hasSameBinaryContentAs(log);
    assertThat(small).exists();
  }

  @Test
  void aViewerThatMayMissSomething() throws Exception {
    var log = Files.writeString(dir.resolve("app.log"), "some text\n".repeat(50_000));
    var copy = dir.resolve("copy.log");
    var seen = dir.resolve("seen.log");
    // @start region=pace
    var feed = Broadcast.ofBytes("feed", HubOptions.bound(256 << 10).startingWith(2));
    var viewer = feed.branch("viewer", Pace.dropOldest(64 << 10)); // never holds the source
    var saved = Pipeline.from(feed.branch("archive", Pace.hold())).to(FileStreams.write(copy)).start();
    var shown = Pipeline.from(viewer).to(FileStreams.write(seen)).start();

    Pipeline.from(FileStreams.read(log)).to(feed.target()).run();
    saved.join();
    shown.join();
    var missed = viewer.tally().dropped().bytes();
    // @end
    assertThat(copy).hasSameBinaryContentAs(log);
    assertThat(Files.size(seen) + missed).isEqualTo(Files.size(log));
  }

  /// An API of somebody else's: it calls back on threads of its own.
  private static final class Ticker {
    private Thread thread = new Thread(() -> {});

    void subscribe(Consumer<ByteBuffer> onMessage, Runnable onDone) {
      thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 100; i++) onMessage.accept(UTF_8.encode("tick " + i + "\n"));
                    onDone.run();
                  });
    }

    void unsubscribe() {
      thread.interrupt();
    }
  }

  @Test
  void bridgeFromACallbackApi() throws Exception {
    var api = new Ticker();
    var file = dir.resolve("ticks.log");
    // @start region=inlet
    var ticks = Inlet.ofBytes("ticks", 64 << 10, Overflow.DROP_OLDEST); // or BLOCK, REFUSE, DROP_NEWEST, FAIL
    var _ = ticks.onCancel(reason -> api.unsubscribe());
    api.subscribe(ticks::offer, ticks::end);
    Pipeline.from(ticks.origin()).to(FileStreams.write(file)).run();
    // @end
    assertThat(Files.readAllLines(file)).hasSize(100).startsWith("tick 0").endsWith("tick 99");
    assertThat(ticks.tally().dropped().chunks()).isZero();
  }
}
