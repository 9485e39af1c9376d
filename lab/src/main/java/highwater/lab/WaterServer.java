package highwater.lab;

import highwater.dashboard.LocalServer;
import highwater.strand.Hosting;
import highwater.strand.Running;
import highwater.strand.Strand;
import highwater.strand.Timer;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The page of the water experiment: one experiment on a strand of its own, shown to everybody who has the link.
///
/// All viewers see the same tank and may all turn its taps, as people do who stand around one; [LocalServer] bounds how
/// many there are. While nobody looks, time stands still in it. Thread rule: any thread.
final class WaterServer implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(125);
  private static final long UNSEEN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long ANSWER_SECONDS = 5;

  private final Running running;
  private final LocalServer server;

  // Touched on the strand only.
  private @Nullable Water water;
  private long seenNanos;
  private @Nullable Timer watch;
  private boolean ended;

  private WaterServer(int port) throws IOException {
    running = Strand.start(Hosting.VIRTUAL_THREAD, this::begin);
    try {
      server =
          LocalServer.onLoopback(port)
              .page(WaterServer.class, "water.html", "water.css", "water.js", "water-picture.js", "water-icon.svg")
              .get("state", _ -> onStrand(() -> document(water())))
              .events("events", PERIOD, () -> onStrand(this::look))
              .post("controls", body -> onStrand(() -> set(body)))
              .post("restart", _ -> onStrand(this::restart))
              .start();
    } catch (IOException | RuntimeException e) {
      endExperiment();
      throw e;
    }
  }

  /// Starts it on the loopback interface; port 0 takes one that is free. Throws an `IOException` of one line where the
  /// port is taken.
  static WaterServer start(int port) throws IOException {
    return new WaterServer(port);
  }

  /// Where the page is, with the token.
  URI link() {
    return server.link();
  }

  /// Tells the pages that it is over, and ends the experiment.
  @Override
  public void close() {
    server.close();
    endExperiment();
  }

  // ---------------------------------------------------------------- on the strand

  private void begin() {
    Strand.current().hold();
    water = new Water(WaterControls.DEFAULT);
    water.setWatched(false);
  }

  private void endExperiment() {
    running
        .strand()
        .post(
            () -> {
              if (ended) return;
              ended = true;
              if (watch != null) watch.cancel();
              water().close();
              Strand.current().release();
            });
  }

  private Water water() {
    if (water == null) throw new AssertionError("the first turn makes it");
    return water;
  }

  private String look() {
    if (ended) return document(water());
    seenNanos = Strand.current().nanoTime();
    water().setWatched(true);
    if (watch == null) watch = Strand.current().after(UNSEEN_AFTER_NANOS, this::lookForViewers);
    return document(water());
  }

  private void lookForViewers() {
    long unseen = Strand.current().nanoTime() - seenNanos;
    watch =
        unseen < UNSEEN_AFTER_NANOS ? Strand.current().after(UNSEEN_AFTER_NANOS - unseen, this::lookForViewers) : null;
    if (watch == null) water().setWatched(false);
  }

  /// Sets what `body` says, all of it or nothing: `producer=65536&ignoring=true`.
  private String set(String body) {
    var controls = water().controls();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("control: " + decoded(pair) + " (expected: NAME=VALUE, joined by &)");
      }
      controls = controls.with(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
    }
    water().change(controls);
    return document(water());
  }

  private String restart() {
    water().restart();
    return document(water());
  }

  private static String decoded(String text) {
    return LabConsole.oneLine(URLDecoder.decode(text, StandardCharsets.UTF_8));
  }

  private static String document(Water water) {
    return WaterDocument.of(water.state());
  }

  // ---------------------------------------------------------------- from the server's threads

  /// Asks on the strand, which is never busy for long, and returns or throws what `question` does.
  private String onStrand(Supplier<String> question) {
    var answer = new CompletableFuture<String>();
    boolean posted =
        running
            .strand()
            .post(
                () -> {
                  try {
                    answer.complete(question.get());
                  } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                  }
                });
    if (!posted) throw new IllegalStateException("the experiment is over");
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException thrown) throw thrown;
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the experiment has not answered for " + ANSWER_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the experiment was asked", e);
    }
  }
}
