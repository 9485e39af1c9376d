import highwater.codec.Gzip;
import highwater.codec.Throttle;
import highwater.dashboard.Dashboard;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A process with many pipelines, for the page to be driven against: prints its link, and ends with its stdin.
class Crowd {
  static final String[] NAMES = {
    "<img src=x onerror=\"window.hacked=1\">",
    "orders ─▶ warehouse",
    "nightly backup of the shop database into the archive on the other side of the ocean",
    "thumbnails",
    "access logs",
    "search index",
    "invoices",
    "metrics",
    "audit trail"
  };

  public static void main(String[] arguments) throws Exception {
    var dashboard = Dashboard.start();
    System.out.println(dashboard.link());
    for (int i = 0; i < NAMES.length; i++) bytes(NAMES[i], 50_000L << i).start();
    objects("checkout events, as objects").start();
    var told = new AtomicBoolean();
    ends("reindex of Tuesday", told, false).start();
    ends("export of customers", told, false).start();
    ends("import of the price list", told, true).start();
    PipelineRun cancelled = bytes("a copy that is cancelled", 300_000).start();
    // The first byte ends four of them: well, well, badly, by a cancel.
    if (System.in.read() >= 0) {
      told.set(true);
      cancelled.cancel("nobody needs it");
    }
    while (System.in.read() >= 0) {}
    dashboard.close();
  }

  static Origin<ByteBuffer> endless() {
    var block = new byte[65_536];
    new Random(1).nextBytes(block);
    for (int i = 0; i < block.length; i++) block[i] &= 15;
    return Origin.fromIterable(
        () ->
            new Iterator<ByteBuffer>() {
              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public ByteBuffer next() {
                return ByteBuffer.wrap(block);
              }
            });
  }

  static Pipeline bytes(String name, long rate) {
    return Pipeline.from(endless())
        .through(Throttle.bytesPerSecond(rate))
        .through(Gzip.compress())
        .to(Target.<ByteBuffer>forEach(_ -> {}))
        .named(name);
  }

  static Pipeline objects(String name) {
    return Pipeline.from(Origin.fromIterable(() -> new Random(2).ints().iterator()))
        .map(number -> number % 1000)
        .filter(number -> number % 2 == 0)
        .to(
            Target.<Integer>forEachAsync(
                _ ->
                    CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS))))
        .named(name);
  }

  static Pipeline ends(String name, AtomicBoolean told, boolean badly) {
    return Pipeline.from(endless())
        .through(Throttle.bytesPerSecond(400_000))
        .map(
            buffer -> {
              if (badly && told.get()) throw new IllegalStateException("line 4711 has no price");
              return buffer;
            })
        .takeWhile(_ -> badly || !told.get())
        .to(Target.<ByteBuffer>forEach(_ -> {}))
        .named(name);
  }
}
